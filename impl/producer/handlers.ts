/**
 * What the producer does with each answer and timeout (TransactionManager.java's TxnRequestHandlers, Sender.java's
 * handleProduceResponse). A mutant replaces one of them.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import { NO_OFFSET, NO_PRODUCER_ID, NO_SEQUENCE, type TopicPartition } from '../../protocol/ids.ts';
import type { ResponseOf } from '../../protocol/messages/rpc.ts';
import type { ProducePartitionResponse } from '../../protocol/messages/produce.ts';
import type { Batch } from './batch.ts';
import type { ClientError, ClientErrorKind } from './call-result.ts';
import type { FailedAttempt } from './decisions.ts';
import type { Operation } from './operation.ts';
import type { Producer } from './producer.ts';
import { outcomeOf, type TransactionalRequest } from './transaction-requests.ts';

export interface ProducerHandlers {
  readonly findCoordinatorAnswered: (
    producer: Producer,
    request: TransactionalRequest,
    response: ResponseOf<'FindCoordinator'>,
  ) => void;
  readonly initProducerIdAnswered: (
    producer: Producer,
    request: TransactionalRequest,
    response: ResponseOf<'InitProducerId'>,
  ) => void;
  readonly addPartitionsAnswered: (
    producer: Producer,
    request: TransactionalRequest,
    response: ResponseOf<'AddPartitionsToTxn'>,
  ) => void;
  readonly addOffsetsAnswered: (
    producer: Producer,
    request: TransactionalRequest,
    response: ResponseOf<'AddOffsetsToTxn'>,
  ) => void;
  readonly txnOffsetCommitAnswered: (
    producer: Producer,
    request: TransactionalRequest,
    response: ResponseOf<'TxnOffsetCommit'>,
  ) => void;
  readonly endTxnAnswered: (
    producer: Producer,
    request: TransactionalRequest,
    response: ResponseOf<'EndTxn'>,
  ) => void;
  /** Null: the connection closed without an answer. */
  readonly produceAnswered: (
    producer: Producer,
    batch: Batch,
    answer: ProducePartitionResponse | null,
  ) => void;
  /** A batch is to be sent again. */
  readonly retryBatch: (producer: Producer, batch: Batch) => void;
  /** The transaction can only be aborted from here on. */
  readonly abortableError: (producer: Producer, error: ClientError) => void;
  /** max.block.ms passed; what the call waits for goes on. */
  readonly callTimedOut: (producer: Producer, operation: Operation) => void;
}

function errorOf(
  kind: ClientErrorKind,
  errorCode: ErrorCode,
  request: TransactionalRequest,
): ClientError {
  return {
    kind,
    errorCode,
    message: `${request.message.api} was answered with ${errorCode}`,
    outcome: outcomeOf(request),
  };
}

function requestFailed(
  producer: Producer,
  request: TransactionalRequest,
  errorCode: ErrorCode,
): void {
  const { config, decisions, requests } = producer;
  if (decisions.isAmbiguous(errorCode)) request.ambiguous = true;
  switch (decisions.requestError(request.errors, errorCode)) {
    case 'lookup':
      requests.lookUpCoordinator(request);
      return requests.retry(request, config.retryBackoffMs);
    case 'retry':
      return requests.retry(request, config.retryBackoffMs);
    case 'abortable':
      return abortable(producer, request, errorCode);
    case 'abortable-if-possible':
      if (decisions.epochRecovery(config) === 'fatal') return fatal(producer, request, errorCode);
      producer.requireEpochBump();
      return abortable(producer, request, errorCode);
    case 'fenced':
      return fatal(producer, request, 'PRODUCER_FENCED');
    case 'fatal':
      return fatal(producer, request, errorCode);
    case 'uninitialize':
      return producer.uninitialize(request.operation, errorOf('abortable', errorCode, request));
  }
}

function abortable(producer: Producer, request: TransactionalRequest, errorCode: ErrorCode): void {
  const error = errorOf('abortable', errorCode, request);
  if (request.operation !== null) producer.operations.fail(request.operation, error, error.outcome);
  producer.handlers.abortableError(producer, error);
}

function fatal(producer: Producer, request: TransactionalRequest, errorCode: ErrorCode): void {
  const error = errorOf('fatal', errorCode, request);
  if (request.operation !== null) producer.operations.fail(request.operation, error, error.outcome);
  producer.fatalError(error);
}

/** The first partition's error that is one; OPERATION_NOT_ATTEMPTED only says that another had one. */
function firstError(response: ResponseOf<'AddPartitionsToTxn'>): ErrorCode {
  let found: ErrorCode = 'NONE';
  for (const { partitions } of response.results) {
    for (const { errorCode } of partitions) {
      if (errorCode === 'OPERATION_NOT_ATTEMPTED') found = errorCode;
      else if (errorCode !== 'NONE') return errorCode;
    }
  }
  return found;
}

function partitionsOf({ message }: TransactionalRequest): readonly TopicPartition[] {
  if (message.api !== 'AddPartitionsToTxn') return [];
  return message.body.transactions.flatMap(({ partitions }) => partitions);
}

/** What stands in the way of a TxnOffsetCommit: an error that ends it before one that is retried. */
function worstError(producer: Producer, response: ResponseOf<'TxnOffsetCommit'>): ErrorCode {
  let found: ErrorCode = 'NONE';
  for (const { errorCode } of response.partitions) {
    if (errorCode === 'NONE') continue;
    const action = producer.decisions.requestError('TxnOffsetCommit', errorCode);
    if (action !== 'retry' && action !== 'lookup') return errorCode;
    if (found === 'NONE' || action === 'lookup') found = errorCode;
  }
  return found;
}

function failedAttempt(
  producer: Producer,
  batch: Batch,
  answer: ProducePartitionResponse | null,
): FailedAttempt {
  const entry = producer.sender.entryOf(batch.partition);
  return {
    errorCode: answer?.errorCode ?? 'NETWORK_EXCEPTION',
    transactional: producer.isTransactional,
    logStartOffset: answer?.logStartOffset ?? NO_OFFSET,
    lastAckedOffset: entry.lastAckedOffset,
    sequenceReset: batch.sequenceReset,
    hasUnresolved: entry.sequenceAfterUnresolved !== NO_SEQUENCE,
    isNext: entry.isNextSequence(batch.baseSequence),
    followsUnresolved: entry.sequenceAfterUnresolved === batch.baseSequence,
  };
}

export const HANDLERS: ProducerHandlers = {
  findCoordinatorAnswered(producer, request, response) {
    if (response.errorCode === 'NONE') producer.requests.coordinatorFound(request, response.nodeId);
    else requestFailed(producer, request, response.errorCode);
  },

  initProducerIdAnswered(producer, request, response) {
    if (response.errorCode !== 'NONE') return requestFailed(producer, request, response.errorCode);
    producer.adoptIdentity({
      producerId: response.producerId,
      producerEpoch: response.producerEpoch,
    });
    if (producer.state === 'Initializing') producer.transitionTo('Ready');
    if (request.operation !== null) producer.operations.succeed(request.operation);
  },

  addPartitionsAnswered(producer, request, response) {
    const errorCode = response.errorCode === 'NONE' ? firstError(response) : response.errorCode;
    if (errorCode === 'NONE') return producer.partitionsAdded(partitionsOf(request));
    const { config, decisions, requests } = producer;
    if (decisions.requestError(request.errors, errorCode) === 'retry') {
      const added = producer.partitions.added.length;
      const backoffMs = decisions.addPartitionsBackoffMs(errorCode, added, config.retryBackoffMs);
      return requests.retry(request, backoffMs);
    }
    requestFailed(producer, request, errorCode);
  },

  addOffsetsAnswered(producer, request, response) {
    if (response.errorCode !== 'NONE') return requestFailed(producer, request, response.errorCode);
    producer.transactionStarted = true;
    if (request.next !== null) producer.requests.commitOffsets(request.next, request.operation);
  },

  // Partitions that succeeded are sent again with the rest: the commit of an offset can be repeated.
  txnOffsetCommitAnswered(producer, request, response) {
    const errorCode = worstError(producer, response);
    if (errorCode !== 'NONE') return requestFailed(producer, request, errorCode);
    if (request.operation !== null) producer.operations.succeed(request.operation);
  },

  endTxnAnswered(producer, request, response) {
    if (response.errorCode !== 'NONE') return requestFailed(producer, request, response.errorCode);
    if (response.producerId !== NO_PRODUCER_ID) {
      producer.adoptIdentity({
        producerId: response.producerId,
        producerEpoch: response.producerEpoch,
      });
    }
    producer.completeTransaction(request.operation);
  },

  produceAnswered(producer, batch, answer) {
    const { config, decisions, sender } = producer;
    if (answer !== null && answer.errorCode === 'NONE')
      return sender.succeed(batch, answer.baseOffset);
    const attempt = failedAttempt(producer, batch, answer);
    if (decisions.isAmbiguous(attempt.errorCode)) batch.ambiguous = true;
    const inTime = producer.ports.clock.nowMs() < batch.deadlineMs;
    const retry = inTime && batch.attempts <= config.retries ? decisions.retryBatch(attempt) : 'no';
    if (retry === 'retry-after-epoch-bump') {
      sender.requestEpochBump(sender.entryOf(batch.partition));
    } else if (retry === 'retry-after-restart') {
      sender.entryOf(batch.partition).startAtBeginning(producer.identity);
    }
    if (retry !== 'no') return producer.handlers.retryBatch(producer, batch);
    // Appended before, too long ago for the leader to know where (Sender.completeBatch).
    if (attempt.errorCode === 'DUPLICATE_SEQUENCE_NUMBER') return sender.succeed(batch, NO_OFFSET);
    sender.fail(batch, {
      kind: 'record-failed',
      errorCode: answer === null ? null : answer.errorCode,
      message:
        answer === null
          ? 'the connection closed without an answer to Produce'
          : `Produce was answered with ${answer.errorCode}`,
      outcome: 'unknown',
    });
  },

  retryBatch(producer, batch) {
    producer.sender.reenqueue(batch);
  },

  abortableError(producer, error) {
    // An abort under way makes an end of it anyway (TransactionManager.transitionToAbortableError).
    if (producer.state === 'AbortingTransaction') return;
    producer.transitionTo('AbortableError', error);
  },

  callTimedOut(producer, operation) {
    producer.operations.answer(operation, {
      status: 'error',
      error: {
        kind: 'retriable-timeout',
        errorCode: null,
        message: `${operation.name} got no result within max.block.ms; call it again to wait for the same result`,
        outcome: 'unknown',
      },
    });
  },
};
