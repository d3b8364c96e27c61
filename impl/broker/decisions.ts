/** The broker's own rules, each a pure function: what versions and errors mean between client, leader and coordinator. */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { ProducerEpoch } from '../../protocol/ids.ts';
import { PRODUCE_TV2 } from '../../protocol/transaction-version.ts';
import type { TransactionSupportedOperation } from '../../protocol/transaction-version.ts';

export interface BrokerDecisions {
  /** How a Produce request's version wants its partitions verified. */
  operationOf(produceVersion: number): TransactionSupportedOperation;
  /** Of two entries of one transactional id, what the loser is told: the queued one, or else the newcomer. */
  replacement(
    queuedEpoch: ProducerEpoch,
    newEpoch: ProducerEpoch,
  ): { readonly loser: 'queued' | 'newcomer'; readonly errorCode: ErrorCode };
  /** What a top-level error of AddPartitionsToTxn means for each of its partitions. */
  requestError(errorCode: ErrorCode): ErrorCode;
  /** What a partition's error of AddPartitionsToTxn means for the produce request. */
  partitionError(errorCode: ErrorCode, operation: TransactionSupportedOperation): ErrorCode;
  /** Whether the coordinator is asked again. */
  asksAgain(
    errorCode: ErrorCode,
    operation: TransactionSupportedOperation,
    elapsedMs: number,
    retryMaxMs: number,
  ): boolean;
  /** What a group coordinator's error at a marker means for the transaction coordinator. */
  groupMarkerError(errorCode: ErrorCode): ErrorCode;
}

/** First Produce version whose client knows TRANSACTION_ABORTABLE (KIP-890). */
const PRODUCE_GENERIC_ERROR = 11;

export const BROKER_DECISIONS: BrokerDecisions = {
  // AddPartitionsToTxnManager.produceRequestVersionToTransactionSupportedOperation.
  operationOf(produceVersion) {
    if (produceVersion >= PRODUCE_TV2) return 'ADD_PARTITION';
    return produceVersion >= PRODUCE_GENERIC_ERROR ? 'GENERIC_ERROR_SUPPORTED' : 'DEFAULT_ERROR';
  },

  // AddPartitionsToTxnManager.addTxnData: an equal epoch is the client's retry over a new connection.
  replacement(queuedEpoch, newEpoch) {
    if (newEpoch < queuedEpoch) return { loser: 'newcomer', errorCode: 'INVALID_PRODUCER_EPOCH' };
    const errorCode = newEpoch > queuedEpoch ? 'INVALID_PRODUCER_EPOCH' : 'NETWORK_EXCEPTION';
    return { loser: 'queued', errorCode };
  },

  // AddPartitionsToTxnHandler.onComplete: the client could do nothing about a broker that lacks authorization.
  requestError: (errorCode) =>
    errorCode === 'CLUSTER_AUTHORIZATION_FAILED' ? 'INVALID_TXN_STATE' : errorCode,

  // AddPartitionsToTxnHandler.onComplete: Produce never answers PRODUCER_FENCED, and old clients do not know 120.
  partitionError(errorCode, operation) {
    if (errorCode === 'PRODUCER_FENCED') return 'INVALID_PRODUCER_EPOCH';
    if (errorCode === 'TRANSACTION_ABORTABLE' && operation === 'DEFAULT_ERROR') {
      return 'INVALID_TXN_STATE';
    }
    return errorCode;
  },

  // ReplicaManager.handleProduceAppend: under TV2 the previous transaction may still be completing.
  asksAgain: (errorCode, operation, elapsedMs, retryMaxMs) =>
    errorCode === 'CONCURRENT_TRANSACTIONS' &&
    operation === 'ADD_PARTITION' &&
    elapsedMs < retryMaxMs,

  // KafkaApis.handleWriteTxnMarkersRequest: it looks for the partition's leader again.
  groupMarkerError: (errorCode) =>
    errorCode === 'COORDINATOR_NOT_AVAILABLE' ||
    errorCode === 'COORDINATOR_LOAD_IN_PROGRESS' ||
    errorCode === 'NOT_COORDINATOR'
      ? 'NOT_LEADER_OR_FOLLOWER'
      : errorCode,
};
