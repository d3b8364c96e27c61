/**
 * The rules of the producer client, one small pure function each, after TransactionManager.java and Sender.java.
 * A mutant replaces one of them.
 */

import { ERROR_CODES, type ErrorCode } from '../../protocol/error-codes.ts';
import { NO_OFFSET, type Offset, type Sequence, type TopicPartition } from '../../protocol/ids.ts';
import { ADD_PARTITIONS_RETRY_BACKOFF_MS, MAX_SEQUENCE } from '../../protocol/limits.ts';
import { PRODUCER_STATES, type ProducerState } from '../../protocol/states.ts';
import type { ProducerConfig } from './config.ts';
import {
  AMBIGUOUS_ERRORS,
  FATAL_PRODUCE_ERRORS,
  requestErrorAction,
  type RequestErrorAction,
  type RequestErrorTable,
} from './error-handling.ts';

/**
 * How a producer gets away from sequences whose outcome it does not know.
 * - `bump-locally`: without transactions the client raises its epoch itself.
 * - `end-transaction`: EndTxn v5 answers with the next epoch (KIP-890).
 * - `init-producer-id`: InitProducerId with the current identity follows the abort (KIP-360).
 * - `reuse-sequence`: not at all; see `ProducerConfig.fatalWithoutEpochBump`.
 */
export type EpochRecovery =
  | 'bump-locally'
  | 'end-transaction'
  | 'init-producer-id'
  | 'reuse-sequence'
  | 'fatal';

/** What is known when a batch was answered with an error. */
export interface FailedAttempt {
  readonly errorCode: ErrorCode;
  readonly transactional: boolean;
  readonly logStartOffset: Offset;
  readonly lastAckedOffset: Offset;
  readonly sequenceReset: boolean;
  readonly hasUnresolved: boolean;
  /** Its sequence follows the last acknowledged one. */
  readonly isNext: boolean;
  /** Its sequence follows the partition's unresolved one. */
  readonly followsUnresolved: boolean;
}

/** `restart-sequences`: the partition's batches are renumbered from 0 under the same identity. */
export type BatchRetry = 'no' | 'retry' | 'retry-after-epoch-bump' | 'retry-after-restart';

export interface DrainFacts {
  /** The coordinator is known to have the partition in the transaction, or there is no transaction. */
  readonly added: boolean;
  /** Its AddPartitionsToTxn is queued or unanswered. */
  readonly pendingAdd: boolean;
  /** Some transactional request is unanswered; the sender waits for it before it drains (Sender.runOnce). */
  readonly requestInFlight: boolean;
}

export interface ProducerDecisions {
  /** TransactionManager.isTransitionValid. */
  readonly mayTransition: (from: ProducerState, to: ProducerState) => boolean;
  /** DefaultRecordBatch.incrementSequence. */
  readonly sequenceAfter: (sequence: Sequence, records: number) => Sequence;
  /** TransactionManager.needToTriggerEpochBumpFromClient and canHandleAbortableError. */
  readonly epochRecovery: (config: ProducerConfig) => EpochRecovery;
  /** TransactionManager.isSendToPartitionAllowed within Sender.runOnce. */
  readonly mayDrain: (facts: DrainFacts) => boolean;
  /** TransactionManager.nextRequest: EndTxn is not sent before every batch has its result. */
  readonly withholdsEndTxn: (incompleteBatches: number) => boolean;
  /** TransactionManager.nextRequest: nothing was added, so the coordinator has nothing to end. */
  readonly endsLocally: (transactionStarted: boolean) => boolean;
  /** TransactionManager.canRetry. */
  readonly retryBatch: (attempt: FailedAttempt) => BatchRetry;
  /** TransactionManager.maybeTransitionToErrorState; null is a timeout of the client itself. */
  readonly batchFailure: (
    transactional: boolean,
    errorCode: ErrorCode | null,
  ) => 'fatal' | 'abortable' | 'record-failed';
  /** TransactionManager's handlers, table by table. */
  readonly requestError: (table: RequestErrorTable, errorCode: ErrorCode) => RequestErrorAction;
  /** TransactionManager.AddPartitionsToTxnHandler.maybeOverrideRetryBackoffMs. */
  readonly addPartitionsBackoffMs: (
    errorCode: ErrorCode,
    partitionsAdded: number,
    retryBackoffMs: number,
  ) => number;
  /** TransactionManager.resetTransactionState: a new transaction starts without partitions. */
  readonly partitionsAfterCompletion: (
    partitions: readonly TopicPartition[],
  ) => readonly TopicPartition[];
  /** Whether an error leaves open that the request took effect. */
  readonly isAmbiguous: (errorCode: ErrorCode) => boolean;
}

const LEGAL_SOURCES: Readonly<Record<ProducerState, readonly ProducerState[]>> = {
  Uninitialized: ['Ready', 'AbortableError'],
  Initializing: ['Uninitialized', 'CommittingTransaction', 'AbortingTransaction'],
  Ready: ['Initializing', 'CommittingTransaction', 'AbortingTransaction'],
  InTransaction: ['Ready'],
  PreparedTransaction: ['InTransaction', 'Initializing'],
  CommittingTransaction: ['InTransaction', 'PreparedTransaction'],
  AbortingTransaction: ['InTransaction', 'PreparedTransaction', 'AbortableError'],
  AbortableError: ['InTransaction', 'CommittingTransaction', 'AbortableError', 'Initializing'],
  FatalError: PRODUCER_STATES,
};

const NO_PARTITIONS: readonly TopicPartition[] = [];

function retryUnknownProducer(attempt: FailedAttempt): BatchRetry {
  if (attempt.logStartOffset === NO_OFFSET || attempt.sequenceReset) return 'retry';
  // The head of the log was removed by retention, and the producer's state with it.
  if (attempt.lastAckedOffset < attempt.logStartOffset) {
    return attempt.transactional ? 'retry-after-restart' : 'retry-after-epoch-bump';
  }
  return attempt.transactional ? 'no' : 'retry-after-epoch-bump';
}

function retryOutOfOrder(attempt: FailedAttempt): BatchRetry {
  // Not the next batch: an earlier one is still to be retried, and this one after it.
  if (!attempt.hasUnresolved && (attempt.sequenceReset || !attempt.isNext)) return 'retry';
  if (attempt.transactional) return 'no';
  return !attempt.hasUnresolved || attempt.followsUnresolved ? 'retry-after-epoch-bump' : 'retry';
}

export const DECISIONS: ProducerDecisions = {
  mayTransition: (from, to) => LEGAL_SOURCES[to].includes(from),

  sequenceAfter: (sequence, records) =>
    sequence > MAX_SEQUENCE - records
      ? records - (MAX_SEQUENCE - sequence) - 1
      : sequence + records,

  epochRecovery(config) {
    if (config.transactionalId === null) return 'bump-locally';
    if (config.transactionVersion === 2) return 'end-transaction';
    if (config.coordinatorSupportsEpochBump) return 'init-producer-id';
    return config.fatalWithoutEpochBump ? 'fatal' : 'reuse-sequence';
  },

  mayDrain: (facts) => facts.added && !facts.requestInFlight,

  withholdsEndTxn: (incompleteBatches) => incompleteBatches > 0,

  endsLocally: (transactionStarted) => !transactionStarted,

  retryBatch(attempt) {
    if (attempt.errorCode === 'UNKNOWN_PRODUCER_ID') return retryUnknownProducer(attempt);
    if (attempt.errorCode === 'OUT_OF_ORDER_SEQUENCE_NUMBER') return retryOutOfOrder(attempt);
    return ERROR_CODES[attempt.errorCode].retriable ? 'retry' : 'no';
  },

  batchFailure(transactional, errorCode) {
    if (errorCode !== null && FATAL_PRODUCE_ERRORS.includes(errorCode)) return 'fatal';
    return transactional ? 'abortable' : 'record-failed';
  },

  requestError: requestErrorAction,

  addPartitionsBackoffMs: (errorCode, partitionsAdded, retryBackoffMs) =>
    errorCode === 'CONCURRENT_TRANSACTIONS' && partitionsAdded === 0
      ? ADD_PARTITIONS_RETRY_BACKOFF_MS
      : retryBackoffMs,

  partitionsAfterCompletion: () => NO_PARTITIONS,

  isAmbiguous: (errorCode) => AMBIGUOUS_ERRORS.includes(errorCode),
};
