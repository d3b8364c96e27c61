/**
 * How a coordinator's context changes: Kafka's two-step transitions (TransactionMetadata.prepareX, then
 * completeTransitionTo once the log entry is replicated), loading, and the translation of append errors. Each
 * function is the body of the named assignment of the same name.
 */

import type { ErrorCode } from '../protocol/error-codes.ts';
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from '../protocol/ids.ts';
import type { TransactionLogEntry } from './messages.ts';
import { NO_PARTITIONS, TRANSACTION_LOG_TOMBSTONE } from './messages.ts';
import type {
  CoordinatorContext,
  CoordinatorEvent,
  CoordinatorStep,
  Waiter,
} from './transaction-coordinator-state.ts';
import { NO_METADATA, NOTHING_PENDING } from './transaction-coordinator-state.ts';

type Change = Partial<CoordinatorContext>;

/** What a client is told of an append that failed: what the log said of it, on the right. */
const APPEND_ERRORS: Partial<Record<ErrorCode, readonly ErrorCode[]>> = {
  COORDINATOR_NOT_AVAILABLE: [
    'NOT_ENOUGH_REPLICAS',
    'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
    'REQUEST_TIMED_OUT',
    'UNKNOWN_TOPIC_OR_PARTITION',
  ],
  NOT_COORDINATOR: ['KAFKA_STORAGE_ERROR', 'NOT_LEADER_OR_FOLLOWER'],
  UNKNOWN_SERVER_ERROR: ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'],
};

/** TransactionStateManager.appendTransactionToLog, updateCacheCallback; every other error is passed on. */
export function translatedAppendError(errorCode: ErrorCode): ErrorCode {
  const told = Object.entries(APPEND_ERRORS).find(([, said]) => said.includes(errorCode));
  return told === undefined ? errorCode : (told[0] as ErrorCode);
}

/** TransactionMetadata.prepareTransitionTo: every field is copied that the transition does not name. */
function prepare(context: CoordinatorContext, waiter: Waiter, change: Change): Change {
  return {
    awaiting: 'Append',
    waiter,
    pendingProducerId: context.producerId,
    pendingNextProducerId: context.nextProducerId,
    pendingProducerEpoch: context.producerEpoch,
    pendingLastProducerEpoch: context.lastProducerEpoch,
    pendingPartitions: context.partitions,
    pendingClientTransactionVersion: context.clientTransactionVersion,
    ...change,
  };
}

function prepareEmpty(context: CoordinatorContext, change: Change): Change {
  return prepare(context, 'InitProducerId', {
    pendingState: 'Empty',
    pendingPartitions: NO_PARTITIONS,
    ...change,
  });
}

function allocated(event: CoordinatorEvent): number {
  return 'allocatedProducerId' in event ? event.allocatedProducerId : NO_PRODUCER_ID;
}

/** TransactionCoordinator.handleInitProducerId inserts metadata without an epoch before it appends anything. */
export function createMetadata({ event }: CoordinatorStep): Change {
  return { ...NO_METADATA, producerId: allocated(event) };
}

/** prepareIncrementProducerEpoch without an expectation: forgetting the last epoch fences the instance before (KIP-360). */
export function prepareNewInstance({ context }: CoordinatorStep): Change {
  return prepareEmpty(context, {
    pendingProducerEpoch: context.producerEpoch + 1,
    pendingLastProducerEpoch: NO_PRODUCER_EPOCH,
  });
}

/** prepareIncrementProducerEpoch, the expectation is met. */
export function prepareContinuedInstance({ context }: CoordinatorStep): Change {
  return prepareEmpty(context, {
    pendingProducerEpoch: context.producerEpoch + 1,
    pendingLastProducerEpoch: context.producerEpoch,
  });
}

/** prepareIncrementProducerEpoch, the expectation is the last epoch: no second bump. */
export function prepareRepeatedInstance({ context }: CoordinatorStep): Change {
  return prepareEmpty(context, {});
}

/** prepareProducerIdRotation; the old epoch is recorded only for whom it belonged to. */
export function prepareRotatedInstance({ context, event }: CoordinatorStep): Change {
  const continues =
    event.type === 'InitProducerIdRequest' && event.producerEpoch !== NO_PRODUCER_EPOCH;
  return prepareEmpty(context, {
    pendingProducerId: allocated(event),
    pendingProducerEpoch: 0,
    pendingLastProducerEpoch: continues ? context.producerEpoch : NO_PRODUCER_EPOCH,
  });
}

/** prepareAddPartitions; AddOffsetsToTxn is always TV0, AddPartitionsToTxn TV2 from version 4 on (KIP-890). */
export function prepareAddedPartitions({ context, event }: CoordinatorStep): Change {
  if (event.type === 'AddOffsetsToTxnRequest') {
    return prepare(context, 'AddOffsetsToTxn', {
      pendingState: 'Ongoing',
      pendingPartitions: context.partitions | event.partitions,
      pendingClientTransactionVersion: 0,
    });
  }
  const partitions = event.type === 'AddPartitionsToTxnRequest' ? event.partitions : NO_PARTITIONS;
  const fromBroker = event.type === 'AddPartitionsToTxnRequest' && event.apiVersion > 3;
  return prepare(context, 'AddPartitionsToTxn', {
    pendingState: 'Ongoing',
    pendingPartitions: context.partitions | partitions,
    pendingClientTransactionVersion: fromBroker ? 2 : 0,
  });
}

function endWaiter(event: CoordinatorEvent): Waiter {
  if (event.type === 'EndTxnRequest') return 'EndTxn';
  return event.type === 'InitProducerIdRequest' ? 'InitProducerId' : 'Nobody';
}

/**
 * prepareFenceProducerEpoch and endTransactionWithTV1: before TV2 the fenced epoch shows in memory ahead of the
 * append, once for all attempts that fail.
 */
export function fenceProducerEpoch({ context }: CoordinatorStep): Change {
  const bumps = context.hasFailedEpochFence === 0 && context.producerEpoch !== context.maxEpoch;
  return {
    producerEpoch: bumps ? context.producerEpoch + 1 : context.producerEpoch,
    lastProducerEpoch: NO_PRODUCER_EPOCH,
  };
}

/** prepareAbortOrCommit below TV2: the identity stays. */
export function prepareLegacyEnd(
  { context, event }: CoordinatorStep,
  params: { readonly state: 'PrepareCommit' | 'PrepareAbort' },
): Change {
  return prepare(context, endWaiter(event), {
    pendingState: params.state,
    pendingNextProducerId: NO_PRODUCER_ID,
    pendingClientTransactionVersion: 0,
  });
}

/** prepareAbortOrCommit under TV2: one bump; at the reserved epoch, a broken state, an abort goes through without. */
export function prepareEnd(
  { context, event }: CoordinatorStep,
  params: { readonly state: 'PrepareCommit' | 'PrepareAbort' },
): Change {
  const exhausted = context.producerEpoch >= context.maxEpoch - 1;
  return prepare(context, endWaiter(event), {
    pendingState: params.state,
    pendingNextProducerId: exhausted ? allocated(event) : NO_PRODUCER_ID,
    pendingProducerEpoch: Math.min(context.producerEpoch + 1, context.maxEpoch),
    pendingLastProducerEpoch: context.producerEpoch,
    pendingClientTransactionVersion: 2,
  });
}

/** prepareComplete: a rotation prepared under TV2 takes effect here (KIP-890). */
export function prepareComplete(
  { context }: CoordinatorStep,
  params: { readonly state: 'CompleteCommit' | 'CompleteAbort' },
): Change {
  const rotates =
    context.clientTransactionVersion >= 2 && context.nextProducerId !== NO_PRODUCER_ID;
  return {
    hasFailedEpochFence: 0,
    ...prepare(context, 'Nobody', {
      awaiting: 'MarkersToBeSent',
      pendingState: params.state,
      pendingProducerId: rotates ? context.nextProducerId : context.producerId,
      pendingProducerEpoch: rotates ? 0 : context.producerEpoch,
      pendingNextProducerId: NO_PRODUCER_ID,
      pendingPartitions: NO_PARTITIONS,
    }),
  };
}

/** prepareDead: the id expires. */
export function prepareDead({ context }: CoordinatorStep): Change {
  return prepare(context, 'Nobody', { pendingState: 'Dead', pendingPartitions: NO_PARTITIONS });
}

/** completeTransitionTo: only what is replicated becomes visible; the previous producer id is always the one before. */
export function completeTransition({ context }: CoordinatorStep): Change {
  return {
    producerId: context.pendingProducerId,
    previousProducerId: context.producerId,
    nextProducerId: context.pendingNextProducerId,
    producerEpoch: context.pendingProducerEpoch,
    lastProducerEpoch: context.pendingLastProducerEpoch,
    partitions: context.pendingPartitions,
    clientTransactionVersion: context.pendingClientTransactionVersion,
    ...NOTHING_PENDING,
  };
}

/**
 * appendTransactionToLog on an error, and endTransactionWithTV1 for a fence that failed: the bumped epoch stays in
 * memory and is not bumped again.
 */
export function failTransition({ context }: CoordinatorStep): Change {
  const isLegacyFence =
    context.pendingState === 'PrepareAbort' &&
    context.waiter !== 'EndTxn' &&
    context.pendingClientTransactionVersion < 2;
  return {
    ...NOTHING_PENDING,
    hasFailedEpochFence: isLegacyFence ? 1 : context.hasFailedEpochFence,
  };
}

/** TransactionMetadata.removePartition. */
export function removePartitions({ context, event }: CoordinatorStep): Change {
  const written = event.type === 'WriteTxnMarkersResponse' ? event.partitions : NO_PARTITIONS;
  return { partitions: context.partitions & ~written };
}

/**
 * TransactionStateManager.loadTransactionMetadata: the last record, without what is not persisted. Value version 0,
 * written below feature level 1, has neither previous nor next producer id nor client version.
 */
export function restoreMetadata({ context, event }: CoordinatorStep): Change {
  if (event.type !== 'CoordinatorLoaded') return {};
  const { view, coordinatorEpoch } = event;
  return {
    ...NO_METADATA,
    coordinatorEpoch,
    producerId: view.producerId,
    producerEpoch: view.producerEpoch,
    partitions: view.partitions,
    ...(context.serverTransactionVersion > 0 && {
      previousProducerId: view.previousProducerId,
      nextProducerId: view.nextProducerId,
      clientTransactionVersion: view.clientTransactionVersion,
    }),
  };
}

/** TransactionLog.valueToBytes of the pending transition; an expired id leaves a tombstone. */
export function durableEntry(context: CoordinatorContext): TransactionLogEntry {
  if (context.pendingState === 'None' || context.pendingState === 'Dead') {
    return TRANSACTION_LOG_TOMBSTONE;
  }
  const flexible = context.serverTransactionVersion > 0;
  return {
    state: context.pendingState,
    producerId: context.pendingProducerId,
    previousProducerId: flexible ? context.producerId : NO_PRODUCER_ID,
    nextProducerId: flexible ? context.pendingNextProducerId : NO_PRODUCER_ID,
    producerEpoch: context.pendingProducerEpoch,
    partitions: context.pendingPartitions,
    clientTransactionVersion: flexible ? context.pendingClientTransactionVersion : 0,
  };
}
