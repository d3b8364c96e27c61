/**
 * One instance of a transactional producer: Java's TransactionManager and Sender for one transactional id (KIP-98,
 * KIP-360, KIP-890), or a simpler client that never bumps its epoch. A restarted or zombie instance is another machine.
 *
 * The states are TransactionManager.State, without PreparedTransaction (KIP-939), and `Crashed`. `always` renders the
 * sender loop: what can be sent is sent within the step, transactional requests first; so a batch is sent as soon as
 * its partition allows. A call that Kafka would refuse with an exception is `ignore`d.
 *
 * Left out: finding the coordinator (its connection is there), back-off, several batches in flight to one partition
 * (`max.in.flight.requests.per.connection` is 1), offsets, a change of transaction version, and running out of retries
 * upon error answers; `delivery.timeout.ms` is the event `BatchExpired`.
 */

import { assign, setup } from 'xstate';
import type { ProducerSend } from './producer-changes.ts';
import * as changes from './producer-changes.ts';
import { PRODUCER_GUARDS } from './producer-rules.ts';
import type {
  Outcome,
  ProducerContext,
  ProducerEvent,
  ProducerScope,
  ProducerStep,
} from './producer-state.ts';
import { initialProducerContext, JAVA_PRODUCER_SCOPE } from './producer-state.ts';

/** What a transition of the producer puts out. */
export type ProducerAction =
  | { readonly type: 'send'; readonly params: ProducerSend }
  | { readonly type: 'ignore' | 'unexpected'; readonly params: undefined };

const producerSetup = setup({
  types: {} as { context: ProducerContext; events: ProducerEvent },
  guards: PRODUCER_GUARDS,
  actions: {
    awaitInitProducerId: assign({ outstanding: 'InitProducerId' }),
    awaitEndTxn: assign({ outstanding: 'EndTxn' }),
    begin: assign(changes.begin),
    addBatch: assign(changes.addBatch),
    markSent: assign(changes.markSent),
    acknowledge: assign(changes.acknowledge),
    readyAgain: assign(changes.readyAgain),
    failBatch: assign(changes.failBatch),
    giveUpBatch: assign(changes.giveUpBatch),
    requireEpochBump: assign(changes.requireEpochBump),
    leaveUnresolved: assign(changes.leaveUnresolved),
    dropUnsent: assign(changes.dropUnsent),
    takeNewPartitions: assign(changes.takeNewPartitions),
    partitionsAdded: assign(changes.partitionsAdded),
    sendAgain: assign(changes.sendAgain),
    dropRequest: assign(changes.dropRequest),
    adoptIdentity: assign(changes.adoptIdentity),
    tell: assign((step: ProducerStep, params: { readonly outcome: Outcome }) =>
      changes.tell(step, params),
    ),
    completeTransaction: assign(changes.completeTransaction),
    fail: assign(changes.fail),
    send: (_args, _params: ProducerSend) => undefined,
    ignore: () => undefined,
    unexpected: () => undefined,
  },
});

function send(params: (step: ProducerStep) => ProducerSend) {
  return { type: 'send', params } as const;
}

function tell(outcome: Outcome) {
  return { type: 'tell', params: { outcome } } as const;
}

const IGNORE = { actions: 'ignore' } as const;
const UNEXPECTED = { actions: 'unexpected' } as const;
const FAIL = { target: 'FatalError', actions: 'fail' } as const;
const RETRY = { guard: 'isRetriable', actions: 'sendAgain' } as const;

/** The sender loop while a transaction is open. */
const ADD_PARTITIONS = {
  guard: 'mustAddPartitions',
  actions: ['takeNewPartitions', send(changes.addPartitions)],
} as const;
const SEND_BATCH = {
  guard: 'someBatchIsSendable',
  actions: [send(changes.produce), 'markSent'],
} as const;

/** Sender.canRetry and completeBatch. */
const BATCH_ANSWERED = [
  { guard: 'isWritten', actions: 'acknowledge' },
  { guard: 'isRetriable', actions: 'readyAgain' },
  { guard: 'isFatalOnProduce', ...FAIL },
] as const;
const BATCH_SENT_AGAIN = { actions: 'readyAgain' } as const;

/** What the application may not call in this state. */
const NO_CALLS = {
  InitTransactions: IGNORE,
  BeginTransaction: IGNORE,
  Send: IGNORE,
  CommitTransaction: IGNORE,
  AbortTransaction: IGNORE,
} as const;

/** No batch is under way. */
const NO_BATCHES = {
  ProduceResponse: UNEXPECTED,
  ProduceTimedOut: UNEXPECTED,
  BatchExpired: UNEXPECTED,
} as const;

/** An instance that does nothing more hears nothing. */
const DEAF = {
  ...NO_CALLS,
  InitProducerIdResponse: IGNORE,
  AddPartitionsToTxnResponse: IGNORE,
  EndTxnResponse: IGNORE,
  Disconnected: IGNORE,
  ProduceResponse: IGNORE,
  ProduceTimedOut: IGNORE,
  BatchExpired: IGNORE,
} as const;

/** A Java client under TV2; `createProducer` gives the same chart other bounds. */
export const producer = producerSetup.createMachine({
  id: 'producer',
  context: initialProducerContext(JAVA_PRODUCER_SCOPE),
  options: { maxIterations: 50 },
  initial: 'Uninitialized',
  // Whatever the state, a crash loses all.
  on: { ProducerCrashed: { target: '.Crashed', actions: 'fail' } },
  states: {
    Uninitialized: {
      on: {
        ...NO_CALLS,
        InitTransactions: { target: 'Initializing' },
        InitProducerIdResponse: UNEXPECTED,
        AddPartitionsToTxnResponse: UNEXPECTED,
        EndTxnResponse: UNEXPECTED,
        Disconnected: IGNORE,
        ...NO_BATCHES,
      },
    },
    Initializing: {
      always: {
        guard: 'mustInitialise',
        actions: ['awaitInitProducerId', send(changes.initProducerId)],
      },
      on: {
        ...NO_CALLS,
        InitProducerIdResponse: [
          {
            guard: 'succeeded',
            target: 'Ready',
            actions: ['adoptIdentity', 'completeTransaction'],
          },
          RETRY,
          { guard: 'isAbortable', target: 'AbortableError', actions: 'dropRequest' },
          FAIL,
        ],
        AddPartitionsToTxnResponse: UNEXPECTED,
        EndTxnResponse: UNEXPECTED,
        Disconnected: { actions: 'sendAgain' },
        ...NO_BATCHES,
      },
    },
    Ready: {
      on: {
        ...NO_CALLS,
        BeginTransaction: [
          { guard: 'mayBegin', target: 'InTransaction', actions: 'begin' },
          IGNORE,
        ],
        InitProducerIdResponse: UNEXPECTED,
        AddPartitionsToTxnResponse: UNEXPECTED,
        EndTxnResponse: UNEXPECTED,
        Disconnected: IGNORE,
        ...NO_BATCHES,
      },
    },
    InTransaction: {
      always: [ADD_PARTITIONS, SEND_BATCH],
      on: {
        ...NO_CALLS,
        Send: [{ guard: 'maySend', actions: 'addBatch' }, IGNORE],
        CommitTransaction: { target: 'CommittingTransaction', actions: tell('CommitAsked') },
        AbortTransaction: { target: 'AbortingTransaction', actions: 'dropUnsent' },
        InitProducerIdResponse: UNEXPECTED,
        AddPartitionsToTxnResponse: [
          { guard: 'succeeded', actions: 'partitionsAdded' },
          RETRY,
          { guard: 'isFatalOnAdd', ...FAIL },
          { target: 'AbortableError', actions: ['dropRequest', 'dropUnsent'] },
        ],
        EndTxnResponse: UNEXPECTED,
        Disconnected: { actions: 'sendAgain' },
        ProduceResponse: [
          ...BATCH_ANSWERED,
          {
            target: 'AbortableError',
            actions: ['failBatch', 'requireEpochBump', 'dropUnsent'],
          },
        ],
        ProduceTimedOut: BATCH_SENT_AGAIN,
        BatchExpired: {
          target: 'AbortableError',
          actions: ['giveUpBatch', 'requireEpochBump', 'dropUnsent'],
        },
      },
    },
    CommittingTransaction: {
      always: [
        ADD_PARTITIONS,
        SEND_BATCH,
        {
          guard: 'mayEndLocally',
          target: 'Ready',
          actions: [tell('Committed'), 'completeTransaction'],
        },
        { guard: 'mayEnd', actions: ['awaitEndTxn', send(changes.endTransaction('COMMIT'))] },
      ],
      on: {
        ...NO_CALLS,
        InitProducerIdResponse: UNEXPECTED,
        AddPartitionsToTxnResponse: [
          { guard: 'succeeded', actions: 'partitionsAdded' },
          RETRY,
          { guard: 'isFatalOnAdd', ...FAIL },
          { target: 'AbortableError', actions: ['dropRequest', 'dropUnsent', tell('Failed')] },
        ],
        EndTxnResponse: [
          {
            guard: 'succeeded',
            target: 'Ready',
            actions: ['adoptIdentity', tell('Committed'), 'completeTransaction'],
          },
          RETRY,
          {
            guard: 'isAbortable',
            target: 'AbortableError',
            actions: ['dropRequest', tell('Failed')],
          },
          FAIL,
        ],
        Disconnected: { actions: 'sendAgain' },
        ProduceResponse: [
          ...BATCH_ANSWERED,
          { target: 'AbortableError', actions: ['failBatch', 'dropUnsent', tell('Failed')] },
        ],
        ProduceTimedOut: BATCH_SENT_AGAIN,
        BatchExpired: {
          target: 'AbortableError',
          actions: ['leaveUnresolved', 'giveUpBatch', 'dropUnsent', tell('Failed')],
        },
      },
    },
    AbortingTransaction: {
      always: [
        ADD_PARTITIONS,
        SEND_BATCH,
        {
          guard: 'mayEndLocallyAndBumps',
          target: 'Initializing',
          actions: [tell('Aborted'), 'completeTransaction'],
        },
        {
          guard: 'mayEndLocally',
          target: 'Ready',
          actions: [tell('Aborted'), 'completeTransaction'],
        },
        { guard: 'mayEnd', actions: ['awaitEndTxn', send(changes.endTransaction('ABORT'))] },
      ],
      on: {
        ...NO_CALLS,
        InitProducerIdResponse: UNEXPECTED,
        AddPartitionsToTxnResponse: [
          { guard: 'succeeded', actions: 'partitionsAdded' },
          RETRY,
          { guard: 'isFatalOnAdd', ...FAIL },
          // An abortable error while aborting is silently dropped (TransactionManager.transitionToAbortableError).
          { actions: 'dropRequest' },
        ],
        EndTxnResponse: [
          {
            guard: 'succeededAndBumps',
            target: 'Initializing',
            actions: ['adoptIdentity', tell('Aborted'), 'completeTransaction'],
          },
          {
            guard: 'succeeded',
            target: 'Ready',
            actions: ['adoptIdentity', tell('Aborted'), 'completeTransaction'],
          },
          RETRY,
          FAIL,
        ],
        Disconnected: { actions: 'sendAgain' },
        ProduceResponse: [...BATCH_ANSWERED, { actions: 'failBatch' }],
        ProduceTimedOut: BATCH_SENT_AGAIN,
        BatchExpired: { actions: ['leaveUnresolved', 'giveUpBatch'] },
      },
    },
    AbortableError: {
      // Batches that were sent are awaited, and sent again if need be.
      always: SEND_BATCH,
      on: {
        ...NO_CALLS,
        AbortTransaction: { target: 'AbortingTransaction', actions: 'dropUnsent' },
        InitProducerIdResponse: UNEXPECTED,
        AddPartitionsToTxnResponse: [
          { guard: 'succeeded', actions: 'partitionsAdded' },
          { guard: 'isFatalOnAdd', ...FAIL },
          { actions: 'dropRequest' },
        ],
        EndTxnResponse: UNEXPECTED,
        Disconnected: { actions: 'dropRequest' },
        ProduceResponse: [...BATCH_ANSWERED, { actions: ['failBatch', 'requireEpochBump'] }],
        ProduceTimedOut: BATCH_SENT_AGAIN,
        BatchExpired: { actions: ['giveUpBatch', 'requireEpochBump'] },
      },
    },
    FatalError: { on: DEAF },
    Crashed: { on: DEAF },
  },
});

/** The same chart within other bounds. */
export function createProducer(scope: ProducerScope): typeof producer {
  const config = { ...producer.config, context: initialProducerContext(scope) };
  return producerSetup.createMachine(config as never) as unknown as typeof producer;
}
