/** DescribeTransactions (TransactionCoordinator.handleDescribeTransactions, KIP-664): asks and changes nothing. */

import type { ErrorCode } from '../../../protocol/error-codes.ts';
import type { TransactionalId } from '../../../protocol/ids.ts';
import type {
  DescribedTransaction,
  DescribeTransactionsRequest,
  DescribeTransactionsResponse,
} from '../../../protocol/messages/describe-transactions.ts';
import type { TransactionStateManager } from '../transaction-state-manager.ts';

export function describeTransactions(
  state: TransactionStateManager,
  { transactionalIds }: DescribeTransactionsRequest,
): DescribeTransactionsResponse {
  return { transactionStates: transactionalIds.map((id) => describe(state, id)) };
}

function describe(
  state: TransactionStateManager,
  transactionalId: TransactionalId,
): DescribedTransaction {
  if (transactionalId === '') return notDescribed(transactionalId, 'INVALID_REQUEST');
  const owned = state.gate(transactionalId);
  if (typeof owned === 'string') return notDescribed(transactionalId, owned);
  const metadata = owned.transactions.get(transactionalId);
  // An id that is being removed is as good as gone.
  if (metadata === undefined || metadata.pendingState === 'Dead') {
    return notDescribed(transactionalId, 'TRANSACTIONAL_ID_NOT_FOUND');
  }
  return {
    errorCode: 'NONE',
    transactionalId,
    transactionState: metadata.state,
    transactionTimeoutMs: metadata.transactionTimeoutMs,
    transactionStartTimeMs: metadata.startTimestampMs,
    producerId: metadata.producerId,
    producerEpoch: metadata.producerEpoch,
    partitions: metadata.topicPartitions,
  };
}

/** The defaults of the response's fields (DescribeTransactionsResponse.json). */
export function notDescribed(
  transactionalId: TransactionalId,
  errorCode: ErrorCode,
): DescribedTransaction {
  return {
    errorCode,
    transactionalId,
    transactionState: '',
    transactionTimeoutMs: 0,
    transactionStartTimeMs: 0,
    producerId: 0,
    producerEpoch: 0,
    partitions: [],
  };
}
