/**
 * The partition leader's questions, one predicate each, in the order in which Kafka asks them: ReplicaManager and
 * AddPartitionsToTxnManager before the append, UnifiedLog and ProducerAppendInfo at it. Each scans the view that
 * came with the event.
 */

import type { ErrorCode } from '../protocol/error-codes.ts';
import { NO_COORDINATOR_EPOCH, NO_PRODUCER_EPOCH } from '../protocol/ids.ts';
import type { TransactionSupportedOperation } from '../protocol/transaction-version.ts';
import { PRODUCE_TV2 } from '../protocol/transaction-version.ts';
import { isMarkerOfEarlierCoordinator, isOngoing, isStaleMarker } from './append-rules.ts';
import type { AddPartitionsToTxnResponse } from './messages.ts';
import type { LeaderEvent, LeaderStep, Parked } from './partition-leader-state.ts';
import type { PartitionView } from './partition-log.ts';

const UNKNOWN_PRODUCER: PartitionView = {
  producerEpoch: NO_PRODUCER_EPOCH,
  coordinatorEpoch: NO_COORDINATOR_EPOCH,
  open: 0,
  window: [],
  unreplicated: 0,
};

export function viewOf(event: LeaderEvent): PartitionView {
  return 'view' in event ? event.view : UNKNOWN_PRODUCER;
}

/** AddPartitionsToTxnManager: what a Produce version lets the leader do for its sender. */
function operationOf(apiVersion: number): TransactionSupportedOperation {
  if (apiVersion >= PRODUCE_TV2) return 'ADD_PARTITION';
  return apiVersion === PRODUCE_TV2 - 1 ? 'GENERIC_ERROR_SUPPORTED' : 'DEFAULT_ERROR';
}

export function addsPartition(apiVersion: number): boolean {
  return operationOf(apiVersion) === 'ADD_PARTITION';
}

/** ReplicaManager.maybeSendPartitionsToTransactionCoordinator: TV2 must ask; others need not when verification is off. */
function isTrusted({ context, event }: LeaderStep): boolean {
  if (event.type !== 'ProduceRequest') return false;
  const mustAsk = context.partitionVerification === 1 || addsPartition(event.apiVersion);
  return !mustAsk || isOngoing(event.view, event.producerEpoch);
}

/** UnifiedLog.maybeStartTransactionVerification fences before it asks. */
function isFencedBeforeVerification({ context, event }: LeaderStep): boolean {
  if (event.type !== 'ProduceRequest') return false;
  const asks = context.partitionVerification === 1 || addsPartition(event.apiVersion);
  return asks && event.producerEpoch < event.view.producerEpoch;
}

/** At most one AddPartitionsToTxn request of the transactional id is in flight (AddPartitionsToTxnManager). */
function isFirstToAsk({ context }: LeaderStep): boolean {
  return context.asked.length === 0;
}

function isFirstInQueue({ context }: LeaderStep): boolean {
  return context.queued.length === 0;
}

/** AddPartitionsToTxnManager.addTxnData: a newer epoch in the queue fences the newcomer. */
function isOlderThanQueued({ context, event }: LeaderStep): boolean {
  const queued = context.queued[0];
  return (
    event.type === 'ProduceRequest' &&
    queued !== undefined &&
    event.producerEpoch < queued.producerEpoch
  );
}

/** What the coordinator said of this leader's partition. */
function verdict(response: AddPartitionsToTxnResponse): ErrorCode {
  return response.abortable === 0 ? response.errorCode : 'TRANSACTION_ABORTABLE';
}

function isRefused({ event }: LeaderStep): boolean {
  return event.type === 'AddPartitionsToTxnResponse' && verdict(event) !== 'NONE';
}

function nobodyAsked({ context }: LeaderStep): boolean {
  return context.asked.length === 0;
}

const UNREACHABLE: readonly ErrorCode[] = [
  'NETWORK_EXCEPTION',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
];

/** AddPartitionsToTxnManager's mapping of a refusal, then ReplicaManager.handleProduceAppend's, for the client. */
export function refusal(apiVersion: number, event: LeaderEvent): ErrorCode {
  const error = event.type === 'AddPartitionsToTxnResponse' ? verdict(event) : 'NONE';
  const operation = operationOf(apiVersion);
  if (error === 'PRODUCER_FENCED') return 'INVALID_PRODUCER_EPOCH';
  if (error === 'TRANSACTION_ABORTABLE') {
    return operation === 'DEFAULT_ERROR' ? 'INVALID_TXN_STATE' : error;
  }
  const unsettled = error === 'CONCURRENT_TRANSACTIONS' && operation !== 'ADD_PARTITION';
  return unsettled || UNREACHABLE.includes(error) ? 'NOT_ENOUGH_REPLICAS' : error;
}

/** A question about the batch being validated. */
function ofCandidate(
  question: (batch: Parked, view: PartitionView, step: LeaderStep) => boolean,
): (step: LeaderStep) => boolean {
  return (step) => {
    const batch = step.context.candidate[0];
    return batch !== undefined && question(batch, viewOf(step.event), step);
  };
}

/** The remembered batch that `batch` repeats, and how many entries must still be replicated to cover it. */
export function retainedBatch(
  batch: Parked,
  view: PartitionView,
): readonly [sequence: number, ahead: number] | undefined {
  if (batch.producerEpoch !== view.producerEpoch) return undefined;
  return view.window.find(([sequence]) => sequence === batch.baseSequence);
}

/** UnifiedLog.analyzeAndValidateProducerState looks for a duplicate before anything else. */
const isDuplicate = ofCandidate((batch, view) => retainedBatch(batch, view) !== undefined);

/** ProducerAppendInfo.checkProducerEpoch. */
const isStale = ofCandidate((batch, view) => batch.producerEpoch < view.producerEpoch);

/** UnifiedLog.batchMissingRequiredVerification: no open transaction, and not the guard that is stored. */
const lacksVerification = ofCandidate(
  (batch, view, { context }) =>
    context.partitionVerification === 1 &&
    !isOngoing(view, batch.producerEpoch) &&
    batch.guard === 0,
);

/** ProducerAppendInfo.checkSequence: what was asked about earlier with a lower sequence comes first; TV2 starts at 0. */
const isHeldBack = ofCandidate((batch, view, { context }) => {
  if (context.verificationEpoch === NO_PRODUCER_EPOCH) return false;
  const mustStart = context.supportsEpochBump === 1 && view.window.length === 0;
  return (mustStart && batch.baseSequence !== 0) || batch.baseSequence > context.lowestSequence;
});

/** ProducerAppendInfo.checkSequence: a known producer id's newer epoch starts at 0, the same epoch goes on by one. */
const isOutOfOrder = ofCandidate((batch, view, { context }) => {
  if (view.producerEpoch === NO_PRODUCER_EPOCH) return false;
  if (view.producerEpoch !== batch.producerEpoch) return batch.baseSequence !== 0;
  const last = view.window.at(-1)?.[0] ?? -1;
  return batch.baseSequence !== (last + 1) % context.sequenceModulus;
});

function markerIsStale({ context, event }: LeaderStep): boolean {
  return (
    event.type === 'WriteTxnMarkersRequest' &&
    isStaleMarker({ marker: event, view: event.view }, context.maxEpoch)
  );
}

function markerIsOfEarlierCoordinator({ event }: LeaderStep): boolean {
  return (
    event.type === 'WriteTxnMarkersRequest' &&
    isMarkerOfEarlierCoordinator({ marker: event, view: event.view })
  );
}

/** UnifiedLog: under TV2 an entry of the marker's own epoch belongs to the next transaction and stays. */
function markerKeepsVerification({ context, event }: LeaderStep): boolean {
  return (
    event.type === 'WriteTxnMarkersRequest' &&
    context.supportsEpochBump === 1 &&
    context.verificationEpoch === event.producerEpoch
  );
}

function canAskForQueued({ context }: LeaderStep): boolean {
  return context.asked.length === 0 && context.queued.length > 0;
}

function someAnswerIsDue({ context }: LeaderStep): boolean {
  return context.waiting.some(({ ahead }) => ahead === 0);
}

export const LEADER_GUARDS = {
  isFencedBeforeVerification,
  isTrusted,
  isFirstToAsk,
  isFirstInQueue,
  isOlderThanQueued,
  nobodyAsked,
  isRefused,
  isDuplicate,
  isStale,
  lacksVerification,
  isHeldBack,
  isOutOfOrder,
  markerIsStale,
  markerIsOfEarlierCoordinator,
  markerKeepsVerification,
  canAskForQueued,
  someAnswerIsDue,
};
