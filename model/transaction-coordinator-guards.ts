/**
 * The coordinator's questions, one predicate each, in the order in which Kafka's handlers ask them. Each is a named
 * guard of the chart and cites the rule that it renders.
 */

import type { ErrorCode } from '../protocol/error-codes.ts';
import type { ProducerIdentity } from '../protocol/ids.ts';
import { NO_IDENTITY, NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from '../protocol/ids.ts';
import type { TransactionState } from '../protocol/states.ts';
import { END_TXN_TV2 } from '../protocol/transaction-version.ts';
import { NO_PARTITIONS } from './messages.ts';
import type {
  CoordinatorContext,
  CoordinatorStep,
  Waiter,
} from './transaction-coordinator-state.ts';
import { translatedAppendError } from './transaction-coordinator-transitions.ts';

/** Who sent the request; none for an event that is not a request. */
function sender({ event }: CoordinatorStep): ProducerIdentity {
  return 'producerEpoch' in event ? event : NO_IDENTITY;
}

/** TransactionMetadata.isEpochExhausted: the last epoch is kept for fencing. */
function isExhausted(epoch: number, context: CoordinatorContext): boolean {
  return epoch >= context.maxEpoch - 1;
}

/** EndTxn, TV2: the client asks again for a bump that it did not hear of (TransactionCoordinator.endTransaction, retryOnEpochBump). */
function retriesBump({ context, event }: CoordinatorStep): boolean {
  return event.type === 'EndTxnRequest' && context.producerEpoch === event.producerEpoch + 1;
}

/** The same, when the bump rotated the producer id (retryOnOverflow). */
function retriesOverflow({ context, event }: CoordinatorStep): boolean {
  return (
    event.type === 'EndTxnRequest' &&
    context.previousProducerId === event.producerId &&
    event.producerEpoch === context.maxEpoch - 1 &&
    context.producerEpoch === 0
  );
}

/** TransactionVersion.transactionVersionForEndTxn: below version 5 the client does not know TV2. */
function isLegacyEnd({ event }: CoordinatorStep): boolean {
  return event.type === 'EndTxnRequest' && event.apiVersion < END_TXN_TV2;
}

function hasOtherProducerId(step: CoordinatorStep): boolean {
  return sender(step).producerId !== step.context.producerId;
}

function hasOtherEpoch(step: CoordinatorStep): boolean {
  return sender(step).producerEpoch !== step.context.producerEpoch;
}

function isVerification({ event }: CoordinatorStep): boolean {
  return event.type === 'AddPartitionsToTxnRequest' && event.verifyOnly === 1;
}

/** KIP-360: whether the request names the identity that its sender has. */
function namesIdentity(step: CoordinatorStep): boolean {
  return sender(step).producerEpoch !== NO_PRODUCER_EPOCH;
}

function hasPending({ context }: CoordinatorStep): boolean {
  return context.pendingState !== 'None';
}

/** TransactionMetadata.prepareIncrementProducerEpoch cannot bump an exhausted epoch; rotation is for whom it belongs to. */
function mayRotate(step: CoordinatorStep): boolean {
  return (
    isExhausted(step.context.producerEpoch, step.context) &&
    (!namesIdentity(step) || !hasOtherEpoch(step))
  );
}

/** RPCProducerIdManager.generateProducerId answers COORDINATOR_LOAD_IN_PROGRESS when its block is used up. */
function noProducerIdIsReady({ event }: CoordinatorStep): boolean {
  return 'allocatedProducerId' in event && event.allocatedProducerId === NO_PRODUCER_ID;
}

const MARKER_WRITTEN: readonly ErrorCode[] = [
  'NONE',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'UNSUPPORTED_VERSION',
];
const MARKER_RETRIABLE: readonly ErrorCode[] = [
  'UNKNOWN_TOPIC_OR_PARTITION',
  'NOT_LEADER_OR_FOLLOWER',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'REQUEST_TIMED_OUT',
  'KAFKA_STORAGE_ERROR',
  'NETWORK_EXCEPTION',
];
const MARKER_REFUSED: readonly ErrorCode[] = [
  'INVALID_PRODUCER_EPOCH',
  'TRANSACTION_COORDINATOR_FENCED',
];

function markerErrorIsIn({ event }: CoordinatorStep, codes: readonly ErrorCode[]): boolean {
  return event.type === 'WriteTxnMarkersResponse' && codes.includes(event.errorCode);
}

export const COORDINATOR_GUARDS = {
  /** TransactionMetadata.pendingTransitionInProgress. */
  transitionIsPending: hasPending,
  noProducerIdIsReady,

  /**
   * TransactionCoordinator.prepareInitProducerIdTransit, isValidProducerId: a named identity must be of this producer
   * id, or of the one before it with an exhausted epoch (a retry of a rotation), unless the id was never initialised.
   */
  producerIdIsFenced: (step: CoordinatorStep): boolean => {
    const { context } = step;
    const { producerId, producerEpoch } = sender(step);
    return (
      namesIdentity(step) &&
      context.producerEpoch !== NO_PRODUCER_EPOCH &&
      producerId !== context.producerId &&
      !(producerId === context.previousProducerId && isExhausted(producerEpoch, context))
    );
  },
  rotationLacksProducerId: (step: CoordinatorStep): boolean =>
    mayRotate(step) && noProducerIdIsReady(step),
  producerIdRotates: mayRotate,
  /** prepareIncrementProducerEpoch throws IllegalStateException before it looks at the expectation. */
  epochCannotBump: ({ context }: CoordinatorStep): boolean =>
    isExhausted(context.producerEpoch, context),
  isNewInstance: (step: CoordinatorStep): boolean => !namesIdentity(step),
  /** KIP-360: the owner of the current epoch, or of an id that was never initialised, continues. */
  continuesInstance: (step: CoordinatorStep): boolean =>
    step.context.producerEpoch === NO_PRODUCER_EPOCH || !hasOtherEpoch(step),
  /** KIP-360: the response to the last bump was lost. */
  repeatsInstance: (step: CoordinatorStep): boolean =>
    sender(step).producerEpoch === step.context.lastProducerEpoch,

  /** An abort of the coordinator's own uses the server's level (TransactionStateManager.transactionVersionLevel). */
  fenceBumpsInMemory: ({ context }: CoordinatorStep): boolean =>
    context.serverTransactionVersion < 2,
  /** TV2 ends every transaction with a bump, so an exhausted epoch needs a new producer id (KIP-890). */
  endLacksProducerId: (step: CoordinatorStep): boolean =>
    isExhausted(step.context.producerEpoch, step.context) && noProducerIdIsReady(step),
  endRotatesProducerId: ({ context }: CoordinatorStep): boolean =>
    isExhausted(context.producerEpoch, context),
  commitRotatesProducerId: (step: CoordinatorStep): boolean =>
    isCommit(step) && isExhausted(step.context.producerEpoch, step.context),

  verificationOfOtherProducerId: (step: CoordinatorStep): boolean =>
    isVerification(step) && hasOtherProducerId(step),
  verificationOfOtherEpoch: (step: CoordinatorStep): boolean =>
    isVerification(step) && hasOtherEpoch(step),
  isVerification,
  hasOtherProducerId,
  hasOtherEpoch,
  partitionsAreKnown: ({ context, event }: CoordinatorStep): boolean =>
    'partitions' in event && (event.partitions & ~context.partitions) === NO_PARTITIONS,

  legacyEndOfOtherProducerId: (step: CoordinatorStep): boolean =>
    isLegacyEnd(step) && hasOtherProducerId(step),
  legacyEndOfOtherEpoch: (step: CoordinatorStep): boolean =>
    isLegacyEnd(step) && hasOtherEpoch(step),
  legacyEndDuringTransition: (step: CoordinatorStep): boolean =>
    isLegacyEnd(step) && hasPending(step),
  legacyCommit: (step: CoordinatorStep): boolean =>
    isLegacyEnd(step) && step.event.type === 'EndTxnRequest' && step.event.result === 'COMMIT',
  isLegacyEnd,

  /** Only a retry over a rotation may name the old producer id. */
  endOfOtherProducerId: (step: CoordinatorStep): boolean =>
    hasOtherProducerId(step) && !retriesOverflow(step),
  /** In Prepare* the epoch is bumped already, so that only a retry is left to ask. */
  endIsNoRetryOfBump: (step: CoordinatorStep): boolean => !retriesBump(step),
  endIsNeitherRetryNorCurrent: (step: CoordinatorStep): boolean =>
    !retriesBump(step) && !retriesOverflow(step) && hasOtherEpoch(step),
  isRetriedCommit: (step: CoordinatorStep): boolean =>
    isCommit(step) && (retriesBump(step) || retriesOverflow(step)),
  isRetriedAbort: (step: CoordinatorStep): boolean =>
    !isCommit(step) && (retriesBump(step) || retriesOverflow(step)),
  isCommit,
  /** Never handed to a client (KIP-98), so that no client can commit with it. */
  commitOverflowsEpoch: (step: CoordinatorStep): boolean =>
    isCommit(step) && step.context.producerEpoch >= step.context.maxEpoch,

  pendingIs: (
    { context }: CoordinatorStep,
    params: { readonly state: TransactionState },
  ): boolean => context.awaiting === 'Append' && context.pendingState === params.state,
  pendingFor: (
    { context }: CoordinatorStep,
    params: { readonly state: TransactionState; readonly waiter: Waiter },
  ): boolean =>
    context.awaiting === 'Append' &&
    context.pendingState === params.state &&
    context.waiter === params.waiter,
  someoneWaits: ({ context }: CoordinatorStep): boolean => context.waiter !== 'Nobody',
  appendIsAwaited: ({ context }: CoordinatorStep): boolean => context.awaiting === 'Append',
  /** TransactionMarkerChannelManager.tryAppendToLog retries on this error alone. */
  completionIsRetried: ({ context, event }: CoordinatorStep): boolean =>
    context.awaiting === 'Append' &&
    event.type === 'TransactionLogAppendFailed' &&
    translatedAppendError(event.errorCode) === 'COORDINATOR_NOT_AVAILABLE',
  /** The same: the next coordinator completes it. */
  completionIsGivenUp: ({ context, event }: CoordinatorStep): boolean =>
    context.awaiting === 'Append' &&
    event.type === 'TransactionLogAppendFailed' &&
    translatedAppendError(event.errorCode) === 'NOT_COORDINATOR',

  /** TransactionMarkerChannelManager.addTxnMarkersToSend, then maybeWriteTxnCompletion. */
  markersAreUnsent: ({ context }: CoordinatorStep): boolean =>
    context.awaiting === 'MarkersToBeSent' && context.partitions !== NO_PARTITIONS,
  markersAreComplete: ({ context }: CoordinatorStep): boolean =>
    (context.awaiting === 'MarkersToBeSent' || context.awaiting === 'Markers') &&
    context.partitions === NO_PARTITIONS,

  /** TransactionMarkerRequestCompletionHandler.onComplete, in its order. */
  answersEarlierCoordinator: ({ context, event }: CoordinatorStep): boolean =>
    event.type === 'WriteTxnMarkersResponse' && event.coordinatorEpoch !== context.coordinatorEpoch,
  markerIsWritten: (step: CoordinatorStep): boolean => markerErrorIsIn(step, MARKER_WRITTEN),
  markerIsRetriable: (step: CoordinatorStep): boolean => markerErrorIsIn(step, MARKER_RETRIABLE),
  markerIsRefused: (step: CoordinatorStep): boolean => markerErrorIsIn(step, MARKER_REFUSED),

  lastEntryIs: (
    { event }: CoordinatorStep,
    params: { readonly state: TransactionState },
  ): boolean => event.type === 'CoordinatorLoaded' && event.view.state === params.state,
};

function isCommit({ event }: CoordinatorStep): boolean {
  return event.type === 'EndTxnRequest' && event.result === 'COMMIT';
}
