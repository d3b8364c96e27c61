/**
 * The producer's questions, one predicate each: what its application may do, what its sender loop can send, and how
 * TransactionManager and Sender take an answer.
 */

import type { ErrorCode } from '../protocol/error-codes.ts';
import { ERROR_CODES } from '../protocol/error-codes.ts';
import { NO_PRODUCER_ID } from '../protocol/ids.ts';
import { NO_PARTITIONS } from './messages.ts';
import type { ProducerContext, ProducerEvent, ProducerStep } from './producer-state.ts';

function mayBegin({ context }: ProducerStep): boolean {
  return context.told.length < context.maxTransactions;
}

/**
 * One batch a partition at a time, and no more than the scope has. Whoever aborted what could not be initialised has no
 * identity to send with (TransactionManager.failIfNotReadyForSend).
 */
function maySend({ context, event }: ProducerStep): boolean {
  if (event.type !== 'Send' || context.producerId === NO_PRODUCER_ID) return false;
  const { partition } = event;
  return context.batches[partition] === 'None' && context.records[partition]! < context.maxRecords;
}

/** Under TV2 the leader adds the partition (KIP-890); before, the coordinator must have added it. */
function isPartitionAdded(context: ProducerContext, partition: number): boolean {
  return context.transactionVersion === 2 || (context.addedPartitions & (1 << partition)) !== 0;
}

/** The partition whose batch the sender loop sends next, -1 for none (RecordAccumulator.drain). */
export function sendablePartition(context: ProducerContext): number {
  return context.batches.findIndex(
    (phase, partition) => phase === 'Ready' && isPartitionAdded(context, partition),
  );
}

function someBatchIsSendable({ context }: ProducerStep): boolean {
  return sendablePartition(context) !== -1;
}

function mustInitialise({ context }: ProducerStep): boolean {
  return context.outstanding === 'None';
}

function mustAddPartitions({ context }: ProducerStep): boolean {
  return context.outstanding === 'None' && context.newPartitions !== NO_PARTITIONS;
}

/** EndTxn is withheld while anything else is incomplete (TransactionManager.nextRequest). */
function mayEnd({ context }: ProducerStep): boolean {
  return (
    context.outstanding === 'None' &&
    context.newPartitions === NO_PARTITIONS &&
    context.batches.every((phase) => phase === 'None')
  );
}

/** Nothing was added, so there is nothing to end: the call completes without a request. */
function mayEndLocally(step: ProducerStep): boolean {
  return mayEnd(step) && step.context.transactionStarted === 0;
}

function mayEndLocallyAndBumps(step: ProducerStep): boolean {
  return mayEndLocally(step) && bumpsEpoch(step);
}

export function bumpsEpoch({ context }: ProducerStep): boolean {
  return context.epochBumpRequired === 1;
}

function errorOf(event: ProducerEvent): ErrorCode {
  return 'errorCode' in event ? event.errorCode : 'NONE';
}

function succeeded({ event }: ProducerStep): boolean {
  return errorOf(event) === 'NONE';
}

function succeededAndBumps(step: ProducerStep): boolean {
  return succeeded(step) && bumpsEpoch(step);
}

function isRetriable({ event }: ProducerStep): boolean {
  return ERROR_CODES[errorOf(event)].retriable;
}

/** Sender.completeBatch: a duplicate is a success. */
function isWritten({ event }: ProducerStep): boolean {
  const error = errorOf(event);
  return error === 'NONE' || error === 'DUPLICATE_SEQUENCE_NUMBER';
}

const FATAL_ON_PRODUCE: readonly ErrorCode[] = [
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'PRODUCER_FENCED',
  'UNSUPPORTED_VERSION',
  'INVALID_PRODUCER_ID_MAPPING',
];

/** TransactionManager.maybeTransitionToErrorState. */
function isFatalOnProduce({ event }: ProducerStep): boolean {
  return FATAL_ON_PRODUCE.includes(errorOf(event));
}

const FATAL_ON_ADD: readonly ErrorCode[] = [
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
];

/** TransactionManager.AddPartitionsToTxnHandler. */
function isFatalOnAdd({ event }: ProducerStep): boolean {
  return FATAL_ON_ADD.includes(errorOf(event));
}

/** InitProducerIdHandler, and EndTxnHandler for a commit. */
function isAbortable({ event }: ProducerStep): boolean {
  return errorOf(event) === 'TRANSACTION_ABORTABLE';
}

/** EndTxn from version 5 on answers with the identity of the next transaction (KIP-890). */
export function bringsIdentity(event: ProducerEvent): boolean {
  return 'producerId' in event && event.producerId !== NO_PRODUCER_ID;
}

export const PRODUCER_GUARDS = {
  mayBegin,
  maySend,
  someBatchIsSendable,
  mustInitialise,
  mustAddPartitions,
  mayEnd,
  mayEndLocally,
  mayEndLocallyAndBumps,
  succeeded,
  succeededAndBumps,
  isRetriable,
  isWritten,
  isFatalOnProduce,
  isFatalOnAdd,
  isAbortable,
};
