/** Clauses on the last stable offset, fetch and ListOffsets: how far readers of committed records may read. */

import { HANDLERS } from '../../impl/partition-leader/handlers.ts';
import { F08 } from '../mutants/F08-empty-producer-state.ts';
import { P19 } from '../mutants/P19-stable-offset-of-latest.ts';
import { P24 } from '../mutants/P24-committed-in-aborted-index.ts';
import type { Clause } from './clause.ts';
import { ofLeader } from './directed-test.ts';

const LSO = 'UnifiedLog.lastStableOffset';
const READ = 'UnifiedLog.read';
const ABORTED = 'LocalLog.addAbortedTransactions';

export const LSO_CLAUSES: readonly Clause[] = [
  {
    id: 'EOS-LSO-01',
    level: 'must',
    requirement:
      'The last stable offset is the first offset of the earliest open transaction, or the high watermark if that is lower or none is open.',
    kips: ['KIP-98'],
    kafka: LSO,
    claims: ['NoAbortedRead', 'AtomicVisibility', 'LastStableOffset'],
    tests: [
      ofLeader({
        name: 'stable-up-to-the-earliest-open-transaction',
        script: `i 6.0 @0 => at 0
                 t1 7.0 @0 => at 1
                 t1 8.0 @0 => at 2
                 lso => 1
                 commit 8.0 c0 tv0 => written
                 lso => 1
                 commit 7.0 c0 tv0 => written
                 lso => 5`,
        brokenBy: P19.overrides.partitionLeader!,
      }),
    ],
  },
  {
    id: 'EOS-LSO-02',
    level: 'must',
    requirement:
      'A transaction holds the last stable offset back until its marker is replicated, not only written.',
    kips: ['KIP-98'],
    kafka: 'ProducerStateManager.firstUnstableOffset',
    claims: ['NoAbortedRead'],
    tests: [
      ofLeader({
        name: 'unreplicated-marker-decides-nothing',
        script: `t1 7.0 @0 => at 0
                 flushes-by-hand => nothing
                 commit 7.0 c0 tv0 => nothing
                 lso => 0
                 flush => written
                 lso => 2`,
        brokenBy: { decisions: { lastStableOffset: (_unstable, highWatermark) => highWatermark } },
      }),
    ],
  },
  {
    id: 'EOS-LSO-03',
    level: 'must',
    requirement:
      'A read_committed fetch returns nothing from the last stable offset on; a read_uncommitted one nothing from the high watermark on.',
    kips: ['KIP-98'],
    kafka: READ,
    claims: ['NoAbortedRead', 'AtomicVisibility'],
    tests: [
      ofLeader({
        name: 'fetch-ends-at-its-bound',
        script: `i 6.0 @0 => at 0
                 t1 7.0 @0 => at 1
                 fetch committed 0 => [0] aborted
                 fetch committed 1 => [] aborted
                 fetch uncommitted 0 => [0 1]
                 flushes-by-hand => nothing
                 t1 7.0 @1 => nothing
                 fetch uncommitted 0 => [0 1]`,
        brokenBy: {
          decisions: { fetchUpperBound: (_isolation, highWatermark) => highWatermark },
        },
      }),
    ],
  },
  {
    id: 'EOS-LSO-04',
    level: 'must',
    requirement:
      'With a read_committed fetch come all aborted transactions that have data among what is returned, and with a read_uncommitted one no list at all.',
    kips: ['KIP-98'],
    kafka: ABORTED,
    claims: ['NoAbortedRead'],
    tests: [
      ofLeader({
        name: 'aborted-transactions-are-listed',
        script: `t1 7.0 @0 => at 0
                 t1 8.0 @0 => at 1
                 abort 7.0 c0 tv0 => written
                 abort 8.0 c0 tv0 => written
                 fetch committed 0 => [0 1 2 3] aborted 7@0 8@1
                 fetch committed 3 => [3] aborted 8@1
                 fetch committed 0 1 => [0] aborted 7@0
                 fetch uncommitted 0 => [0 1 2 3]`,
        brokenBy: { decisions: { abortedTransactionConcerns: () => false } },
      }),
    ],
  },
  {
    id: 'EOS-LSO-05',
    level: 'must',
    requirement: 'A committed transaction is never listed as aborted.',
    kips: ['KIP-98'],
    kafka: 'UnifiedLog.append',
    claims: ['AtomicVisibility', 'NoLoss'],
    tests: [
      ofLeader({
        name: 'committed-transaction-is-not-listed',
        script: `t1 7.0 @0 => at 0
                 commit 7.0 c0 tv0 => written
                 fetch committed 0 => [0 1] aborted
                 index => none`,
        brokenBy: P24.overrides.partitionLeader!,
      }),
    ],
  },
  {
    id: 'EOS-LSO-06',
    level: 'must',
    requirement:
      'ListOffsets answers LATEST with the last stable offset under read_committed and with the high watermark under read_uncommitted.',
    kips: ['KIP-98'],
    kafka: 'Partition.fetchOffsetForTimestamp',
    claims: ['LastStableOffset'],
    tests: [
      ofLeader({
        name: 'latest-is-the-readers-bound',
        script: `i 6.0 @0 => at 0
                 t1 7.0 @0 => at 1
                 latest committed => 1
                 latest uncommitted => 2
                 commit 7.0 c0 tv0 => written
                 latest committed => 3`,
        brokenBy: { decisions: { latestOffset: (_isolation, highWatermark) => highWatermark } },
      }),
    ],
  },
  {
    id: 'EOS-LSO-07',
    level: 'must',
    requirement:
      'A fetch from beyond the log end is refused with OFFSET_OUT_OF_RANGE; one from the readable end is answered with nothing.',
    kips: [],
    kafka: READ,
    claims: [],
    tests: [
      ofLeader({
        name: 'fetch-beyond-the-end',
        script: `i 7.0 @0 => at 0
                 fetch uncommitted 1 => []
                 fetch uncommitted 2 => OFFSET_OUT_OF_RANGE
                 fetch committed 2 => OFFSET_OUT_OF_RANGE`,
        brokenBy: {
          handlers: {
            fetch: (leader, request) =>
              HANDLERS.fetch(leader, {
                ...request,
                fetchOffset: Math.min(request.fetchOffset, leader.logEndOffset),
              }),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-LSO-08',
    level: 'must',
    requirement:
      'Open and aborted transactions are known again after a restart: the last stable offset and the list are as before.',
    kips: ['KIP-98'],
    kafka: 'UnifiedLog.rebuildProducerState',
    claims: ['NoAbortedRead'],
    tests: [
      ofLeader({
        name: 'stable-offset-survives-a-restart',
        script: `t1 7.0 @0 => at 0
                 abort 7.0 c0 tv0 => written
                 t1 8.0 @0 => at 2
                 crash => nothing
                 lso => 2
                 fetch committed 0 => [0 1] aborted 7@0`,
        brokenBy: F08.overrides.partitionLeader!,
      }),
    ],
  },
  {
    id: 'EOS-LSO-09',
    level: 'must',
    requirement:
      'A marker without an open transaction changes neither the last stable offset of others nor the list of aborted transactions.',
    kips: ['KIP-98'],
    kafka: 'ProducerAppendInfo.appendEndTxnMarker',
    claims: [],
    tests: [
      ofLeader({
        name: 'dangling-marker-is-harmless',
        script: `t1 8.0 @0 => at 0
                 abort 7.0 c0 tv0 => written
                 lso => 0
                 index => none
                 commit 8.0 c0 tv0 => written
                 lso => 3`,
        brokenBy: {
          handlers: {
            writeMarker: (leader, marker, timeoutMs, reply) =>
              leader.producers.has(marker.producerId)
                ? HANDLERS.writeMarker(leader, marker, timeoutMs, reply)
                : reply('INVALID_TXN_STATE'),
          },
        },
      }),
    ],
  },
];
