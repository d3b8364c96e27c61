/**
 * AddPartitionsToTxn (key 24). Versions 0 to 3 come from clients and carry one transaction; 4 and 5 come from
 * brokers, batched, to verify (`verifyOnly`) or to add on behalf of a TV2 client.
 */

import type { ErrorCode } from '../error-codes.ts';
import type { ProducerEpoch, ProducerId, TopicPartition, TransactionalId } from '../ids.ts';

export interface AddPartitionsToTxnTransaction {
  readonly transactionalId: TransactionalId;
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly verifyOnly: boolean;
  readonly partitions: readonly TopicPartition[];
}

export interface AddPartitionsToTxnRequest {
  /** Exactly one below version 4. */
  readonly transactions: readonly AddPartitionsToTxnTransaction[];
}

export interface AddPartitionsToTxnResult {
  readonly transactionalId: TransactionalId;
  readonly partitions: readonly {
    readonly partition: TopicPartition;
    readonly errorCode: ErrorCode;
  }[];
}

export interface AddPartitionsToTxnResponse {
  /** Top level, version 4 and above. */
  readonly errorCode: ErrorCode;
  readonly results: readonly AddPartitionsToTxnResult[];
}
