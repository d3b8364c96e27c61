/** Clauses on fencing: older instances of a transactional id can do nothing once a newer one has its identity. */

import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import { C01 } from '../mutants/C01-end-without-epoch-check.ts';
import { C03 } from '../mutants/C03-add-without-epoch-check.ts';
import { C04 } from '../mutants/C04-init-over-ongoing-without-abort.ts';
import { P08 } from '../mutants/P08-stale-epoch-data.ts';
import type { Clause } from './clause.ts';
import { ofCoordinator, ofLeader } from './directed-test.ts';

export const FENCE_CLAUSES: readonly Clause[] = [
  {
    id: 'EOS-FENCE-01',
    level: 'must',
    requirement:
      'InitProducerId over an open transaction aborts it under a higher epoch first, and is answered CONCURRENT_TRANSACTIONS until that is done.',
    kips: ['KIP-98'],
    kafka:
      'TransactionCoordinator.handleInitProducerId, TransactionMetadata.prepareFenceProducerEpoch',
    claims: [
      'AtomicVisibility',
      'ZombieFencing',
      'NoHangingTransaction',
      'TransactionalIdReusable',
    ],
    tests: [
      ofCoordinator({
        name: 'new-instance-aborts-the-open-transaction',
        transactionVersions: [2],
        script: `init => NONE 7.0
                 add 7.0 a-0 => NONE
                 init => CONCURRENT_TRANSACTIONS
                 marking => 1: ABORT (7,1) tv2 epoch 1 a-0
                 init => CONCURRENT_TRANSACTIONS
                 markers NONE => nothing
                 init => NONE 7.2`,
        brokenBy: C04.overrides.transactionCoordinator!,
      }),
      ofCoordinator({
        name: 'new-instance-aborts-the-open-transaction-tv1',
        transactionVersions: [0, 1],
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 init => CONCURRENT_TRANSACTIONS
                 marking => 1: ABORT (7,1) tv0 epoch 1 a-0
                 markers NONE => nothing
                 init => NONE 7.2`,
        brokenBy: C04.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-FENCE-02',
    level: 'must',
    requirement:
      'A partition that has a marker or batch of a higher epoch of a producer id refuses batches of lower epochs with INVALID_PRODUCER_EPOCH.',
    kips: ['KIP-98'],
    kafka: 'ProducerAppendInfo.checkProducerEpoch',
    claims: ['ZombieFencing'],
    tests: [
      ofLeader({
        name: 'marker-fences-older-batches',
        script: `t1 7.0 @0 => at 0
                 abort 7.1 c0 tv2 => written
                 t1 7.0 @1 => INVALID_PRODUCER_EPOCH
                 i 7.0 @1 => INVALID_PRODUCER_EPOCH`,
        brokenBy: P08.overrides.partitionLeader!,
      }),
    ],
  },
  {
    id: 'EOS-FENCE-03',
    level: 'must',
    requirement:
      'An EndTxn of an epoch that a newer instance has replaced is refused with PRODUCER_FENCED and ends nothing.',
    kips: ['KIP-98'],
    kafka: 'TransactionCoordinator.endTransaction',
    claims: ['ZombieFencing', 'OneDecision'],
    tests: [
      ofCoordinator({
        name: 'zombie-cannot-end',
        script: `init => NONE 7.0
                 init => NONE 7.1
                 add 7.1 a-0 v3 => NONE
                 end 7.0 commit => PRODUCER_FENCED
                 end 7.0 commit v4 => PRODUCER_FENCED
                 end 7.0 abort v4 => PRODUCER_FENCED
                 cached => Ongoing (7,1) last -1`,
        brokenBy: C01.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-FENCE-04',
    level: 'must',
    requirement:
      'Adding partitions under an epoch that a newer instance has replaced is refused with PRODUCER_FENCED.',
    kips: ['KIP-98'],
    kafka: 'TransactionCoordinator.handleAddPartitionsToTransaction',
    claims: ['ZombieFencing', 'NoHangingTransaction'],
    tests: [
      ofCoordinator({
        name: 'zombie-cannot-add',
        script: `init => NONE 7.0
                 init => NONE 7.1
                 add 7.0 a-0 v3 => PRODUCER_FENCED
                 add 7.0 a-0 v5 => PRODUCER_FENCED
                 cached => Empty (7,1) last -1`,
        brokenBy: C03.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-FENCE-05',
    level: 'must',
    requirement:
      'A producer id other than the one of the transactional id is refused with INVALID_PRODUCER_ID_MAPPING.',
    kips: ['KIP-98'],
    kafka: 'TransactionCoordinator.endTransaction, handleAddPartitionsToTransaction',
    claims: [],
    tests: [
      ofCoordinator({
        name: 'foreign-producer-id-is-refused',
        script: `end 9.0 commit => INVALID_PRODUCER_ID_MAPPING
                 init => NONE 7.0
                 add 9.0 a-0 v3 => INVALID_PRODUCER_ID_MAPPING
                 verify 9.0 a-0 v4 => INVALID_PRODUCER_ID_MAPPING
                 end 9.0 commit => INVALID_PRODUCER_ID_MAPPING
                 end 9.0 commit v4 => INVALID_PRODUCER_ID_MAPPING`,
        brokenBy: { decisions: { requestAge: () => 'current' } },
      }),
    ],
  },
  {
    id: 'EOS-FENCE-06',
    level: 'must',
    requirement:
      'Below version 2, AddPartitionsToTxn, AddOffsetsToTxn and EndTxn answer INVALID_PRODUCER_EPOCH where newer versions answer PRODUCER_FENCED.',
    kips: ['KIP-588'],
    kafka: 'KafkaApis.handleEndTxnRequest, handleAddPartitionsToTxnRequest',
    claims: [],
    tests: [
      ofCoordinator({
        name: 'old-requests-do-not-know-fenced',
        script: `init => NONE 7.0
                 init => NONE 7.1
                 end 7.0 commit v1 => INVALID_PRODUCER_EPOCH
                 add 7.0 a-0 v1 => INVALID_PRODUCER_EPOCH
                 offsets 7.0 group v1 => INVALID_PRODUCER_EPOCH
                 end 7.0 commit v2 => PRODUCER_FENCED`,
        brokenBy: {
          handlers: {
            endTxn: (coordinator, request, reply) =>
              HANDLERS.endTxn(coordinator, { ...request, apiVersion: 4 }, reply),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-FENCE-07',
    level: 'must',
    requirement:
      'A fencing epoch whose record could not be written stays in force in memory and is not raised again by the next attempt.',
    kips: [],
    kafka: 'TransactionMetadata.prepareFenceProducerEpoch (hasFailedEpochFence)',
    transactionVersions: [0, 1],
    claims: [],
    tests: [
      ofCoordinator({
        name: 'failed-fence-is-kept-in-memory',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 by-hand => nothing
                 init => nothing
                 replicate NOT_ENOUGH_REPLICAS => COORDINATOR_NOT_AVAILABLE
                 cached => Ongoing (7,1) last -1
                 end 7.0 commit v4 => PRODUCER_FENCED
                 init => nothing
                 replicate => CONCURRENT_TRANSACTIONS
                 marking => 1: ABORT (7,1) tv0 epoch 1 a-0`,
        brokenBy: {
          decisions: { fencedEpoch: ({ producerEpoch }) => producerEpoch + 1 },
        },
      }),
    ],
  },
  {
    id: 'EOS-FENCE-08',
    level: 'must',
    requirement:
      'A fencing epoch whose record could not be written is forgotten: the transaction stays open under its old epoch.',
    kips: ['KIP-890'],
    kafka: 'TransactionCoordinator.endTransaction',
    transactionVersions: [2],
    claims: [],
    tests: [
      ofCoordinator({
        name: 'failed-fence-leaves-the-epoch',
        script: `init => NONE 7.0
                 add 7.0 a-0 => NONE
                 by-hand => nothing
                 init => nothing
                 replicate NOT_ENOUGH_REPLICAS => COORDINATOR_NOT_AVAILABLE
                 cached => Ongoing (7,0) last -1
                 init => nothing
                 replicate => CONCURRENT_TRANSACTIONS
                 marking => 1: ABORT (7,1) tv2 epoch 1 a-0`,
        brokenBy: {
          handlers: {
            writePrepared: (coordinator, pending, done) => {
              pending.metadata.producerEpoch = pending.transit.producerEpoch;
              HANDLERS.writePrepared(coordinator, pending, done);
            },
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-FENCE-09',
    level: 'must',
    requirement:
      'The abort that a newer instance causes shuts the older one out at once: the epoch that the older one holds is refused from then on.',
    kips: ['KIP-98'],
    kafka: 'TransactionMetadata.prepareFenceProducerEpoch',
    claims: ['ZombieFencing'],
    tests: [
      ofCoordinator({
        name: 'fence-raises-the-epoch',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 init => CONCURRENT_TRANSACTIONS
                 markers NONE => nothing
                 end 7.0 commit v4 => PRODUCER_FENCED
                 init => NONE 7.2`,
        brokenBy: { decisions: { fencedEpoch: ({ producerEpoch }) => producerEpoch } },
      }),
    ],
  },
];
