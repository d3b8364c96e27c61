/** Clauses on the transactional producer client: what it may send when, and what it must tell the application. */

import { HANDLERS } from '../../impl/producer/handlers.ts';
import { R03 } from '../mutants/R03-retry-takes-a-new-sequence.ts';
import { R07 } from '../mutants/R07-end-before-batches-drain.ts';
import { R08 } from '../mutants/R08-partition-used-before-added.ts';
import { R09 } from '../mutants/R09-partitions-kept-across-transactions.ts';
import type { Clause } from './clause.ts';
import { ofProducer } from './directed-test.ts';

const MANAGER = 'TransactionManager';
type ProducerDefect = Parameters<typeof ofProducer>[0]['brokenBy'];

const ALWAYS_RETRIES: ProducerDefect = { decisions: { requestError: () => 'retry' } };
const ALWAYS_FATAL: ProducerDefect = { decisions: { requestError: () => 'fatal' } };
const NEVER_RECOVERS: ProducerDefect = { decisions: { epochRecovery: () => 'reuse-sequence' } };

export const CLIENT_CLAUSES: readonly Clause[] = [
  {
    id: 'EOS-CLIENT-01',
    level: 'must',
    requirement: 'EndTxn is not sent before every batch of the transaction has its result.',
    kips: ['KIP-98'],
    kafka: `${MANAGER}.nextRequest`,
    claims: ['AtomicVisibility', 'NoLoss'],
    tests: [
      ofProducer({
        name: 'end-waits-for-batches',
        script: `ready 5.0 => nothing
                 open r1 => nothing
                 commit => nothing
                 produced 0 => r1: ok@0, sends EndTxn commit 5,0 -> 1`,
        brokenBy: R07.overrides.producer!,
      }),
    ],
  },
  {
    id: 'EOS-CLIENT-02',
    level: 'must',
    requirement:
      'Before transaction version 2 no batch of a partition is sent until the coordinator has added the partition.',
    kips: ['KIP-98'],
    kafka: `${MANAGER}.isSendToPartitionAllowed`,
    transactionVersions: [0, 1],
    claims: ['AtomicVisibility', 'NoHangingTransaction'],
    tests: [
      ofProducer({
        name: 'batch-waits-for-its-partition',
        script: `ready 5.0 => nothing
                 begin => begin: ok
                 send r1 => sends AddPartitionsToTxn a-0 -> 1
                 added => sends Produce a-0 r1 5,0:0 -> 2`,
        brokenBy: R08.overrides.producer!,
      }),
    ],
  },
  {
    id: 'EOS-CLIENT-03',
    level: 'must',
    requirement:
      'Under transaction version 2 the producer goes on under the identity that EndTxn answered, from sequence 0.',
    kips: ['KIP-890'],
    kafka: `${MANAGER}.EndTxnHandler`,
    transactionVersions: [2],
    claims: ['NoDuplicates', 'NoSpuriousFencing'],
    tests: [
      ofProducer({
        name: 'identity-of-the-next-transaction',
        script: `ready 5.0 => nothing
                 begin => begin: ok
                 send r1 => sends Produce a-0 r1 5,0:0 -> 2
                 produced 0 => r1: ok@0
                 commit => sends EndTxn commit 5,0 -> 1
                 ended => commit: ok
                 begin => begin 2: ok
                 send r2 => sends Produce a-0 r2 5,1:0 -> 2`,
        brokenBy: {
          handlers: {
            endTxnAnswered: (producer, request, response) =>
              HANDLERS.endTxnAnswered(producer, request, { ...response, producerId: -1 }),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-CLIENT-04',
    level: 'must',
    requirement: 'A batch that is sent again keeps its producer id, epoch and sequence.',
    kips: ['KIP-98'],
    kafka: 'Sender.reenqueueBatch',
    claims: ['NoDuplicates', 'ProducerOrder'],
    tests: [
      ofProducer({
        name: 'retry-keeps-its-sequence',
        script: `ready 5.0 => nothing
                 open r1 => nothing
                 produced NOT_LEADER_OR_FOLLOWER => nothing
                 pass 100 => sends Produce a-0 r1 5,0:0 -> 2
                 closed Produce => nothing
                 pass 100 => sends Produce a-0 r1 5,0:0 -> 2
                 produced 0 => r1: ok@0`,
        brokenBy: R03.overrides.producer!,
      }),
    ],
  },
  {
    id: 'EOS-CLIENT-05',
    level: 'must',
    requirement:
      'A producer that is told it is fenced fails for good: every later call is refused.',
    kips: ['KIP-98'],
    kafka: `${MANAGER}.EndTxnHandler, transitionToFatalError`,
    claims: ['ZombieFencing', 'HonestErrors'],
    tests: [
      ofProducer({
        name: 'fenced-is-fatal',
        script: `ready 5.0 => nothing
                 open r1 => nothing
                 produced 0 => r1: ok@0
                 commit => sends EndTxn commit 5,0 -> 1
                 ended PRODUCER_FENCED => commit: fatal PRODUCER_FENCED failed
                 state => FatalError
                 begin => begin: fatal PRODUCER_FENCED failed
                 abort => abort: fatal PRODUCER_FENCED failed`,
        brokenBy: ALWAYS_RETRIES,
      }),
    ],
  },
  {
    id: 'EOS-CLIENT-06',
    level: 'must',
    requirement: 'A transaction in which a batch failed cannot be committed; it can be aborted.',
    kips: ['KIP-98'],
    kafka: `${MANAGER}.maybeTransitionToErrorState, beginCommit`,
    claims: ['AtomicVisibility', 'HonestErrors'],
    tests: [
      ofProducer({
        name: 'failed-batch-allows-abort-only',
        script: `ready 5.0 => nothing
                 open r1 => nothing
                 produced INVALID_TXN_STATE => r1: abortable INVALID_TXN_STATE failed
                 state => AbortableError
                 commit => commit: abortable INVALID_TXN_STATE failed
                 abort => sends EndTxn abort 5,0 -> 1`,
        brokenBy: { decisions: { batchFailure: () => 'record-failed' } },
      }),
    ],
  },
  {
    id: 'EOS-CLIENT-07',
    level: 'must',
    requirement:
      'CONCURRENT_TRANSACTIONS is no failure: the request is sent again and the application hears nothing.',
    kips: ['KIP-98'],
    kafka: `${MANAGER}.EndTxnHandler, InitProducerIdHandler`,
    claims: ['TransactionalIdReusable'],
    tests: [
      ofProducer({
        name: 'concurrent-transactions-is-retried',
        script: `init => sends FindCoordinator -> 7
                 found => sends InitProducerId -1,-1 -> 1
                 refused CONCURRENT_TRANSACTIONS => nothing
                 pass 100 => sends InitProducerId -1,-1 -> 1
                 identified 5.0 => init: ok
                 open r1 => nothing
                 produced 0 => r1: ok@0
                 commit => sends EndTxn commit 5,0 -> 1
                 ended CONCURRENT_TRANSACTIONS => nothing
                 pass 100 => sends EndTxn commit 5,0 -> 1
                 ended => commit: ok`,
        brokenBy: ALWAYS_FATAL,
      }),
    ],
  },
  {
    id: 'EOS-CLIENT-08',
    level: 'should',
    requirement: 'A transaction to which nothing was added is ended without a request.',
    kips: ['KIP-98'],
    kafka: `${MANAGER}.nextRequest`,
    claims: [],
    tests: [
      ofProducer({
        name: 'empty-transaction-ends-locally',
        script: `ready 5.0 => nothing
                 begin => begin: ok
                 commit => commit: ok
                 begin => begin 2: ok
                 abort => abort: ok`,
        brokenBy: { decisions: { endsLocally: () => false } },
      }),
    ],
  },
  {
    id: 'EOS-CLIENT-09',
    level: 'must',
    requirement:
      'When the coordinator has moved or cannot be reached, the client looks it up again and repeats the request, the decision included.',
    kips: ['KIP-98'],
    kafka: `${MANAGER}.lookupCoordinator`,
    claims: ['AtomicVisibility'],
    tests: [
      ofProducer({
        name: 'moved-coordinator-is-looked-up',
        script: `ready 5.0 => nothing
                 open r1 => nothing
                 produced 0 => r1: ok@0
                 commit => sends EndTxn commit 5,0 -> 1
                 ended NOT_COORDINATOR => sends FindCoordinator -> 8
                 found => nothing
                 pass 100 => sends EndTxn commit 5,0 -> 1
                 closed EndTxn => sends FindCoordinator -> 7
                 found => nothing
                 pass 100 => sends EndTxn commit 5,0 -> 1
                 ended => commit: ok`,
        brokenBy: ALWAYS_RETRIES,
      }),
    ],
  },
  {
    id: 'EOS-CLIENT-10',
    level: 'must',
    requirement:
      'Calls that the state of the producer does not allow are refused, and change nothing.',
    kips: ['KIP-98'],
    kafka: `${MANAGER}.State.isTransitionValid`,
    claims: [],
    tests: [
      ofProducer({
        name: 'calls-out-of-turn-are-refused',
        script: `begin => begin: illegal-state - failed
                 commit => commit: illegal-state - failed
                 state => Uninitialized
                 ready 5.0 => nothing
                 commit => commit 2: illegal-state - failed
                 begin => begin 2: ok
                 begin => begin 3: illegal-state - failed
                 state => InTransaction`,
        brokenBy: { decisions: { mayTransition: () => true } },
      }),
    ],
  },
  {
    id: 'EOS-CLIENT-11',
    level: 'must',
    requirement:
      'Before transaction version 2, after the abort of a transaction with a batch of unknown outcome, the client has its epoch raised before it goes on.',
    kips: ['KIP-360'],
    kafka: `${MANAGER}.maybeResolveSequences, needToTriggerEpochBumpFromClient`,
    transactionVersions: [0, 1],
    claims: ['AtomicVisibility', 'NoAbortedRead', 'NoLoss'],
    tests: [
      ofProducer({
        name: 'unknown-outcome-raises-the-epoch',
        script: `ready 5.0 => nothing
                 begin => begin: ok
                 send r1 => sends AddPartitionsToTxn a-0 -> 1
                 added => sends Produce a-0 r1 5,0:0 -> 2
                 pass 120000 => r1: abortable - unknown
                 closed Produce => nothing
                 abort => sends EndTxn abort 5,0 -> 1
                 ended => sends InitProducerId 5,0 -> 1
                 identified 5.1 => abort: ok
                 state => Ready`,
        brokenBy: NEVER_RECOVERS,
      }),
    ],
  },
  {
    id: 'EOS-CLIENT-12',
    level: 'must',
    requirement:
      'The partitions of a transaction are forgotten when it ends: the next one adds its own.',
    kips: ['KIP-98'],
    kafka: `${MANAGER}.resetTransactionState`,
    transactionVersions: [0, 1],
    claims: ['AtomicVisibility', 'NoHangingTransaction'],
    tests: [
      ofProducer({
        name: 'next-transaction-adds-again',
        script: `ready 5.0 => nothing
                 begin => begin: ok
                 send r1 => sends AddPartitionsToTxn a-0 -> 1
                 added => sends Produce a-0 r1 5,0:0 -> 2
                 produced 0 => r1: ok@0
                 commit => sends EndTxn commit 5,0 -> 1
                 ended => commit: ok
                 begin => begin 2: ok
                 send r2 => sends AddPartitionsToTxn a-0 -> 1`,
        brokenBy: R09.overrides.producer!,
      }),
    ],
  },
  {
    id: 'EOS-CLIENT-13',
    level: 'must',
    requirement:
      'TRANSACTION_ABORTABLE in answer to a commit leaves the transaction to be aborted; in answer to an abort it is fatal.',
    kips: ['KIP-890'],
    kafka: `${MANAGER}.EndTxnHandler`,
    claims: ['HonestErrors'],
    tests: [
      ofProducer({
        name: 'abortable-commit',
        script: `ready 5.0 => nothing
                 open r1 => nothing
                 produced 0 => r1: ok@0
                 commit => sends EndTxn commit 5,0 -> 1
                 ended TRANSACTION_ABORTABLE => commit: abortable TRANSACTION_ABORTABLE failed
                 state => AbortableError
                 abort => sends EndTxn abort 5,0 -> 1
                 ended TRANSACTION_ABORTABLE => abort: fatal TRANSACTION_ABORTABLE failed
                 state => FatalError`,
        brokenBy: ALWAYS_FATAL,
      }),
    ],
  },
  {
    id: 'EOS-CLIENT-14',
    level: 'must',
    requirement:
      'A batch that a leader calls a duplicate it no longer remembers counts as sent: its offset is unknown, its outcome is not.',
    kips: ['KIP-98'],
    kafka: 'Sender.completeBatch',
    claims: ['NoDuplicates'],
    tests: [
      ofProducer({
        name: 'forgotten-duplicate-is-a-success',
        script: `ready 5.0 => nothing
                 open r1 => nothing
                 produced DUPLICATE_SEQUENCE_NUMBER => r1: ok@-1`,
        brokenBy: {
          handlers: {
            produceAnswered: (producer, batch, answer) =>
              HANDLERS.produceAnswered(
                producer,
                batch,
                answer === null ? null : { ...answer, errorCode: 'INVALID_RECORD' },
              ),
          },
        },
      }),
    ],
  },
];
