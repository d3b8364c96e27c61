/** Which model event the answer to a batch is, or what it amounts to. */

import { ERROR_CODES, type ErrorCode } from '../../protocol/error-codes.ts';
import type { TrackedBatch } from './producer-batches.ts';
import type { BatchEvent } from './producer-specified.ts';

/** Refusals after which the leader may have appended the batch all the same, or may yet. */
const LEAVES_OPEN: readonly ErrorCode[] = [
  'UNKNOWN_SERVER_ERROR',
  'NETWORK_EXCEPTION',
  'REQUEST_TIMED_OUT',
  'NOT_LEADER_OR_FOLLOWER',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'KAFKA_STORAGE_ERROR',
];

const WRITTEN: readonly ErrorCode[] = ['NONE', 'DUPLICATE_SEQUENCE_NUMBER'];

/** After these the identity is of no use any more, whatever became of the batch. */
const ENDS_PRODUCER: readonly ErrorCode[] = ['PRODUCER_FENCED', 'INVALID_PRODUCER_ID_MAPPING'];

/** Null: no answer. */
export function leavesOpen(errorCode: ErrorCode | null): boolean {
  return errorCode === null || LEAVES_OPEN.includes(errorCode);
}

export function batchEvent(partition: number, errorCode: ErrorCode | null): BatchEvent {
  return errorCode === null
    ? { type: 'ProduceTimedOut', partition }
    : { type: 'ProduceResponse', errorCode, partition };
}

/**
 * What has the batch sent again. That a batch is out of order says nothing while an older one is in flight, or when it
 * was renumbered meanwhile (TransactionManager.canRetry); the model has one in flight.
 */
export function heldEvent(event: BatchEvent, isNext: boolean): BatchEvent {
  const isOutOfTurn =
    event.type === 'ProduceResponse' &&
    event.errorCode === 'OUT_OF_ORDER_SEQUENCE_NUMBER' &&
    !isNext;
  return isOutOfTurn ? { type: 'ProduceTimedOut', partition: event.partition } : event;
}

/**
 * What ends the batch. What may be written although it was refused is as good as given up
 * (docs/adr/0009-a-refused-batch-of-unknown-fate.md); what would have it sent again, and finds its time over, is refused.
 */
export function failedEvent(batch: TrackedBatch, event: BatchEvent, nowMs: number): BatchEvent {
  const { partition } = event;
  const errorCode = event.type === 'ProduceResponse' ? event.errorCode : null;
  const hasSentAgain = errorCode === null || ERROR_CODES[errorCode].retriable;
  if (hasSentAgain && nowMs < batch.deadlineMs) return event;
  if (errorCode !== null && [...WRITTEN, ...ENDS_PRODUCER].includes(errorCode)) return event;
  if (batch.mayBeWritten) return { type: 'BatchExpired', partition };
  return hasSentAgain
    ? { type: 'ProduceResponse', errorCode: 'INVALID_TXN_STATE', partition }
    : event;
}
