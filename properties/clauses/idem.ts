/** Clauses on the idempotent append: retries, gaps and epochs of one producer on one partition. */

import { HANDLERS } from '../../impl/partition-leader/handlers.ts';
import { DECISIONS } from '../../impl/partition-leader/decisions.ts';
import { F08 } from '../mutants/F08-empty-producer-state.ts';
import { P01 } from '../mutants/P01-window-of-one.ts';
import { P02 } from '../mutants/P02-retry-appended-again.ts';
import { P07 } from '../mutants/P07-window-survives-epoch.ts';
import type { Clause } from './clause.ts';
import { ofLeader } from './directed-test.ts';

const APPEND = 'UnifiedLog.analyzeAndValidateProducerState';
const SEQUENCE = 'ProducerAppendInfo.checkSequence';
type LeaderDefect = Parameters<typeof ofLeader>[0]['brokenBy'];

const ANSWERS_AT_ONCE: LeaderDefect = {
  handlers: { awaitReplication: (_leader, _offset, _timeoutMs, done) => done('NONE') },
};

export const IDEM_CLAUSES: readonly Clause[] = [
  {
    id: 'EOS-IDEM-01',
    level: 'must',
    requirement:
      "A batch with the producer id, epoch and sequences of one that was appended is not appended again; it is answered with the original's offset.",
    kips: ['KIP-98'],
    kafka: 'ProducerStateEntry.findDuplicateBatch',
    claims: ['NoDuplicates'],
    tests: [
      ofLeader({
        name: 'retry-is-answered-with-the-original',
        script: `i 7.0 @0x2 => at 0
                 i 7.0 @2 => at 2
                 i 7.0 @0x2 => again at 0
                 log => 0:7.0@0 2:7.0@2`,
        brokenBy: P02.overrides.partitionLeader!,
      }),
    ],
  },
  {
    id: 'EOS-IDEM-02',
    level: 'must',
    requirement:
      'At least the last five batches of a producer are recognised, as many as a client may have in flight; an older one is refused, not appended.',
    kips: ['KIP-98'],
    kafka: 'ProducerStateEntry.NUM_BATCHES_TO_RETAIN',
    claims: ['NoDuplicates'],
    tests: [
      ofLeader({
        name: 'five-batches-are-recognised',
        script: `i 7.0 @0 => at 0
                 i 7.0 @1 => at 1
                 i 7.0 @2 => at 2
                 i 7.0 @3 => at 3
                 i 7.0 @4 => at 4
                 i 7.0 @5 => at 5
                 i 7.0 @1 => again at 1
                 i 7.0 @0 => OUT_OF_ORDER_SEQUENCE_NUMBER`,
        brokenBy: P01.overrides.partitionLeader!,
      }),
    ],
  },
  {
    id: 'EOS-IDEM-03',
    level: 'must',
    requirement:
      'A batch whose first sequence does not follow the last one of its epoch is refused with OUT_OF_ORDER_SEQUENCE_NUMBER.',
    kips: ['KIP-98'],
    kafka: SEQUENCE,
    claims: ['NoDuplicates', 'NoLoss', 'ProducerOrder'],
    tests: [
      ofLeader({
        name: 'gap-is-refused',
        script: `i 7.0 @0 => at 0
                 i 7.0 @2 => OUT_OF_ORDER_SEQUENCE_NUMBER
                 i 7.0 @1 => at 1
                 i 7.0 @2 => at 2`,
        brokenBy: { decisions: { sequenceFollows: (last, first) => first > last } },
      }),
      ofLeader({
        name: 'overlap-is-refused',
        script: `i 7.0 @0x2 => at 0
                 i 7.0 @1x2 => OUT_OF_ORDER_SEQUENCE_NUMBER
                 log => 0:7.0@0`,
        brokenBy: { decisions: { sequenceFollows: () => true } },
      }),
    ],
  },
  {
    id: 'EOS-IDEM-04',
    level: 'must',
    requirement: 'The first batch of a higher epoch starts at sequence 0.',
    kips: ['KIP-360'],
    kafka: SEQUENCE,
    claims: [],
    tests: [
      ofLeader({
        name: 'new-epoch-starts-at-0',
        script: `i 7.0 @0 => at 0
                 i 7.1 @1 => OUT_OF_ORDER_SEQUENCE_NUMBER
                 i 7.1 @0 => at 1
                 i 7.0 @1 => INVALID_PRODUCER_EPOCH`,
        brokenBy: { decisions: { sequenceOpensEpoch: () => true } },
      }),
    ],
  },
  {
    id: 'EOS-IDEM-05',
    level: 'must',
    requirement: 'After sequence 2147483647 comes sequence 0.',
    kips: ['KIP-98'],
    kafka: 'DefaultRecordBatch.incrementSequence',
    claims: [],
    tests: [
      ofLeader({
        name: 'sequences-wrap-around',
        script: `i 7.0 @2147483646x2 => at 0
                 i 7.0 @0 => at 2
                 i 7.0 @2147483646x2 => again at 0`,
        brokenBy: {
          decisions: { sequenceFollows: (lastSequence, first) => first === lastSequence + 1 },
        },
      }),
    ],
  },
  {
    id: 'EOS-IDEM-06',
    level: 'must',
    requirement:
      'What a partition knows of producers is rebuilt from its log after a restart: a retry from before is still recognised.',
    kips: ['KIP-98'],
    kafka: 'UnifiedLog.rebuildProducerState',
    claims: ['NoDuplicates'],
    tests: [
      ofLeader({
        name: 'retry-after-a-restart',
        script: `i 7.0 @0 => at 0
                 crash => nothing
                 i 7.0 @0 => again at 0
                 i 7.0 @1 => at 1`,
        brokenBy: F08.overrides.partitionLeader!,
      }),
    ],
  },
  {
    id: 'EOS-IDEM-07',
    level: 'must',
    requirement: 'A new epoch of a producer forgets the batches of the old one.',
    kips: ['KIP-360', 'KIP-890'],
    kafka: 'ProducerStateEntry.maybeUpdateProducerEpoch',
    claims: ['NoDuplicates', 'NoLoss'],
    tests: [
      ofLeader({
        name: 'window-ends-with-its-epoch',
        script: `t2 7.0 @0 => at 0
                 commit 7.1 c0 tv2 => written
                 t2 7.1 @0 => at 2`,
        brokenBy: P07.overrides.partitionLeader!,
      }),
      ofLeader({
        name: 'window-outlives-a-marker-of-its-epoch',
        script: `t1 7.0 @0 => at 0
                 commit 7.0 c0 tv0 => written
                 i 7.0 @0 => again at 0
                 i 7.0 @1 => at 2`,
        brokenBy: { decisions: { retainedBatches: () => 0 } },
      }),
    ],
  },
  {
    id: 'EOS-IDEM-08',
    level: 'must',
    requirement:
      'With acks=all a batch is acknowledged only when it is replicated, and so is the retry of one that is not yet.',
    kips: [],
    kafka: 'ReplicaManager.appendRecords (DelayedProduce)',
    claims: ['NoLoss', 'HonestErrors'],
    tests: [
      ofLeader({
        name: 'acknowledged-when-replicated',
        script: `flushes-by-hand => nothing
                 i 7.0 @0 => nothing
                 i 7.0 @0 => nothing
                 flush => at 0, again at 0`,
        brokenBy: ANSWERS_AT_ONCE,
      }),
    ],
  },
  {
    id: 'EOS-IDEM-09',
    level: 'must',
    requirement:
      'A batch that was lost before it was replicated can be sent again: its sequence is the next one.',
    kips: ['KIP-98'],
    kafka: 'UnifiedLog.truncateTo',
    claims: [],
    tests: [
      ofLeader({
        name: 'lost-batch-is-appended-again',
        script: `i 7.0 @0 => at 0
                 flushes-by-hand => nothing
                 i 7.0 @1 => nothing
                 crash => nothing
                 i 7.0 @1 => nothing
                 flush => at 1`,
        brokenBy: {
          decisions: {
            sequenceFollows: (last, first) => DECISIONS.sequenceFollows(last + 1, first),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-IDEM-10',
    level: 'must',
    requirement:
      'A client may write no control batch, and no batch of a producer id without sequence: INVALID_RECORD.',
    kips: ['KIP-98'],
    kafka: 'UnifiedLog.analyzeAndValidateRecords, LogValidator',
    claims: [],
    tests: [
      ofLeader({
        name: 'no-control-batch-from-a-client',
        script: `t1 7.0 @0 control => INVALID_RECORD
                 i 7.0 @-1 => INVALID_RECORD
                 lso => 0`,
        brokenBy: {
          handlers: {
            append: (leader, request, guard, reply) => {
              const batch = { ...request.batch, control: false, baseSequence: 0 };
              HANDLERS.append(leader, { ...request, batch }, guard, reply);
            },
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-IDEM-11',
    level: 'must',
    requirement:
      'While a transaction of a producer is open on a partition, its batches there are transactional: others are refused with INVALID_TXN_STATE.',
    kips: ['KIP-98'],
    kafka: 'ProducerAppendInfo.appendDataBatch',
    claims: [],
    tests: [
      ofLeader({
        name: 'no-plain-batch-inside-a-transaction',
        script: `t1 7.0 @0 => at 0
                 i 7.0 @1 => INVALID_TXN_STATE
                 commit 7.0 c0 tv0 => written
                 i 7.0 @1 => at 2`,
        brokenBy: {
          handlers: {
            append: (leader, request, guard, reply) => {
              const batch = { ...request.batch, transactional: true };
              HANDLERS.append(leader, { ...request, batch }, guard, reply);
            },
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-IDEM-12',
    level: 'must',
    requirement: 'The offsets of a partition are dense: a refused or recognised batch takes none.',
    kips: ['KIP-98'],
    kafka: APPEND,
    claims: ['NoDuplicates', 'ProducerOrder'],
    tests: [
      ofLeader({
        name: 'refused-batch-takes-no-offset',
        script: `i 7.0 @0 => at 0
                 i 7.0 @5 => OUT_OF_ORDER_SEQUENCE_NUMBER
                 i 7.0 @0 => again at 0
                 i 8.0 @0 => at 1`,
        brokenBy: P02.overrides.partitionLeader!,
      }),
    ],
  },
];
