/** DescribeTransactions (key 65, KIP-664): what a coordinator holds of transactional ids. */

import type { ErrorCode } from '../error-codes.ts';
import type { ProducerEpoch, ProducerId, TopicPartition, TransactionalId } from '../ids.ts';
import type { TransactionState } from '../states.ts';

export interface DescribeTransactionsRequest {
  readonly transactionalIds: readonly TransactionalId[];
}

export interface DescribedTransaction {
  readonly errorCode: ErrorCode;
  readonly transactionalId: TransactionalId;
  /** Empty with an error, and then every number is 0. */
  readonly transactionState: TransactionState | '';
  readonly transactionTimeoutMs: number;
  /** -1: no transaction is open. */
  readonly transactionStartTimeMs: number;
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  /** In Prepare*: those whose marker is still missing. */
  readonly partitions: readonly TopicPartition[];
}

export interface DescribeTransactionsResponse {
  readonly transactionStates: readonly DescribedTransaction[];
}
