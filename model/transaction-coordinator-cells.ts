/**
 * The named guards and actions of the coordinator's chart, and the cells that several of its states share. A cell is
 * the list of what an event may meet in a state, in the order in which Kafka's handler asks.
 */

import { assign, setup } from 'xstate';
import type { ErrorCode } from '../protocol/error-codes.ts';
import type { TransactionResult } from '../protocol/states.ts';
import type { TransactionLogEntry } from './messages.ts';
import { labelled } from './labelled.ts';
import { COORDINATOR_GUARDS } from './transaction-coordinator-guards.ts';
import type { CoordinatorSend } from './transaction-coordinator-replies.ts';
import * as replies from './transaction-coordinator-replies.ts';
import type {
  CoordinatorContext,
  CoordinatorEvent,
  CoordinatorStep,
} from './transaction-coordinator-state.ts';
import { initialContext, NO_METADATA } from './transaction-coordinator-state.ts';
import * as transitions from './transaction-coordinator-transitions.ts';

/** What a transition of the coordinator puts out. */
export type CoordinatorAction =
  | { readonly type: 'send'; readonly params: CoordinatorSend }
  | { readonly type: 'append'; readonly params: TransactionLogEntry }
  | { readonly type: 'takeProducerId' | 'ignore' | 'unexpected'; readonly params: undefined };

export const coordinatorSetup = setup({
  types: {} as { context: CoordinatorContext; events: CoordinatorEvent },
  guards: COORDINATOR_GUARDS,
  actions: {
    createMetadata: assign(transitions.createMetadata),
    prepareNewInstance: assign(transitions.prepareNewInstance),
    prepareContinuedInstance: assign(transitions.prepareContinuedInstance),
    prepareRepeatedInstance: assign(transitions.prepareRepeatedInstance),
    prepareRotatedInstance: assign(transitions.prepareRotatedInstance),
    prepareAddedPartitions: assign(transitions.prepareAddedPartitions),
    fenceProducerEpoch: assign(transitions.fenceProducerEpoch),
    prepareLegacyEnd: assign(transitions.prepareLegacyEnd),
    prepareEnd: assign(transitions.prepareEnd),
    prepareComplete: assign(transitions.prepareComplete),
    prepareDead: assign(transitions.prepareDead),
    completeTransition: assign(transitions.completeTransition),
    failTransition: assign(transitions.failTransition),
    awaitMarkers: assign({ awaiting: 'Markers' }),
    awaitAppend: assign({ awaiting: 'Append' }),
    abandonCompletion: assign({ awaiting: 'Nothing' }),
    removePartitions: assign(transitions.removePartitions),
    restoreMetadata: assign(transitions.restoreMetadata),
    forgetMetadata: assign(NO_METADATA),
    forgetEverything: assign(({ context }) => initialContext(context)),
    send: (_args, _params: CoordinatorSend) => undefined,
    append: (_args, _params: TransactionLogEntry) => undefined,
    takeProducerId: () => undefined,
    ignore: () => undefined,
    unexpected: () => undefined,
  },
});

export const APPEND = {
  type: 'append',
  params: ({ context }: CoordinatorStep) => transitions.durableEntry(context),
} as const;

type SendParams = CoordinatorSend | ((step: CoordinatorStep) => CoordinatorSend);

export function send<Params extends SendParams>(params: Params) {
  return { type: 'send', params } as const;
}

export function answer(errorCode: ErrorCode) {
  return send(labelled(errorCode, replies.reply(errorCode)));
}

export const IGNORE = { actions: 'ignore' } as const;
export const UNEXPECTED = { actions: 'unexpected' } as const;
export const COMMIT = { state: 'PrepareCommit' } as const;
export const ABORT = { state: 'PrepareAbort' } as const;

/** InitProducerId while no transaction is open (TransactionMetadata.prepareIncrementProducerEpoch, prepareProducerIdRotation). */
export const INITIALISE = [
  { guard: 'transitionIsPending', actions: answer('CONCURRENT_TRANSACTIONS') },
  { guard: 'producerIdIsFenced', actions: answer('PRODUCER_FENCED') },
  { guard: 'rotationLacksProducerId', actions: answer('COORDINATOR_LOAD_IN_PROGRESS') },
  { guard: 'producerIdRotates', actions: ['prepareRotatedInstance', 'takeProducerId', APPEND] },
  { guard: 'epochCannotBump', actions: answer('UNKNOWN_SERVER_ERROR') },
  { guard: 'isNewInstance', actions: ['prepareNewInstance', APPEND] },
  { guard: 'continuesInstance', actions: ['prepareContinuedInstance', APPEND] },
  { guard: 'repeatsInstance', actions: ['prepareRepeatedInstance', APPEND] },
  { actions: answer('PRODUCER_FENCED') },
] as const;

/** An abort of the coordinator's own, for a newer instance or a timeout, at the server's transaction version. */
export const FENCE = [
  {
    guard: 'endRotatesProducerId',
    actions: [{ type: 'prepareEnd', params: ABORT }, 'takeProducerId', APPEND],
  },
  { actions: [{ type: 'prepareEnd', params: ABORT }, APPEND] },
] as const;
export const LEGACY_FENCE = {
  guard: 'fenceBumpsInMemory',
  actions: ['fenceProducerEpoch', { type: 'prepareLegacyEnd', params: ABORT }, APPEND],
} as const;

/** TransactionCoordinator.handleVerifyPartitionsInTransaction: neither a pending transition nor the state matters, but Prepare*. */
export const VERIFY = [
  { guard: 'verificationOfOtherProducerId', actions: answer('INVALID_PRODUCER_ID_MAPPING') },
  { guard: 'verificationOfOtherEpoch', actions: answer('PRODUCER_FENCED') },
] as const;

/** handleAddPartitionsToTransaction asks for a pending transition before it looks at the identity (KIP-890). */
export const REFUSE_ADD = [
  { guard: 'transitionIsPending', actions: answer('CONCURRENT_TRANSACTIONS') },
  { guard: 'hasOtherProducerId', actions: answer('INVALID_PRODUCER_ID_MAPPING') },
  { guard: 'hasOtherEpoch', actions: answer('PRODUCER_FENCED') },
] as const;
export const ADD_OFFSETS = [
  ...REFUSE_ADD,
  { actions: ['prepareAddedPartitions', APPEND] },
] as const;
export const VERIFIED_ADD = [
  ...VERIFY,
  { guard: 'isVerification', actions: send(replies.replyVerification) },
] as const;
export const ADD_PARTITIONS = [...VERIFIED_ADD, ...ADD_OFFSETS] as const;
/** What an open transaction has already needs no entry. */
export const ADD_TO_OPEN = [
  ...REFUSE_ADD,
  { guard: 'partitionsAreKnown', actions: answer('NONE') },
  { actions: ['prepareAddedPartitions', APPEND] },
] as const;

/** Requests while a decision is being carried out: retriable, but for who has no claim to the id. */
export const DECIDED_INITIALISE = [
  { guard: 'transitionIsPending', actions: answer('CONCURRENT_TRANSACTIONS') },
  { guard: 'producerIdIsFenced', actions: answer('PRODUCER_FENCED') },
  { actions: answer('CONCURRENT_TRANSACTIONS') },
] as const;
export const DECIDED_ADD_OFFSETS = [
  ...REFUSE_ADD,
  { actions: answer('CONCURRENT_TRANSACTIONS') },
] as const;
export const DECIDED_ADD_PARTITIONS = [
  ...VERIFY,
  { guard: 'isVerification', actions: answer('CONCURRENT_TRANSACTIONS') },
  ...DECIDED_ADD_OFFSETS,
] as const;

/** endTransactionWithTV1: identity first, then a pending transition. */
export const REFUSE_LEGACY_END = [
  { guard: 'legacyEndOfOtherProducerId', actions: answer('INVALID_PRODUCER_ID_MAPPING') },
  { guard: 'legacyEndOfOtherEpoch', actions: answer('PRODUCER_FENCED') },
  { guard: 'legacyEndDuringTransition', actions: answer('CONCURRENT_TRANSACTIONS') },
] as const;

/** endTransaction under TV2: a pending transition first, then identity (KIP-890). */
export const REFUSE_END = [
  { guard: 'transitionIsPending', actions: answer('CONCURRENT_TRANSACTIONS') },
  { guard: 'endOfOtherProducerId', actions: answer('INVALID_PRODUCER_ID_MAPPING') },
] as const;

/** KIP-890: an abort bumps the epoch even when no partition was added. */
export const EMPTY_ABORT = [
  { guard: 'endLacksProducerId', actions: answer('COORDINATOR_LOAD_IN_PROGRESS') },
  ...FENCE,
] as const;

/** TransactionMarkerChannelManager: markers first, the Complete* entry when no partition is left. */
export function writeMarkers(result: TransactionResult) {
  return [
    { guard: 'markersAreComplete', actions: ['awaitAppend', APPEND] },
    {
      guard: 'markersAreUnsent',
      actions: ['awaitMarkers', send(labelled(`markers ${result}`, replies.markers(result)))],
    },
  ] as const;
}

/** TransactionMarkerRequestCompletionHandler.onComplete. */
export function markerAnswered(result: TransactionResult) {
  return [
    { guard: 'answersEarlierCoordinator', ...IGNORE },
    { guard: 'markerIsWritten', actions: 'removePartitions' },
    {
      guard: 'markerIsRetriable',
      actions: send(labelled(`marker ${result} again`, replies.markersAgain(result))),
    },
    { guard: 'markerIsRefused', actions: 'abandonCompletion' },
    UNEXPECTED,
  ] as const;
}

/** The Complete* entry is replicated. */
export function completed<State extends 'CompleteCommit' | 'CompleteAbort'>(state: State) {
  return [
    {
      guard: { type: 'pendingIs', params: { state } },
      target: state,
      actions: 'completeTransition',
    },
    UNEXPECTED,
  ] as const;
}

/** The answer to a marker once nothing waits for it. */
export const LATE_MARKER = [{ guard: 'answersEarlierCoordinator', ...IGNORE }, UNEXPECTED] as const;

/** What follows an append that failed while a request, or nobody, waits for it. */
export const APPEND_FAILED = [
  { guard: 'someoneWaits', actions: [send(replies.replyAppendFailed), 'failTransition'] },
  { guard: 'appendIsAwaited', actions: 'failTransition' },
  UNEXPECTED,
] as const;

/** The completion of a decided transaction is retried for as long as this broker leads the log. */
export const COMPLETION_FAILED = [
  { guard: 'completionIsRetried', actions: APPEND },
  { guard: 'completionIsGivenUp', actions: 'failTransition' },
  UNEXPECTED,
] as const;

/** TransactionStateManager.removeExpiredTransactionalIds. */
export const EXPIRE = [
  { guard: 'transitionIsPending', ...IGNORE },
  { actions: ['prepareDead', APPEND] },
] as const;

/** A transition of an id without an open transaction is replicated. */
export const APPENDED = [
  {
    guard: { type: 'pendingIs', params: { state: 'Empty' } },
    target: 'Empty',
    actions: [send(replies.replyInitialised), 'completeTransition'],
  },
  {
    guard: { type: 'pendingIs', params: { state: 'Ongoing' } },
    target: 'Ongoing',
    actions: [send(replies.replyAdded), 'completeTransition'],
  },
  {
    guard: { type: 'pendingIs', params: ABORT },
    target: 'PrepareAbort',
    actions: [
      'completeTransition',
      { type: 'prepareComplete', params: { state: 'CompleteAbort' } },
      send(replies.replyEnded),
    ],
  },
  {
    guard: { type: 'pendingIs', params: { state: 'Dead' } },
    target: 'Absent',
    actions: 'forgetMetadata',
  },
  UNEXPECTED,
] as const;

/** A broker that does not hold the id answers every request with the same error, and forgets what was under way. */
export function refuseEverything(errorCode: ErrorCode) {
  return {
    InitProducerIdRequest: { actions: answer(errorCode) },
    AddPartitionsToTxnRequest: { actions: answer(errorCode) },
    AddOffsetsToTxnRequest: { actions: answer(errorCode) },
    EndTxnRequest: { actions: answer(errorCode) },
    TransactionLogAppended: IGNORE,
    TransactionLogAppendFailed: IGNORE,
    WriteTxnMarkersResponse: IGNORE,
    TransactionTimedOut: IGNORE,
    TransactionalIdExpired: IGNORE,
  } as const;
}
