/** Clauses on KIP-890's verification: no batch joins a transaction that its coordinator does not know of. */

import { HANDLERS } from '../../impl/partition-leader/handlers.ts';
import { P14 } from '../mutants/P14-first-append-unverified.ts';
import { P16 } from '../mutants/P16-append-before-added.ts';
import type { Clause } from './clause.ts';
import { ofCoordinator, ofLeader } from './directed-test.ts';

const START = 'UnifiedLog.maybeStartTransactionVerification';
const PRODUCE = 'ReplicaManager.handleProduceAppend';
const VERIFY = 'TransactionCoordinator.handleVerifyPartitionsInTransaction';

export const VERIFY_CLAUSES: readonly Clause[] = [
  {
    id: 'EOS-VERIFY-01',
    level: 'must',
    requirement:
      'The first batch of a transaction on a partition is appended only after the coordinator has confirmed that the partition is in it.',
    kips: ['KIP-890'],
    kafka: START,
    claims: ['NoHangingTransaction', 'AtomicVisibility'],
    tests: [
      ofLeader({
        name: 'first-batch-is-verified',
        script: `answers-by-hand => nothing
                 t1 7.0 @0 => nothing
                 questions => 7.0
                 lso => 0
                 answer NONE => at 0`,
        brokenBy: P14.overrides.partitionLeader!,
      }),
    ],
  },
  {
    id: 'EOS-VERIFY-02',
    level: 'must',
    requirement:
      'Under transaction version 2 the leader adds the partition to the transaction before it appends the first batch.',
    kips: ['KIP-890'],
    kafka: PRODUCE,
    transactionVersions: [2],
    claims: ['NoHangingTransaction', 'AtomicVisibility'],
    tests: [
      ofLeader({
        name: 'first-batch-is-added',
        script: `answers-by-hand => nothing
                 t2 7.0 @0 => nothing
                 questions => 7.0
                 answer NONE => at 0`,
        brokenBy: P16.overrides.partitionLeader!,
      }),
    ],
  },
  {
    id: 'EOS-VERIFY-03',
    level: 'must',
    requirement: 'A batch that the coordinator does not confirm is not appended.',
    kips: ['KIP-890'],
    kafka: PRODUCE,
    claims: ['NoHangingTransaction', 'AtomicVisibility'],
    tests: [
      ofLeader({
        name: 'unconfirmed-batch-is-not-appended',
        script: `answers-by-hand => nothing
                 t1 7.0 @0 => nothing
                 answer TRANSACTION_ABORTABLE => TRANSACTION_ABORTABLE
                 producer 7 => unknown
                 fetch uncommitted 0 => []`,
        brokenBy: {
          handlers: {
            verify: (leader, request, guard, reply) =>
              leader.handlers.append(leader, request, guard, reply),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-VERIFY-04',
    level: 'should',
    requirement:
      'While a transaction is open on a partition, its further batches there are appended without asking.',
    kips: ['KIP-890'],
    kafka: START,
    claims: [],
    tests: [
      ofLeader({
        name: 'open-transaction-is-not-asked-about',
        script: `answers-by-hand => nothing
                 t1 7.0 @0 => nothing
                 answer NONE => at 0
                 t1 7.0 @1 => at 1
                 questions => none`,
        brokenBy: {
          handlers: {
            produce: (leader, request, reply) => {
              const { producerId, producerEpoch, baseSequence } = request.batch;
              const guard = leader.verification.startOrContinue(
                producerId,
                producerEpoch,
                baseSequence,
                false,
                0,
              );
              leader.handlers.verify(leader, request, guard, reply);
            },
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-VERIFY-05',
    level: 'must',
    requirement:
      'A confirmation is void once a marker has ended the transaction that it was about: the batch is refused with INVALID_TXN_STATE.',
    kips: ['KIP-890'],
    kafka: 'VerificationGuard.verify',
    claims: ['NoHangingTransaction', 'AtomicVisibility'],
    tests: [
      ofLeader({
        name: 'marker-voids-the-confirmation',
        script: `answers-by-hand => nothing
                 t1 7.0 @0 => nothing
                 abort 7.0 c0 tv0 => written
                 answer NONE => INVALID_TXN_STATE
                 lso => 1`,
        brokenBy: { decisions: { guardVerifies: () => true } },
      }),
    ],
  },
  {
    id: 'EOS-VERIFY-06',
    level: 'must',
    requirement:
      'Under transaction version 2 the first batch of a producer that the partition does not know starts at sequence 0.',
    kips: ['KIP-890'],
    kafka: 'ProducerAppendInfo.checkSequence',
    transactionVersions: [2],
    claims: [],
    tests: [
      ofLeader({
        name: 'unknown-producer-starts-at-0',
        script: `t2 7.0 @1 => OUT_OF_ORDER_SEQUENCE_NUMBER
                 t2 7.0 @0 => at 0`,
        brokenBy: {
          decisions: { firstSequenceIsLawful: () => true, sequenceOvertakes: () => false },
        },
      }),
    ],
  },
  {
    id: 'EOS-VERIFY-07',
    level: 'must',
    requirement:
      'A batch does not overtake an earlier one of its producer whose verification is outstanding or failed.',
    kips: ['KIP-890'],
    kafka: 'ProducerAppendInfo.checkSequence',
    claims: [],
    tests: [
      ofLeader({
        name: 'no-overtaking-while-unverified',
        script: `answers-by-hand => nothing
                 t1 7.0 @0 => nothing
                 answer NETWORK_EXCEPTION => NOT_ENOUGH_REPLICAS
                 t1 7.0 @1 => nothing
                 answer NONE => OUT_OF_ORDER_SEQUENCE_NUMBER
                 t1 7.0 @0 => nothing
                 answer NONE => at 0
                 t1 7.0 @1 => at 1`,
        brokenBy: { decisions: { sequenceOvertakes: () => false } },
      }),
    ],
  },
  {
    id: 'EOS-VERIFY-08',
    level: 'must',
    requirement:
      'The coordinator confirms exactly the partitions of the open transaction; others it answers with TRANSACTION_ABORTABLE, and writes nothing.',
    kips: ['KIP-890'],
    kafka: VERIFY,
    claims: ['NoHangingTransaction'],
    tests: [
      ofCoordinator({
        name: 'only-added-partitions-are-confirmed',
        script: `init => NONE 7.0
                 verify 7.0 a-0 v4 => TRANSACTION_ABORTABLE
                 add 7.0 a-0 v3 => NONE
                 verify 7.0 a-0 b-0 v4 => NONE TRANSACTION_ABORTABLE
                 logged => Empty (7,0); Ongoing (7,0) a-0`,
        brokenBy: { decisions: { verifyPartition: () => 'NONE' } },
      }),
    ],
  },
  {
    id: 'EOS-VERIFY-09',
    level: 'must',
    requirement:
      'Verification of a transaction that is being completed is answered CONCURRENT_TRANSACTIONS, and under a replaced epoch PRODUCER_FENCED.',
    kips: ['KIP-890'],
    kafka: VERIFY,
    claims: ['ZombieFencing', 'AtomicVisibility'],
    tests: [
      ofCoordinator({
        name: 'no-confirmation-while-completing',
        script: `init => NONE 7.0
                 init => NONE 7.1
                 add 7.1 a-0 v3 => NONE
                 verify 7.0 a-0 v4 => PRODUCER_FENCED
                 end 7.1 commit v4 => NONE
                 verify 7.1 a-0 v4 => CONCURRENT_TRANSACTIONS`,
        brokenBy: { decisions: { verifyTransaction: () => 'NONE' } },
      }),
    ],
  },
  {
    id: 'EOS-VERIFY-10',
    level: 'must',
    requirement:
      'What keeps a leader from reaching the coordinator is told to the client as NOT_ENOUGH_REPLICAS, which every client retries.',
    kips: ['KIP-890'],
    kafka: PRODUCE,
    claims: [],
    tests: [
      ofLeader({
        name: 'unreachable-coordinator-is-retriable',
        script: `answers-by-hand => nothing
                 t1 7.0 @0 => nothing
                 answer COORDINATOR_NOT_AVAILABLE => NOT_ENOUGH_REPLICAS
                 t1 7.0 @0 => nothing
                 answer NOT_COORDINATOR => NOT_ENOUGH_REPLICAS
                 t1 7.0 @0 => nothing
                 answer CONCURRENT_TRANSACTIONS => NOT_ENOUGH_REPLICAS
                 t2 7.0 @0 => nothing
                 answer CONCURRENT_TRANSACTIONS => CONCURRENT_TRANSACTIONS`,
        brokenBy: { decisions: { preAppendError: (errorCode) => errorCode } },
      }),
    ],
  },
  {
    id: 'EOS-VERIFY-11',
    level: 'must',
    requirement:
      'A batch of an epoch that the partition knows to be stale is refused with INVALID_PRODUCER_EPOCH without asking the coordinator.',
    kips: ['KIP-890'],
    kafka: START,
    claims: ['ZombieFencing'],
    tests: [
      ofLeader({
        name: 'stale-batch-is-not-asked-about',
        script: `answers-by-hand => nothing
                 abort 7.2 c0 tv2 => written
                 t1 7.1 @0 => INVALID_PRODUCER_EPOCH
                 questions => none`,
        brokenBy: { decisions: { epochIsStale: () => false } },
      }),
    ],
  },
  {
    id: 'EOS-VERIFY-12',
    level: 'must',
    requirement:
      'When the coordinator is asked again, the leader judges the batch anew: a marker may have come in between.',
    kips: ['KIP-890'],
    kafka: PRODUCE,
    transactionVersions: [2],
    claims: [],
    tests: [
      ofLeader({
        name: 'asking-again-starts-over',
        script: `answers-by-hand => nothing
                 t2 7.0 @0 => nothing
                 answer CONCURRENT_TRANSACTIONS retriably => nothing
                 abort 7.1 c0 tv2 => written
                 again => INVALID_PRODUCER_EPOCH
                 questions => none`,
        brokenBy: {
          handlers: {
            produce: (leader, request, reply) => {
              const { batch } = request;
              leader.producers.delete(batch.producerId);
              HANDLERS.produce(leader, request, reply);
            },
          },
        },
      }),
    ],
  },
];
