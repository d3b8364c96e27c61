/** Clauses on `__transaction_state`: what is durable, what a failed append means, and what the next coordinator does. */

import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import { F01 } from '../mutants/F01-load-ignores-prepared.ts';
import { F02 } from '../mutants/F02-load-flips-prepare-commit.ts';
import { F03 } from '../mutants/F03-load-resumes-under-the-old-term.ts';
import { T06 } from '../mutants/T06-bump-not-in-the-record.ts';
import { T09 } from '../mutants/T09-record-omits-a-partition.ts';
import type { Clause } from './clause.ts';
import { ofCoordinator } from './directed-test.ts';

const APPEND = 'TransactionStateManager.appendTransactionToLog';
const LOAD = 'TransactionStateManager.loadTransactionsForTxnTopicPartition';
const GATE = 'TransactionStateManager.getAndMaybeAddTransactionState';

export const LOG_CLAUSES: readonly Clause[] = [
  {
    id: 'EOS-LOG-01',
    level: 'must',
    requirement: 'An identity is handed out only when the record that assigns it is replicated.',
    kips: ['KIP-98'],
    kafka: APPEND,
    claims: ['ZombieFencing'],
    tests: [
      ofCoordinator({
        name: 'identity-when-replicated',
        script: `by-hand => nothing
                 init => nothing
                 cached => Empty (7,-1) last -1 pending Empty
                 replicate => NONE 7.0
                 cached => Empty (7,0) last -1`,
        brokenBy: {
          handlers: {
            initProducerId: (coordinator, request, reply) => {
              HANDLERS.initProducerId(coordinator, request, () => undefined);
              reply({ errorCode: 'NONE', producerId: 7, producerEpoch: 0 });
            },
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-LOG-02',
    level: 'must',
    requirement:
      'An append that failed for want of replicas or time is answered COORDINATOR_NOT_AVAILABLE, for want of leadership NOT_COORDINATOR: the client tries again.',
    kips: [],
    kafka: APPEND,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'append-errors-are-translated',
        script: `by-hand => nothing
                 init => nothing
                 replicate NOT_ENOUGH_REPLICAS => COORDINATOR_NOT_AVAILABLE
                 init => nothing
                 replicate REQUEST_TIMED_OUT => COORDINATOR_NOT_AVAILABLE
                 init => nothing
                 replicate NOT_LEADER_OR_FOLLOWER => NOT_COORDINATOR
                 init => nothing
                 replicate MESSAGE_TOO_LARGE => UNKNOWN_SERVER_ERROR`,
        brokenBy: { decisions: { appendError: (errorCode) => errorCode } },
      }),
    ],
  },
  {
    id: 'EOS-LOG-03',
    level: 'must',
    requirement:
      'After a failed append the transactional id is as it was and takes the next request; the record may come to light all the same.',
    kips: [],
    kafka: APPEND,
    claims: ['TransactionalIdReusable'],
    tests: [
      ofCoordinator({
        name: 'failed-append-frees-the-id',
        script: `init => NONE 7.0
                 by-hand => nothing
                 add 7.0 a-0 v3 => nothing
                 replicate REQUEST_TIMED_OUT => COORDINATOR_NOT_AVAILABLE
                 cached => Empty (7,0) last -1
                 add 7.0 a-0 v3 => nothing
                 replicate => NONE
                 cached => Ongoing (7,0) last -1`,
        brokenBy: {
          handlers: {
            writeOngoing: (coordinator, pending, done) =>
              HANDLERS.writeOngoing(coordinator, pending, (errorCode) => {
                if (errorCode !== 'NONE') pending.metadata.pendingState = 'Ongoing';
                done(errorCode);
              }),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-LOG-04',
    level: 'must',
    requirement: 'The record of a raised epoch carries the raised epoch.',
    kips: ['KIP-98'],
    kafka: 'TransactionLog.valueToBytes',
    claims: ['ZombieFencing'],
    tests: [
      ofCoordinator({
        name: 'raised-epoch-survives-a-failover',
        script: `init => NONE 7.0
                 init => NONE 7.1
                 elect 2 => nothing
                 loaded => nothing
                 cached => Empty (7,1) last -1
                 add 7.0 a-0 v3 => PRODUCER_FENCED`,
        brokenBy: T06.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-LOG-05',
    level: 'must',
    requirement:
      'The record of an open or prepared transaction names all its partitions, so that every one is marked after a failover.',
    kips: ['KIP-98'],
    kafka: 'TransactionLog.valueToBytes',
    claims: ['AtomicVisibility', 'NoHangingTransaction'],
    tests: [
      ofCoordinator({
        name: 'partitions-survive-a-failover',
        script: `init => NONE 7.0
                 add 7.0 a-0 b-0 v3 => NONE NONE
                 elect 2 => nothing
                 loaded => nothing
                 end 7.0 commit v4 => NONE
                 marking => 1: COMMIT (7,0) tv0 epoch 2 a-0; 2: COMMIT (7,0) tv0 epoch 2 b-0`,
        brokenBy: T09.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-LOG-06',
    level: 'must',
    requirement:
      'Until a coordinator has read its partition, requests are answered COORDINATOR_LOAD_IN_PROGRESS.',
    kips: ['KIP-98'],
    kafka: GATE,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'loading-coordinator-puts-off',
        script: `init => NONE 7.0
                 elect 2 => nothing
                 init => COORDINATOR_LOAD_IN_PROGRESS
                 add 7.0 a-0 v3 => COORDINATOR_LOAD_IN_PROGRESS
                 end 7.0 commit v4 => COORDINATOR_LOAD_IN_PROGRESS
                 loaded => nothing
                 init => NONE 7.1`,
        brokenBy: { decisions: { partitionGate: () => 'NONE' } },
      }),
    ],
  },
  {
    id: 'EOS-LOG-07',
    level: 'must',
    requirement:
      'A broker that does not lead the partition of a transactional id answers NOT_COORDINATOR.',
    kips: ['KIP-98'],
    kafka: GATE,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'resigned-coordinator-refuses',
        script: `init => NONE 7.0
                 resign 2 => nothing
                 init => NOT_COORDINATOR
                 add 7.0 a-0 v3 => NOT_COORDINATOR
                 end 7.0 commit v4 => NOT_COORDINATOR`,
        brokenBy: { decisions: { partitionGate: () => 'COORDINATOR_LOAD_IN_PROGRESS' } },
      }),
    ],
  },
  {
    id: 'EOS-LOG-08',
    level: 'must',
    requirement:
      'The next coordinator finishes what was prepared: it sends every marker again, under its own coordinator epoch, and completes.',
    kips: ['KIP-98'],
    kafka: LOAD,
    claims: ['AtomicVisibility', 'NoHangingTransaction', 'PreparedCompletes'],
    tests: [
      ofCoordinator({
        name: 'prepared-is-resumed',
        script: `init => NONE 7.0
                 add 7.0 a-0 b-0 v3 => NONE NONE
                 end 7.0 commit v4 => NONE
                 markers NONE 1 => nothing
                 elect 2 => nothing
                 loaded => nothing
                 marking => 2: COMMIT (7,0) tv0 epoch 1 b-0; 1: COMMIT (7,0) tv0 epoch 2 a-0
                 markers NONE 2 => nothing
                 markers NONE => nothing
                 cached => CompleteCommit (7,0) last -1`,
        brokenBy: F01.overrides.transactionCoordinator!,
      }),
      ofCoordinator({
        name: 'prepared-is-resumed-under-the-new-epoch',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 commit v4 => NONE
                 markers closed => nothing
                 elect 2 => nothing
                 loaded => nothing
                 marking => 1: COMMIT (7,0) tv0 epoch 2 a-0`,
        brokenBy: F03.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-LOG-09',
    level: 'must',
    requirement: 'The next coordinator reads a decision as it was written.',
    kips: ['KIP-98'],
    kafka: LOAD,
    claims: ['AtomicVisibility', 'OneDecision'],
    tests: [
      ofCoordinator({
        name: 'commit-is-read-as-commit',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 commit v4 => NONE
                 markers closed => nothing
                 elect 2 => nothing
                 loaded => nothing
                 marking => 1: COMMIT (7,0) tv0 epoch 2 a-0
                 markers NONE => nothing
                 end 7.0 commit v4 => NONE`,
        brokenBy: F02.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-LOG-10',
    level: 'must',
    requirement:
      'An open transaction stays open over a failover, under its identity and from its start, so that its timeout goes on.',
    kips: ['KIP-98'],
    kafka: LOAD,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'open-transaction-survives-a-failover',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 pass 40000 => nothing
                 elect 2 => nothing
                 loaded => nothing
                 cached => Ongoing (7,0) last -1
                 pass 20001 => nothing
                 timeouts => nothing
                 marking => 1: ABORT (7,1) tv0 epoch 2 a-0`,
        transactionVersions: [0, 1],
        brokenBy: {
          decisions: { loadedState: (logged) => (logged === 'Ongoing' ? 'Empty' : logged) },
        },
      }),
      ofCoordinator({
        name: 'open-transaction-survives-a-failover-tv2',
        script: `init => NONE 7.0
                 add 7.0 a-0 => NONE
                 elect 2 => nothing
                 loaded => nothing
                 end 7.0 commit => NONE 7.1`,
        transactionVersions: [2],
        brokenBy: {
          decisions: { loadedState: (logged) => (logged === 'Ongoing' ? 'Empty' : logged) },
        },
      }),
    ],
  },
  {
    id: 'EOS-LOG-11',
    level: 'must',
    requirement:
      "An append that is acknowledged after the coordinator's term has ended does not take effect in it: the answer is NOT_COORDINATOR.",
    kips: [],
    kafka: APPEND,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'append-of-a-past-term',
        script: `init => NONE 7.0
                 by-hand => nothing
                 add 7.0 a-0 v3 => nothing
                 resign 2 => nothing
                 replicate => NOT_COORDINATOR`,
        brokenBy: {
          handlers: {
            writeOngoing: (coordinator, pending, done) =>
              HANDLERS.writeOngoing(coordinator, pending, () => done('NONE')),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-LOG-12',
    level: 'must',
    requirement:
      'If the record of completion cannot be written for want of replicas or time, it is written again.',
    kips: [],
    kafka: 'TransactionMarkerChannelManager.tryAppendToLog',
    claims: ['PreparedCompletes'],
    tests: [
      ofCoordinator({
        name: 'completion-is-written-again',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 commit v4 => NONE
                 by-hand => nothing
                 markers NONE => nothing
                 replicate NOT_ENOUGH_REPLICAS => nothing
                 cached => PrepareCommit (7,0) last -1 pending CompleteCommit
                 pass 100 => nothing
                 replicate => nothing
                 cached => CompleteCommit (7,0) last -1`,
        brokenBy: { decisions: { appendError: () => 'NOT_COORDINATOR' } },
      }),
    ],
  },
];
