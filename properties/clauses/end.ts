/** Clauses on EndTxn: how a transaction is decided, and what its repetition is told. */

import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import { C08 } from '../mutants/C08-abort-in-prepare-commit.ts';
import { C14 } from '../mutants/C14-no-bump-at-the-end.ts';
import { C16 } from '../mutants/C16-retried-end-hits-the-next-transaction.ts';
import { T01 } from '../mutants/T01-end-answered-before-replicated.ts';
import type { Clause } from './clause.ts';
import { ofCoordinator } from './directed-test.ts';

const END = 'TransactionCoordinator.endTransaction';
const END_V1 = 'TransactionCoordinator.endTransactionWithTV1';
type CoordinatorDefect = Parameters<typeof ofCoordinator>[0]['brokenBy'];

const ENDS_ANYTHING: CoordinatorDefect = { decisions: { endOutcome: () => 'NONE' } };

export const END_CLAUSES: readonly Clause[] = [
  {
    id: 'EOS-END-01',
    level: 'must',
    requirement:
      'Under transaction version 2 every end of a transaction raises the producer epoch, and EndTxn answers the identity for the next transaction.',
    kips: ['KIP-890'],
    kafka: 'TransactionMetadata.prepareAbortOrCommit',
    transactionVersions: [2],
    claims: ['AtomicVisibility', 'NoAbortedRead', 'OneDecision'],
    tests: [
      ofCoordinator({
        name: 'end-raises-the-epoch',
        script: `init => NONE 7.0
                 add 7.0 a-0 => NONE
                 end 7.0 commit => NONE 7.1
                 marking => 1: COMMIT (7,1) tv2 epoch 1 a-0
                 markers NONE => nothing
                 add 7.1 a-0 => NONE
                 end 7.1 abort => NONE 7.2
                 marking => 1: ABORT (7,2) tv2 epoch 1 a-0`,
        brokenBy: C14.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-END-02',
    level: 'must',
    requirement:
      'An EndTxn below version 5 leaves the identity as it is: the producer goes on under the same epoch.',
    kips: ['KIP-98'],
    kafka: END_V1,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'old-end-keeps-the-epoch',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 commit v4 => NONE
                 marking => 1: COMMIT (7,0) tv0 epoch 1 a-0
                 markers NONE => nothing
                 add 7.0 a-0 v3 => NONE`,
        brokenBy: { decisions: { endTxnTransactionVersion: () => 2 } },
      }),
    ],
  },
  {
    id: 'EOS-END-03',
    level: 'must',
    requirement:
      'EndTxn is answered, and markers are sent, only when the record of the decision is replicated.',
    kips: ['KIP-98'],
    kafka: 'TransactionStateManager.appendTransactionToLog',
    claims: ['AtomicVisibility', 'NoAbortedRead', 'OneDecision', 'HonestErrors'],
    tests: [
      ofCoordinator({
        name: 'decided-when-replicated',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 by-hand => nothing
                 end 7.0 commit v4 => nothing
                 marking => nothing
                 replicate => NONE
                 marking => 1: COMMIT (7,0) tv0 epoch 1 a-0`,
        brokenBy: T01.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-END-04',
    level: 'may',
    requirement: 'EndTxn may be answered before the markers are written.',
    kips: ['KIP-98'],
    kafka: END,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'answer-does-not-wait-for-markers',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 commit v4 => NONE
                 cached => PrepareCommit (7,0) last -1 pending CompleteCommit`,
        brokenBy: {
          handlers: {
            prepareReplicated: (coordinator, pending) =>
              HANDLERS.prepareReplicated(coordinator, pending, () => undefined),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-END-05',
    level: 'must',
    requirement:
      'An EndTxn that is repeated while the markers are outstanding is answered CONCURRENT_TRANSACTIONS, which the client retries.',
    kips: ['KIP-98', 'KIP-890'],
    kafka: END,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'repeated-end-waits-for-the-markers',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 commit v4 => NONE
                 end 7.0 commit v4 => CONCURRENT_TRANSACTIONS`,
        brokenBy: {
          handlers: {
            endTxn: (coordinator, request, reply) =>
              coordinator.markers.isMarking(request.body.transactionalId)
                ? reply({ errorCode: 'NONE', producerId: -1, producerEpoch: -1 })
                : HANDLERS.endTxn(coordinator, request, reply),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-END-06',
    level: 'must',
    requirement:
      'An EndTxn that is repeated after completion is answered NONE if it asks for what was decided, and INVALID_TXN_STATE if it asks for the opposite.',
    kips: ['KIP-98', 'KIP-890'],
    kafka: END,
    claims: ['HonestErrors', 'OneDecision'],
    tests: [
      ofCoordinator({
        name: 'repeated-end-is-told-the-decision',
        transactionVersions: [2],
        script: `init => NONE 7.0
                 add 7.0 a-0 => NONE
                 end 7.0 commit => NONE 7.1
                 markers NONE => nothing
                 end 7.0 commit => NONE 7.1
                 end 7.0 abort => INVALID_TXN_STATE`,
        brokenBy: ENDS_ANYTHING,
      }),
      ofCoordinator({
        name: 'repeated-end-is-told-the-decision-tv1',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 abort v4 => NONE
                 markers NONE => nothing
                 end 7.0 abort v4 => NONE
                 end 7.0 commit v4 => INVALID_TXN_STATE`,
        brokenBy: ENDS_ANYTHING,
      }),
    ],
  },
  {
    id: 'EOS-END-07',
    level: 'must',
    requirement: 'Once a decision is replicated, no request changes it.',
    kips: ['KIP-98'],
    kafka: END,
    claims: ['AtomicVisibility', 'ZombieFencing', 'OneDecision'],
    tests: [
      ofCoordinator({
        name: 'commit-is-not-turned-round',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 commit v4 => NONE
                 end 7.0 abort v4 => CONCURRENT_TRANSACTIONS
                 init => CONCURRENT_TRANSACTIONS
                 markers NONE => nothing
                 logged => Empty (7,0); Ongoing (7,0) a-0; PrepareCommit (7,0) a-0; CompleteCommit (7,0)`,
        brokenBy: C08.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-END-08',
    level: 'must',
    requirement:
      'Under transaction version 2 an abort of the current epoch is accepted although nothing was added; it raises the epoch and sends no marker.',
    kips: ['KIP-890'],
    kafka: END,
    transactionVersions: [2],
    claims: [],
    tests: [
      ofCoordinator({
        name: 'empty-abort-raises-the-epoch',
        script: `init => NONE 7.0
                 end 7.0 abort => NONE 7.1
                 marking => nothing
                 end 7.1 abort => NONE 7.2
                 cached => CompleteAbort (7,2) last 1`,
        brokenBy: { decisions: { endOutcome: () => 'INVALID_TXN_STATE' } },
      }),
    ],
  },
  {
    id: 'EOS-END-09',
    level: 'must',
    requirement: 'A commit where no transaction is open is refused with INVALID_TXN_STATE.',
    kips: ['KIP-98'],
    kafka: END,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'nothing-to-commit',
        script: `init => NONE 7.0
                 end 7.0 commit => INVALID_TXN_STATE
                 end 7.0 commit v4 => INVALID_TXN_STATE
                 logged => Empty (7,0)`,
        brokenBy: ENDS_ANYTHING,
      }),
    ],
  },
  {
    id: 'EOS-END-10',
    level: 'must',
    requirement:
      'An EndTxn below version 5 that aborts where no transaction was ever open is refused with INVALID_TXN_STATE.',
    kips: ['KIP-98'],
    kafka: END_V1,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'old-abort-of-nothing',
        script: `init => NONE 7.0
                 end 7.0 abort v4 => INVALID_TXN_STATE
                 logged => Empty (7,0)`,
        brokenBy: ENDS_ANYTHING,
      }),
    ],
  },
  {
    id: 'EOS-END-11',
    level: 'must',
    requirement:
      'Under transaction version 2 a transaction that ends at epoch 32766 continues under a new producer id with epoch 0; its markers carry 32767.',
    kips: ['KIP-890'],
    kafka: 'TransactionMetadata.prepareAbortOrCommit, prepareComplete',
    transactionVersions: [2],
    claims: [],
    tests: [
      ofCoordinator({
        name: 'end-at-the-last-epoch-rotates-the-id',
        script: `init => NONE 7.0
                 epoch 32766 => nothing
                 add 7.32766 a-0 => NONE
                 end 7.32766 commit => NONE 8.0
                 marking => 1: COMMIT (7,32767) tv2 epoch 1 a-0
                 markers NONE => nothing
                 add 8.0 a-0 => NONE`,
        brokenBy: C14.overrides.transactionCoordinator!,
      }),
    ],
  },
  {
    id: 'EOS-END-12',
    level: 'must',
    requirement:
      'An EndTxn that is repeated after the producer id was rotated is recognised by the old identity and told the new one.',
    kips: ['KIP-890'],
    kafka: END,
    transactionVersions: [2],
    claims: [],
    tests: [
      ofCoordinator({
        name: 'repeated-end-over-a-rotation',
        script: `init => NONE 7.0
                 epoch 32766 => nothing
                 add 7.32766 a-0 => NONE
                 end 7.32766 commit => NONE 8.0
                 markers NONE => nothing
                 end 7.32766 commit => NONE 8.0
                 end 7.32766 abort => INVALID_TXN_STATE`,
        brokenBy: {
          decisions: {
            requestAge: (metadata, identity, transactionVersion, cause) =>
              identity.producerId === metadata.producerId
                ? DECISIONS.requestAge(metadata, identity, transactionVersion, cause)
                : 'other-producer',
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-END-13',
    level: 'must',
    requirement:
      'A commit that comes after the coordinator aborted the transaction on its own is refused, and commits nothing.',
    kips: ['KIP-890'],
    kafka: END,
    claims: ['AtomicVisibility', 'NoAbortedRead', 'HonestErrors'],
    tests: [
      ofCoordinator({
        name: 'late-commit-after-a-timeout',
        transactionVersions: [2],
        script: `init => NONE 7.0
                 add 7.0 a-0 => NONE
                 pass 60001 => nothing
                 timeouts => nothing
                 markers NONE => nothing
                 end 7.0 commit => INVALID_TXN_STATE
                 cached => CompleteAbort (7,1) last 0`,
        brokenBy: ENDS_ANYTHING,
      }),
      ofCoordinator({
        name: 'late-commit-after-a-timeout-tv1',
        transactionVersions: [0, 1],
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 pass 60001 => nothing
                 timeouts => nothing
                 markers NONE => nothing
                 end 7.0 commit v4 => PRODUCER_FENCED
                 cached => CompleteAbort (7,1) last -1`,
        brokenBy: { decisions: { requestAge: () => 'current', endOutcome: () => 'NONE' } },
      }),
    ],
  },
  {
    id: 'EOS-END-14',
    level: 'must',
    requirement:
      'Under transaction version 2 an abort that comes after the coordinator aborted on its own is told the raised identity, so that the producer can go on.',
    kips: ['KIP-588', 'KIP-890'],
    kafka: END,
    transactionVersions: [2],
    claims: ['NoSpuriousFencing'],
    tests: [
      ofCoordinator({
        name: 'late-abort-after-a-timeout',
        script: `init => NONE 7.0
                 add 7.0 a-0 => NONE
                 pass 60001 => nothing
                 timeouts => nothing
                 markers NONE => nothing
                 end 7.0 abort => NONE 7.1
                 add 7.1 a-0 => NONE`,
        brokenBy: { decisions: { requestAge: () => 'stale' } },
      }),
    ],
  },
  {
    id: 'EOS-END-15',
    level: 'must',
    requirement:
      'Under transaction version 2 an EndTxn of the previous transaction does not end the next one: it is refused with PRODUCER_FENCED.',
    kips: ['KIP-890'],
    kafka: END,
    transactionVersions: [2],
    claims: ['AtomicVisibility', 'NoAbortedRead', 'ZombieFencing', 'OneDecision'],
    tests: [
      ofCoordinator({
        name: 'late-end-spares-the-next-transaction',
        script: `init => NONE 7.0
                 add 7.0 a-0 => NONE
                 end 7.0 commit => NONE 7.1
                 markers NONE => nothing
                 add 7.1 a-0 => NONE
                 end 7.0 commit => PRODUCER_FENCED
                 cached => Ongoing (7,1) last 0`,
        brokenBy: C16.overrides.transactionCoordinator!,
      }),
    ],
  },
];
