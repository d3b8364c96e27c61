/** Clauses on time: transactions that take too long, and transactional ids and producers that nobody uses. */

import { C06 } from '../mutants/C06-timeout-keeps-the-epoch.ts';
import { C24 } from '../mutants/C24-no-transaction-timeout.ts';
import type { Clause } from './clause.ts';
import { ofCoordinator, ofLeader } from './directed-test.ts';

const TIMEOUT = 'TransactionStateManager.timedOutTransactions';
const EXPIRY = 'TransactionStateManager.removeExpiredTransactionalIds';

export const TIME_CLAUSES: readonly Clause[] = [
  {
    id: 'EOS-TIME-01',
    level: 'must',
    requirement:
      'A transaction that is open for longer than its timeout is aborted by the coordinator, under a raised epoch.',
    kips: ['KIP-98'],
    kafka: 'TransactionCoordinator.abortTimedOutTransactions',
    claims: ['NoHangingTransaction'],
    tests: [
      ofCoordinator({
        name: 'overdue-transaction-is-aborted',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 pass 60001 => nothing
                 timeouts => nothing
                 cached => PrepareAbort (7,1) last 0 pending CompleteAbort`,
        transactionVersions: [2],
        brokenBy: C24.overrides.transactionCoordinator!,
      }),
      ofCoordinator({
        name: 'overdue-transaction-is-aborted-tv1',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 pass 60001 => nothing
                 timeouts => nothing
                 cached => PrepareAbort (7,1) last -1 pending CompleteAbort`,
        transactionVersions: [0, 1],
        brokenBy: C24.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-TIME-02',
    level: 'must',
    requirement:
      "A transaction's timeout runs from its first addition; later additions do not prolong it.",
    kips: ['KIP-98'],
    kafka: TIMEOUT,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'additions-do-not-prolong',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 pass 40000 => nothing
                 add 7.0 b-0 v3 => NONE
                 pass 20001 => nothing
                 timeouts => nothing
                 logged => Empty (7,0); Ongoing (7,0) a-0; Ongoing (7,0) a-0 b-0; PrepareAbort (7,1) a-0 b-0`,
        brokenBy: {
          decisions: {
            isTimedOut: (metadata, nowMs) =>
              metadata.state === 'Ongoing' &&
              metadata.lastUpdateTimestampMs + metadata.transactionTimeoutMs < nowMs,
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-TIME-03',
    level: 'must',
    requirement: 'A transaction is not aborted for its age before its timeout has passed.',
    kips: ['KIP-98'],
    kafka: TIMEOUT,
    claims: ['NoSpuriousFencing'],
    tests: [
      ofCoordinator({
        name: 'not-aborted-early',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 pass 60000 => nothing
                 timeouts => nothing
                 cached => Ongoing (7,0) last -1
                 end 7.0 commit v4 => NONE`,
        brokenBy: { decisions: { isTimedOut: ({ state }) => state === 'Ongoing' } },
      }),
    ],
  },
  {
    id: 'EOS-TIME-04',
    level: 'must',
    requirement:
      "After an abort for age the producer's old epoch adds nothing: what it believes open is closed.",
    kips: ['KIP-98', 'KIP-588'],
    kafka: 'TransactionCoordinator.abortTimedOutTransactions',
    claims: ['ZombieFencing', 'NoHangingTransaction'],
    tests: [
      ofCoordinator({
        name: 'overdue-producer-cannot-add',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 pass 60001 => nothing
                 timeouts => nothing
                 markers NONE => nothing
                 add 7.0 b-0 v3 => PRODUCER_FENCED`,
        transactionVersions: [0, 1],
        brokenBy: C06.overrides.transactionCoordinator!,
      }),
      ofCoordinator({
        name: 'overdue-producer-cannot-add-tv2',
        script: `init => NONE 7.0
                 add 7.0 a-0 => NONE
                 pass 60001 => nothing
                 timeouts => nothing
                 markers NONE => nothing
                 add 7.0 b-0 => PRODUCER_FENCED`,
        transactionVersions: [2],
        brokenBy: { decisions: { addPartitionsEpochIsValid: () => true } },
      }),
    ],
  },
  {
    id: 'EOS-TIME-05',
    level: 'must',
    requirement:
      'A transactional id without open transaction that nobody used for transactional.id.expiration.ms is removed by a tombstone, after which its producer id is unknown.',
    kips: ['KIP-98'],
    kafka: EXPIRY,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'idle-id-expires',
        script: `init => NONE 7.0
                 pass 604800000 => nothing
                 expiry => nothing
                 logged => Empty (7,0); tombstone
                 add 7.0 a-0 v3 => INVALID_PRODUCER_ID_MAPPING`,
        brokenBy: { decisions: { isExpired: () => false } },
      }),
    ],
  },
  {
    id: 'EOS-TIME-06',
    level: 'must',
    requirement: 'A transactional id with an open or undelivered decision does not expire.',
    kips: ['KIP-98'],
    kafka: EXPIRY,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'busy-id-does-not-expire',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 pass 604800000 => nothing
                 expiry => nothing
                 cached => Ongoing (7,0) last -1
                 end 7.0 commit v4 => NONE
                 expiry => nothing
                 logged => Empty (7,0); Ongoing (7,0) a-0; PrepareCommit (7,0) a-0`,
        brokenBy: { decisions: { isExpired: () => true } },
      }),
    ],
  },
  {
    id: 'EOS-TIME-07',
    level: 'should',
    requirement:
      'A leader forgets a producer without open transaction that sent nothing for producer.id.expiration.ms.',
    kips: ['KIP-98'],
    kafka: 'ProducerStateManager.removeExpiredProducers',
    claims: [],
    tests: [
      ofLeader({
        name: 'idle-producer-is-forgotten',
        script: `i 7.0 @0 => at 0
                 pass 9999 => nothing
                 expire => nothing
                 producer 7 => epoch 0 last 0 window [0] open -1 coordinator -1
                 pass 1 => nothing
                 expire => nothing
                 producer 7 => unknown`,
        brokenBy: { decisions: { isExpired: () => false } },
      }),
    ],
  },
  {
    id: 'EOS-TIME-08',
    level: 'must',
    requirement: 'A producer with an open transaction is never forgotten by a leader.',
    kips: ['KIP-98'],
    kafka: 'ProducerStateManager.removeExpiredProducers',
    claims: ['NoAbortedRead'],
    tests: [
      ofLeader({
        name: 'open-transaction-outlives-expiration',
        script: `t1 7.0 @0 => at 0
                 pass 10000 => nothing
                 expire => nothing
                 lso => 0
                 producer 7 => epoch 0 last 0 window [0] open 0 coordinator -1
                 abort 7.1 c0 tv2 => written
                 fetch committed 0 => [0 1] aborted 7@0`,
        brokenBy: {
          handlers: {
            writeMarker: (leader, _marker, _timeoutMs, reply) => {
              leader.producers.clear();
              reply('NONE');
            },
          },
        },
      }),
    ],
  },
];
