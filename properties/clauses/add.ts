/** Clauses on AddPartitionsToTxn: which partitions a transaction has. */

import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import { T03 } from '../mutants/T03-add-answered-before-replicated.ts';
import type { Clause } from './clause.ts';
import { ofCoordinator } from './directed-test.ts';

const ADD = 'TransactionCoordinator.handleAddPartitionsToTransaction';
const REQUEST = 'KafkaApis.handleAddPartitionsToTxnRequest';
type CoordinatorDefect = Parameters<typeof ofCoordinator>[0]['brokenBy'];

const ADDS_NOTHING: CoordinatorDefect = {
  handlers: { addPartitions: (_coordinator, _addition, done) => done('NONE') },
};

export const ADD_CLAUSES: readonly Clause[] = [
  {
    id: 'EOS-ADD-01',
    level: 'must',
    requirement:
      'A partition counts as added, and the request is answered, only when the record that names it is replicated.',
    kips: ['KIP-98'],
    kafka: 'TransactionStateManager.appendTransactionToLog',
    claims: ['AtomicVisibility', 'NoHangingTransaction'],
    tests: [
      ofCoordinator({
        name: 'added-when-replicated',
        script: `init => NONE 7.0
                 by-hand => nothing
                 add 7.0 a-0 v3 => nothing
                 cached => Empty (7,0) last -1 pending Ongoing
                 replicate => NONE
                 cached => Ongoing (7,0) last -1`,
        brokenBy: T03.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-ADD-02',
    level: 'should',
    requirement: 'Adding partitions that the open transaction has already writes nothing.',
    kips: ['KIP-98'],
    kafka: ADD,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'known-partition-is-not-logged-again',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 add 7.0 a-0 v3 => NONE
                 logged => Empty (7,0); Ongoing (7,0) a-0
                 add 7.0 b-0 a-0 v3 => NONE NONE
                 logged => Empty (7,0); Ongoing (7,0) a-0; Ongoing (7,0) a-0 b-0`,
        brokenBy: {
          decisions: {
            addPartitionsAnswer: (metadata, partitions) =>
              metadata.state === 'Ongoing'
                ? null
                : DECISIONS.addPartitionsAnswer(metadata, partitions),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-ADD-03',
    level: 'must',
    requirement:
      'If one partition of a transaction cannot be added, none is: the others are answered OPERATION_NOT_ATTEMPTED.',
    kips: ['KIP-98'],
    kafka: REQUEST,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'all-or-none-added',
        script: `init => NONE 7.0
                 add 7.0 a-0 z-9 v3 => OPERATION_NOT_ATTEMPTED UNKNOWN_TOPIC_OR_PARTITION
                 cached => Empty (7,0) last -1`,
        brokenBy: {
          handlers: {
            addPartitionsToTxn: (coordinator, request, reply) => {
              const [transaction] = request.body.transactions;
              const known = transaction!.partitions.filter(
                (partition) => coordinator.ports.metadata.leaderOf(partition) !== null,
              );
              const transactions = [{ ...transaction!, partitions: known }];
              HANDLERS.addPartitionsToTxn(
                coordinator,
                { ...request, body: { transactions } },
                reply,
              );
            },
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-ADD-04',
    level: 'must',
    requirement:
      'While a transition of the transactional id is pending or its markers are outstanding, additions are answered CONCURRENT_TRANSACTIONS, whoever asks.',
    kips: ['KIP-98', 'KIP-890'],
    kafka: ADD,
    claims: ['AtomicVisibility'],
    tests: [
      ofCoordinator({
        name: 'no-addition-while-completing',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 commit v4 => NONE
                 add 7.0 b-0 v3 => CONCURRENT_TRANSACTIONS
                 add 9.9 b-0 v3 => CONCURRENT_TRANSACTIONS
                 markers NONE => nothing
                 add 7.0 b-0 v3 => NONE`,
        brokenBy: ADDS_NOTHING,
      }),
    ],
  },
  {
    id: 'EOS-ADD-05',
    level: 'must',
    requirement:
      'A client may not add partitions of internal topics: they are answered TOPIC_AUTHORIZATION_FAILED.',
    kips: ['KIP-98'],
    kafka: REQUEST,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'no-internal-topic-from-a-client',
        script: `init => NONE 7.0
                 add 7.0 __consumer_offsets-0 a-0 v3 => TOPIC_AUTHORIZATION_FAILED OPERATION_NOT_ATTEMPTED
                 cached => Empty (7,0) last -1`,
        brokenBy: {
          handlers: {
            addPartitionsToTxn: (coordinator, request, reply) =>
              HANDLERS.addPartitionsToTxn(coordinator, { ...request, apiVersion: 5 }, reply),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-ADD-06',
    level: 'must',
    requirement:
      'The first addition after a transaction has ended begins a new one, which has the added partitions and no others.',
    kips: ['KIP-98'],
    kafka: 'TransactionMetadata.prepareAddPartitions',
    claims: ['AtomicVisibility'],
    tests: [
      ofCoordinator({
        name: 'next-transaction-has-its-own-partitions',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 abort v4 => NONE
                 markers NONE => nothing
                 add 7.0 b-0 v3 => NONE
                 end 7.0 commit v4 => NONE
                 marking => 2: COMMIT (7,0) tv0 epoch 1 b-0`,
        brokenBy: ADDS_NOTHING,
      }),
    ],
  },
  {
    id: 'EOS-ADD-07',
    level: 'must',
    requirement:
      'Adding to a transactional id that the coordinator does not know is refused with INVALID_PRODUCER_ID_MAPPING.',
    kips: ['KIP-98'],
    kafka: ADD,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'unknown-transactional-id-cannot-add',
        script: `add 7.0 a-0 v3 => INVALID_PRODUCER_ID_MAPPING
                 add 7.0 a-0 v5 => INVALID_PRODUCER_ID_MAPPING
                 verify 7.0 a-0 v5 => INVALID_PRODUCER_ID_MAPPING
                 logged => nothing`,
        brokenBy: ADDS_NOTHING,
      }),
    ],
  },
  {
    id: 'EOS-ADD-08',
    level: 'must',
    requirement:
      "A cluster at level 0 of transaction.version refuses a leader's addition with UNSUPPORTED_VERSION, since its log cannot record it.",
    kips: ['KIP-890'],
    kafka: 'TransactionLog.valueToBytes',
    transactionVersions: [0],
    claims: [],
    tests: [
      ofCoordinator({
        name: 'level-0-cannot-record-tv2',
        script: `init => NONE 7.0
                 add 7.0 a-0 v4 => UNSUPPORTED_VERSION
                 add 7.0 a-0 v3 => CONCURRENT_TRANSACTIONS
                 logged => Empty (7,0)`,
        brokenBy: { decisions: { addPartitionsTransactionVersion: () => 0 } },
      }),
    ],
  },
];
