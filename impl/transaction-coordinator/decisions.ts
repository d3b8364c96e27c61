/**
 * The coordinator's rules, each a small pure function: which error, which epoch, retry or stale, what is logged.
 * The handlers ask these and never decide themselves, so that a mutant is one other answer.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type {
  CoordinatorEpoch,
  ProducerEpoch,
  ProducerIdentity,
  TopicPartition,
} from '../../protocol/ids.ts';
import { NO_PRODUCER_EPOCH } from '../../protocol/ids.ts';
import { MAX_PRODUCER_EPOCH } from '../../protocol/limits.ts';
import type { TxnMarker } from '../../protocol/messages/write-txn-markers.ts';
import type { TransactionResult, TransactionState } from '../../protocol/states.ts';
import type { TransactionLogValue } from '../../protocol/transaction-log.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { ADD_PARTITIONS_BROKER, END_TXN_TV2 } from '../../protocol/transaction-version.ts';
import type { EpochPair, TransactionMetadata, TransitMetadata } from './transaction-metadata.ts';
import { TWO_PHASE_COMMIT_TIMEOUT_MS } from './transaction-metadata.ts';

/** Who ends a transaction: its client, a newer instance's InitProducerId, or the timeout. */
export type EndCause = 'client' | 'fence' | 'timeout';
/** How an EndTxn's identity relates to the metadata; `retry` repeats an end that already bumped the epoch (TV2). */
export type RequestAge = 'current' | 'retry' | 'stale' | 'other-producer';
/** What EndTxn does: log Prepare*, answer an error, or answer NONE because it is done already. */
export type EndOutcome = 'prepare' | ErrorCode;

export interface Marking {
  readonly coordinatorEpoch: CoordinatorEpoch;
  readonly producerId: number;
  /** Of the Prepare* record. */
  readonly producerEpoch: ProducerEpoch;
  readonly result: TransactionResult;
  readonly transactionVersion: TransactionVersion;
  /** Every partition of the transaction when marking began. */
  readonly partitions: readonly TopicPartition[];
}

export interface CoordinatorDecisions {
  /** The gate of every request: what a partition of `__transaction_state` in this condition answers. */
  readonly partitionGate: (isOwned: boolean, isLoading: boolean) => ErrorCode;
  /** TransactionVersion.transactionVersionForAddPartitionsToTxn: of the sender, by the request's version. */
  readonly addPartitionsTransactionVersion: (apiVersion: number) => TransactionVersion;
  /** TransactionVersion.transactionVersionForEndTxn. */
  readonly endTxnTransactionVersion: (apiVersion: number) => TransactionVersion;

  /** Whether the identity a client says it has may continue (KIP-360). -1, -1 is no expectation. */
  readonly isExpectedIdentity: (
    metadata: TransactionMetadata,
    expected: ProducerIdentity,
  ) => boolean;
  readonly initProducerIdStep: (state: TransactionState) => 'initialise' | 'fence' | 'wait';
  readonly rotatesProducerId: (
    metadata: TransactionMetadata,
    expected: ProducerIdentity,
  ) => boolean;
  /** Epochs of the next incarnation; null: the client is fenced. */
  readonly nextEpochs: (
    metadata: TransactionMetadata,
    expected: ProducerIdentity,
  ) => EpochPair | null;
  /** Epoch under which the coordinator aborts an open transaction, so that its producer is shut out. */
  readonly fencedEpoch: (
    metadata: TransactionMetadata,
    transactionVersion: TransactionVersion,
    cause: EndCause,
  ) => ProducerEpoch;

  readonly addPartitionsEpochIsValid: (
    metadata: TransactionMetadata,
    producerEpoch: ProducerEpoch,
  ) => boolean;
  /** Null: the transaction must be (re)written with the partitions. */
  readonly addPartitionsAnswer: (
    metadata: TransactionMetadata,
    partitions: readonly TopicPartition[],
  ) => ErrorCode | null;
  /** Verification as a whole (KIP-890); NONE leaves the answer to each partition. */
  readonly verifyTransaction: (
    metadata: TransactionMetadata,
    identity: ProducerIdentity,
  ) => ErrorCode;
  readonly verifyPartition: (metadata: TransactionMetadata, partition: TopicPartition) => ErrorCode;

  readonly requestAge: (
    metadata: TransactionMetadata,
    identity: ProducerIdentity,
    transactionVersion: TransactionVersion,
    cause: EndCause,
  ) => RequestAge;
  readonly endOutcome: (
    state: TransactionState,
    result: TransactionResult,
    transactionVersion: TransactionVersion,
    age: RequestAge,
  ) => EndOutcome;
  /** Epochs of the Prepare* record when a client ends its transaction (KIP-890: one bump an end). */
  readonly epochsAtEnd: (
    metadata: TransactionMetadata,
    result: TransactionResult,
    transactionVersion: TransactionVersion,
  ) => EpochPair;

  readonly logValue: (
    metadata: TransactionMetadata,
    transit: TransitMetadata,
  ) => TransactionLogValue;
  /** Translation of an append's error for the client (TransactionStateManager.appendTransactionToLog). */
  readonly appendError: (errorCode: ErrorCode) => ErrorCode;
  /** Whether the next request may start over; `isRetried`: the failed append itself is repeated. */
  readonly isFreedByFailedAppend: (isRetried: boolean) => boolean;

  readonly isTimedOut: (metadata: TransactionMetadata, nowMs: number) => boolean;
  readonly isExpired: (
    metadata: TransactionMetadata,
    nowMs: number,
    expirationMs: number,
  ) => boolean;

  /** State a loaded record stands for. */
  readonly loadedState: (logged: TransactionState) => TransactionState;
  readonly resumesOnLoad: (state: TransactionState) => boolean;
  /** Coordinator epoch under which a load resumes the markers of a prepared transaction. */
  readonly resumedCoordinatorEpoch: (electedAt: CoordinatorEpoch) => CoordinatorEpoch;

  readonly markerDestination: (
    hasLeader: boolean,
    isAlive: boolean,
  ) => 'send' | 'later' | 'deleted';
  readonly marker: (marking: Marking, partitions: readonly TopicPartition[]) => TxnMarker;
  /** What a leader's answer means for a marker. A closed connection counts as NETWORK_EXCEPTION. */
  readonly markerAnswer: (errorCode: ErrorCode) => 'written' | 'retry' | 'stop' | 'impossible';
  readonly outstandingAfter: (
    outstanding: readonly TopicPartition[],
    written: TopicPartition,
  ) => readonly TopicPartition[];
  readonly isFullyMarked: (
    outstanding: readonly TopicPartition[],
    all: readonly TopicPartition[],
  ) => boolean;
}

/** TransactionMetadata.isEpochExhausted: 32767 is reserved for fencing. */
export function isEpochExhausted(producerEpoch: ProducerEpoch): boolean {
  return producerEpoch >= MAX_PRODUCER_EPOCH - 1;
}

export function hasExpectation(expected: ProducerIdentity): boolean {
  return expected.producerEpoch !== NO_PRODUCER_EPOCH;
}

function endOutcomeV1(state: TransactionState, result: TransactionResult): EndOutcome {
  switch (state) {
    case 'Ongoing':
      return 'prepare';
    case 'PrepareCommit':
      return result === 'COMMIT' ? 'CONCURRENT_TRANSACTIONS' : 'INVALID_TXN_STATE';
    case 'PrepareAbort':
      return result === 'ABORT' ? 'CONCURRENT_TRANSACTIONS' : 'INVALID_TXN_STATE';
    case 'CompleteCommit':
      return result === 'COMMIT' ? 'NONE' : 'INVALID_TXN_STATE';
    case 'CompleteAbort':
      return result === 'ABORT' ? 'NONE' : 'INVALID_TXN_STATE';
    default:
      return 'INVALID_TXN_STATE';
  }
}

/** An abort of the present epoch is lawful even where nothing was added: the client may only have tried to send. */
function endOutcomeV2(
  state: TransactionState,
  result: TransactionResult,
  isRetry: boolean,
): EndOutcome {
  switch (state) {
    case 'Ongoing':
      return isRetry ? 'PRODUCER_FENCED' : 'prepare';
    case 'PrepareCommit':
    case 'PrepareAbort':
      return isRetry ? endOutcomeV1(state, result) : 'PRODUCER_FENCED';
    case 'CompleteCommit':
    case 'CompleteAbort':
      if (isRetry) return endOutcomeV1(state, result);
      return result === 'ABORT' ? 'prepare' : 'INVALID_TXN_STATE';
    case 'Empty':
      if (isRetry) return 'PRODUCER_FENCED';
      return result === 'ABORT' ? 'prepare' : 'INVALID_TXN_STATE';
    default:
      return 'INVALID_TXN_STATE';
  }
}

/** TransactionCoordinator.endTransaction: the end before this one had the epoch below, or overflowed to a new id. */
function requestAgeV2(metadata: TransactionMetadata, identity: ProducerIdentity): RequestAge {
  const isOverflowRetry =
    metadata.previousProducerId === identity.producerId &&
    identity.producerEpoch === MAX_PRODUCER_EPOCH - 1 &&
    metadata.producerEpoch === 0;
  if (identity.producerId !== metadata.producerId && !isOverflowRetry) return 'other-producer';
  const isRetry = isOverflowRetry || identity.producerEpoch + 1 === metadata.producerEpoch;
  const isCurrent = identity.producerEpoch === metadata.producerEpoch;
  switch (metadata.state) {
    case 'PrepareCommit':
    case 'PrepareAbort':
      return identity.producerEpoch + 1 === metadata.producerEpoch ? 'retry' : 'stale';
    case 'CompleteCommit':
    case 'CompleteAbort':
      if (isRetry) return 'retry';
      return isCurrent ? 'current' : 'stale';
    default:
      return isCurrent ? 'current' : 'stale';
  }
}

/** Kafka's rules. */
export const DECISIONS: CoordinatorDecisions = {
  // TransactionStateManager.getAndMaybeAddTransactionState.
  partitionGate: (isOwned, isLoading) => {
    if (isLoading) return 'COORDINATOR_LOAD_IN_PROGRESS';
    return isOwned ? 'NONE' : 'NOT_COORDINATOR';
  },
  addPartitionsTransactionVersion: (apiVersion) => (apiVersion >= ADD_PARTITIONS_BROKER ? 2 : 0),
  endTxnTransactionVersion: (apiVersion) => (apiVersion >= END_TXN_TV2 ? 2 : 0),

  // TransactionCoordinator.prepareInitProducerIdTransit: the previous id counts only right after a rotation.
  isExpectedIdentity: (metadata, expected) =>
    !hasExpectation(expected) ||
    metadata.producerEpoch === NO_PRODUCER_EPOCH ||
    expected.producerId === metadata.producerId ||
    (expected.producerId === metadata.previousProducerId &&
      isEpochExhausted(expected.producerEpoch)),
  initProducerIdStep: (state) => {
    if (state === 'Ongoing') return 'fence';
    return state === 'PrepareCommit' || state === 'PrepareAbort' ? 'wait' : 'initialise';
  },
  rotatesProducerId: (metadata, expected) =>
    isEpochExhausted(metadata.producerEpoch) &&
    (!hasExpectation(expected) || expected.producerEpoch === metadata.producerEpoch),
  // TransactionMetadata.prepareIncrementProducerEpoch. Matching the last epoch is a retry whose answer was lost.
  nextEpochs: (metadata, expected) => {
    const { producerEpoch, lastProducerEpoch } = metadata;
    if (!hasExpectation(expected)) {
      return { producerEpoch: producerEpoch + 1, lastProducerEpoch: NO_PRODUCER_EPOCH };
    }
    if (producerEpoch === NO_PRODUCER_EPOCH || expected.producerEpoch === producerEpoch) {
      return { producerEpoch: producerEpoch + 1, lastProducerEpoch: producerEpoch };
    }
    return expected.producerEpoch === lastProducerEpoch
      ? { producerEpoch, lastProducerEpoch }
      : null;
  },
  // TransactionMetadata.prepareFenceProducerEpoch; TV2 bumps from the same base again after a failed append.
  fencedEpoch: (metadata, transactionVersion) => {
    const isBumped = transactionVersion < 2 && metadata.hasFailedEpochFence;
    return isBumped || metadata.producerEpoch === MAX_PRODUCER_EPOCH
      ? metadata.producerEpoch
      : metadata.producerEpoch + 1;
  },

  addPartitionsEpochIsValid: (metadata, producerEpoch) => producerEpoch === metadata.producerEpoch,
  addPartitionsAnswer: (metadata, partitions) => {
    if (metadata.state === 'PrepareCommit' || metadata.state === 'PrepareAbort') {
      return 'CONCURRENT_TRANSACTIONS';
    }
    if (metadata.state !== 'Ongoing') return null;
    return partitions.every((partition) => metadata.topicPartitions.includes(partition))
      ? 'NONE'
      : null;
  },
  // TransactionCoordinator.handleVerifyPartitionsInTransaction: a pending transition is deliberately ignored.
  verifyTransaction: (metadata, identity) => {
    if (identity.producerId !== metadata.producerId) return 'INVALID_PRODUCER_ID_MAPPING';
    if (identity.producerEpoch !== metadata.producerEpoch) return 'PRODUCER_FENCED';
    return metadata.state === 'PrepareCommit' || metadata.state === 'PrepareAbort'
      ? 'CONCURRENT_TRANSACTIONS'
      : 'NONE';
  },
  verifyPartition: (metadata, partition) =>
    metadata.topicPartitions.includes(partition) ? 'NONE' : 'TRANSACTION_ABORTABLE',

  requestAge: (metadata, identity, transactionVersion, cause) => {
    // The coordinator's own ends take their identity from the metadata in the same step.
    if (cause !== 'client') return 'current';
    if (transactionVersion >= 2) return requestAgeV2(metadata, identity);
    if (identity.producerId !== metadata.producerId) return 'other-producer';
    return identity.producerEpoch === metadata.producerEpoch ? 'current' : 'stale';
  },
  endOutcome: (state, result, transactionVersion, age) =>
    transactionVersion < 2
      ? endOutcomeV1(state, result)
      : endOutcomeV2(state, result, age === 'retry'),
  // TransactionMetadata.prepareAbortOrCommit: at 32767, which no client holds, an abort goes through without a bump.
  epochsAtEnd: ({ producerEpoch, lastProducerEpoch }, result, transactionVersion) => {
    if (transactionVersion < 2) return { producerEpoch, lastProducerEpoch };
    const isBroken = producerEpoch === MAX_PRODUCER_EPOCH && result === 'ABORT';
    return {
      producerEpoch: isBroken ? producerEpoch : producerEpoch + 1,
      lastProducerEpoch: producerEpoch,
    };
  },

  // TransactionLog.valueToBytes.
  logValue: (_metadata, transit) => ({
    producerId: transit.producerId,
    producerEpoch: transit.producerEpoch,
    transactionTimeoutMs: transit.transactionTimeoutMs,
    transactionStatus: transit.state,
    transactionPartitions: transit.state === 'Empty' ? null : transit.topicPartitions,
    transactionLastUpdateTimestampMs: transit.lastUpdateTimestampMs,
    transactionStartTimestampMs: transit.startTimestampMs,
    previousProducerId: transit.previousProducerId,
    nextProducerId: transit.nextProducerId,
    clientTransactionVersion: transit.clientTransactionVersion,
  }),
  appendError: (errorCode) => {
    switch (errorCode) {
      case 'UNKNOWN_TOPIC_OR_PARTITION':
      case 'NOT_ENOUGH_REPLICAS':
      case 'NOT_ENOUGH_REPLICAS_AFTER_APPEND':
      case 'REQUEST_TIMED_OUT':
        return 'COORDINATOR_NOT_AVAILABLE';
      case 'NOT_LEADER_OR_FOLLOWER':
      case 'KAFKA_STORAGE_ERROR':
        return 'NOT_COORDINATOR';
      case 'MESSAGE_TOO_LARGE':
      case 'RECORD_LIST_TOO_LARGE':
        return 'UNKNOWN_SERVER_ERROR';
      default:
        return errorCode;
    }
  },

  // TransactionStateManager.appendTransactionToLog: only the completion of markers is repeated.
  isFreedByFailedAppend: (isRetried) => !isRetried,

  // TransactionStateManager.timedOutTransactions: measured from the transaction's start.
  isTimedOut: (metadata, nowMs) =>
    metadata.state === 'Ongoing' &&
    metadata.pendingState === null &&
    metadata.transactionTimeoutMs !== TWO_PHASE_COMMIT_TIMEOUT_MS &&
    metadata.startTimestampMs + metadata.transactionTimeoutMs < nowMs,
  isExpired: (metadata, nowMs, expirationMs) =>
    metadata.pendingState === null &&
    (metadata.state === 'Empty' ||
      metadata.state === 'CompleteCommit' ||
      metadata.state === 'CompleteAbort') &&
    metadata.lastUpdateTimestampMs <= nowMs - expirationMs,

  loadedState: (logged) => logged,
  resumesOnLoad: (state) => state === 'PrepareCommit' || state === 'PrepareAbort',
  resumedCoordinatorEpoch: (electedAt) => electedAt,

  // TransactionMarkerChannelManager.addTxnMarkersToBrokerQueue: no leader at all means a deleted topic.
  markerDestination: (hasLeader, isAlive) => {
    if (!hasLeader) return 'deleted';
    return isAlive ? 'send' : 'later';
  },
  marker: (marking, partitions) => ({
    producerId: marking.producerId,
    producerEpoch: marking.producerEpoch,
    result: marking.result,
    coordinatorEpoch: marking.coordinatorEpoch,
    transactionVersion: marking.transactionVersion,
    partitions,
  }),
  // TransactionMarkerRequestCompletionHandler.onComplete.
  markerAnswer: (errorCode) => {
    switch (errorCode) {
      case 'NONE':
      case 'UNSUPPORTED_FOR_MESSAGE_FORMAT':
      case 'UNSUPPORTED_VERSION':
        return 'written';
      case 'UNKNOWN_TOPIC_OR_PARTITION':
      case 'NOT_LEADER_OR_FOLLOWER':
      case 'NOT_ENOUGH_REPLICAS':
      case 'NOT_ENOUGH_REPLICAS_AFTER_APPEND':
      case 'REQUEST_TIMED_OUT':
      case 'KAFKA_STORAGE_ERROR':
      case 'NETWORK_EXCEPTION':
        return 'retry';
      case 'INVALID_PRODUCER_EPOCH':
      case 'TRANSACTION_COORDINATOR_FENCED':
        return 'stop';
      default:
        return 'impossible';
    }
  },
  outstandingAfter: (outstanding, written) =>
    outstanding.filter((partition) => partition !== written),
  isFullyMarked: (outstanding) => outstanding.length === 0,
};
