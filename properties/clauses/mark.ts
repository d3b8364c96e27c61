/** Clauses on markers: how partitions learn of a decision, and which markers they refuse. */

import { HANDLERS as LEADER_HANDLERS } from '../../impl/partition-leader/handlers.ts';
import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import { M01 } from '../mutants/M01-closed-connection-counts-as-written.ts';
import { M03 } from '../mutants/M03-marker-not-retried.ts';
import { M04 } from '../mutants/M04-two-outcomes.ts';
import { P09 } from '../mutants/P09-stale-epoch-marker.ts';
import { P10 } from '../mutants/P10-marker-of-previous-transaction.ts';
import { P12 } from '../mutants/P12-stale-coordinator-marker.ts';
import { T08 } from '../mutants/T08-complete-after-any-marker.ts';
import type { Clause } from './clause.ts';
import { ofCoordinator, ofLeader } from './directed-test.ts';

const SENDER = 'TransactionMarkerChannelManager';
const COMPLETION = 'TransactionMarkerRequestCompletionHandler.onComplete';
const MARKER = 'ProducerAppendInfo.appendEndTxnMarker';

export const MARK_CLAUSES: readonly Clause[] = [
  {
    id: 'EOS-MARK-01',
    level: 'must',
    requirement: 'Every partition of a transaction is sent a marker with the same result.',
    kips: ['KIP-98'],
    kafka: `${SENDER}.addTxnMarkersToSend`,
    claims: ['AtomicVisibility', 'OneDecision'],
    tests: [
      ofCoordinator({
        name: 'one-result-for-all-partitions',
        script: `init => NONE 7.0
                 add 7.0 a-0 b-0 v3 => NONE NONE
                 end 7.0 commit v4 => NONE
                 marking => 1: COMMIT (7,0) tv0 epoch 1 a-0; 2: COMMIT (7,0) tv0 epoch 1 b-0`,
        brokenBy: M04.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-MARK-02',
    level: 'must',
    requirement:
      'A transaction is completed only when every partition has acknowledged its marker.',
    kips: ['KIP-98'],
    kafka: `${SENDER}.maybeWriteTxnCompletion`,
    claims: ['AtomicVisibility', 'NoHangingTransaction', 'PreparedCompletes'],
    tests: [
      ofCoordinator({
        name: 'completed-when-all-are-marked',
        script: `init => NONE 7.0
                 add 7.0 a-0 b-0 v3 => NONE NONE
                 end 7.0 commit v4 => NONE
                 markers NONE 1 => nothing
                 cached => PrepareCommit (7,0) last -1 pending CompleteCommit
                 markers NONE 2 => nothing
                 cached => CompleteCommit (7,0) last -1`,
        brokenBy: T08.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-MARK-03',
    level: 'must',
    requirement:
      'A marker that was answered with a retriable error is sent again, to whoever leads the partition then.',
    kips: ['KIP-98'],
    kafka: COMPLETION,
    claims: ['NoHangingTransaction', 'PreparedCompletes'],
    tests: [
      ofCoordinator({
        name: 'refused-marker-follows-the-leader',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 commit v4 => NONE
                 markers NOT_LEADER_OR_FOLLOWER => nothing
                 lead a-0 9 => nothing
                 pass 100 => nothing
                 marking => 9: COMMIT (7,0) tv0 epoch 1 a-0`,
        brokenBy: {
          decisions: {
            markerAnswer: (errorCode) => (errorCode === 'NONE' ? 'written' : 'stop'),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-MARK-04',
    level: 'must',
    requirement:
      'A marker whose connection closed without an answer counts as not written, and is sent again.',
    kips: ['KIP-98'],
    kafka: COMPLETION,
    claims: ['AtomicVisibility', 'NoHangingTransaction', 'PreparedCompletes'],
    tests: [
      ofCoordinator({
        name: 'unanswered-marker-is-sent-again',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 commit v4 => NONE
                 markers closed => nothing
                 cached => PrepareCommit (7,0) last -1 pending CompleteCommit
                 pass 100 => nothing
                 marking => 1: COMMIT (7,0) tv0 epoch 1 a-0`,
        brokenBy: M01.overrides.transactionCoordinator!,
      }),
      ofCoordinator({
        name: 'unanswered-marker-is-not-given-up',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 abort v4 => NONE
                 markers closed => nothing
                 pass 100 => nothing
                 marking => 1: ABORT (7,0) tv0 epoch 1 a-0`,
        brokenBy: M03.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-MARK-05',
    level: 'must',
    requirement:
      'A marker carries the producer epoch of the decision and the transaction version of the client: under version 2 that epoch is above the one of the data.',
    kips: ['KIP-890', 'KIP-1228'],
    kafka: `${SENDER}.addTxnMarkersToSend`,
    transactionVersions: [2],
    claims: ['AtomicVisibility', 'NoAbortedRead', 'PreparedCompletes'],
    tests: [
      ofCoordinator({
        name: 'marker-carries-the-raised-epoch',
        script: `init => NONE 7.0
                 add 7.0 a-0 => NONE
                 end 7.0 commit => NONE 7.1
                 marking => 1: COMMIT (7,1) tv2 epoch 1 a-0`,
        brokenBy: {
          decisions: {
            marker: (marking, partitions) => ({
              ...DECISIONS.marker(marking, partitions),
              producerEpoch: marking.producerEpoch - 1,
            }),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-MARK-06',
    level: 'must',
    requirement:
      'A leader refuses a marker of a coordinator epoch below one that it has seen for the producer id, with TRANSACTION_COORDINATOR_FENCED.',
    kips: ['KIP-98'],
    kafka: 'ProducerAppendInfo.checkCoordinatorEpoch',
    claims: ['AtomicVisibility', 'OneDecision'],
    tests: [
      ofLeader({
        name: 'replaced-coordinator-cannot-mark',
        script: `t1 7.0 @0 => at 0
                 commit 7.0 c1 tv0 => written
                 t1 7.0 @1 => at 2
                 abort 7.0 c0 tv0 => TRANSACTION_COORDINATOR_FENCED
                 lso => 2`,
        brokenBy: P12.overrides.partitionLeader!,
      }),
    ],
  },
  {
    id: 'EOS-MARK-07',
    level: 'must',
    requirement:
      "A version 2 marker ends an open transaction only if its epoch is above that of the data; the previous transaction's marker is refused with INVALID_PRODUCER_EPOCH.",
    kips: ['KIP-890', 'KIP-1228'],
    kafka: MARKER,
    claims: ['AtomicVisibility', 'NoAbortedRead'],
    tests: [
      ofLeader({
        name: 'late-marker-spares-the-next-transaction',
        script: `t2 7.0 @0 => at 0
                 commit 7.1 c0 tv2 => written
                 t2 7.1 @0 => at 2
                 commit 7.1 c0 tv2 => INVALID_PRODUCER_EPOCH
                 lso => 2`,
        brokenBy: P10.overrides.partitionLeader!,
      }),
    ],
  },
  {
    id: 'EOS-MARK-08',
    level: 'must',
    requirement:
      'A version 2 marker that is repeated where nothing is open is accepted, so that a coordinator can finish after a failover.',
    kips: ['KIP-890', 'KIP-1228'],
    kafka: MARKER,
    claims: ['PreparedCompletes'],
    tests: [
      ofLeader({
        name: 'repeated-marker-is-accepted',
        script: `t2 7.0 @0 => at 0
                 commit 7.1 c0 tv2 => written
                 commit 7.1 c1 tv2 => written
                 lso => 3
                 index => none`,
        brokenBy: {
          decisions: {
            markerEpochIsStale: ({ producerEpoch }, markerEpoch) => markerEpoch <= producerEpoch,
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-MARK-09',
    level: 'must',
    requirement:
      'A marker of an epoch below the one that the partition knows is refused with INVALID_PRODUCER_EPOCH.',
    kips: ['KIP-98'],
    kafka: MARKER,
    claims: ['ZombieFencing', 'AtomicVisibility', 'OneDecision'],
    tests: [
      ofLeader({
        name: 'stale-marker-is-refused',
        script: `t1 7.1 @0 => at 0
                 commit 7.0 c0 tv0 => INVALID_PRODUCER_EPOCH
                 lso => 0
                 commit 7.1 c0 tv0 => written
                 lso => 2`,
        brokenBy: P09.overrides.partitionLeader!,
      }),
    ],
  },
  {
    id: 'EOS-MARK-10',
    level: 'must',
    requirement:
      'A partition adopts the epoch of a marker although the transaction wrote nothing there: that is what fences older instances on it.',
    kips: ['KIP-98'],
    kafka: MARKER,
    claims: ['ZombieFencing'],
    tests: [
      ofLeader({
        name: 'marker-fences-where-nothing-was-written',
        script: `abort 7.1 c0 tv2 => written
                 producer 7 => epoch 1 last -1 window [] open -1 coordinator 0
                 t2 7.0 @0 => INVALID_PRODUCER_EPOCH
                 lso => 1`,
        brokenBy: {
          handlers: {
            writeMarker: (leader, marker, timeoutMs, reply) =>
              leader.producers.has(marker.producerId)
                ? LEADER_HANDLERS.writeMarker(leader, marker, timeoutMs, reply)
                : reply('NONE'),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-MARK-11',
    level: 'must',
    requirement:
      'A coordinator whose marker is answered INVALID_PRODUCER_EPOCH or TRANSACTION_COORDINATOR_FENCED stops, and leaves completion to its successor.',
    kips: ['KIP-98'],
    kafka: COMPLETION,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'fenced-coordinator-stops-marking',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 commit v4 => NONE
                 markers TRANSACTION_COORDINATOR_FENCED => nothing
                 pass 1000 => nothing
                 marking => nothing
                 init => CONCURRENT_TRANSACTIONS
                 elect 2 => nothing
                 loaded => nothing
                 marking => 1: COMMIT (7,0) tv0 epoch 2 a-0`,
        brokenBy: {
          decisions: {
            markerAnswer: (errorCode) => (errorCode === 'NONE' ? 'written' : 'retry'),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-MARK-12',
    level: 'must',
    requirement:
      'A marker for a leader that cannot be reached waits, and is sent when the partition has a live leader again.',
    kips: ['KIP-98'],
    kafka: `${SENDER}.addTxnMarkersToBrokerQueue`,
    claims: ['NoHangingTransaction', 'PreparedCompletes'],
    tests: [
      ofCoordinator({
        name: 'marker-waits-for-a-dead-leader',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 dead 1 => nothing
                 end 7.0 commit v4 => NONE
                 marking => nothing
                 cached => PrepareCommit (7,0) last -1 pending CompleteCommit
                 alive 1 => nothing
                 pass 100 => nothing
                 marking => 1: COMMIT (7,0) tv0 epoch 1 a-0`,
        brokenBy: { decisions: { markerDestination: () => 'deleted' } },
      }),
    ],
  },
  {
    id: 'EOS-MARK-13',
    level: 'may',
    requirement:
      'A partition without any leader may be taken for deleted, so that the transaction completes without its marker.',
    kips: [],
    kafka: `${SENDER}.addTxnMarkersToBrokerQueue`,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'partition-without-leader-counts-as-deleted',
        script: `init => NONE 7.0
                 add 7.0 a-0 b-0 v3 => NONE NONE
                 lead a-0 none => nothing
                 end 7.0 commit v4 => NONE
                 marking => 2: COMMIT (7,0) tv0 epoch 1 b-0
                 markers NONE => nothing
                 cached => CompleteCommit (7,0) last -1`,
        brokenBy: {
          decisions: { markerDestination: (hasLeader) => (hasLeader ? 'send' : 'later') },
        },
      }),
    ],
  },
];
