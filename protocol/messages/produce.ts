/** Produce (key 0): append batches. Version 12 and above also adds the partitions to the transaction (KIP-890). */

import type { ErrorCode } from '../error-codes.ts';
import type { Offset, TopicPartition, TransactionalId } from '../ids.ts';
import type { ProducedBatch } from '../records.ts';

export interface ProduceRequest {
  /** Needed if any batch is transactional. */
  readonly transactionalId: TransactionalId | null;
  /** -1 (all), 0 or 1; the leader refuses anything else. */
  readonly acks: number;
  readonly timeoutMs: number;
  /** At most one batch a partition (ProduceRequest.json). */
  readonly partitions: readonly {
    readonly partition: TopicPartition;
    readonly batch: ProducedBatch;
  }[];
}

export interface ProducePartitionResponse {
  readonly partition: TopicPartition;
  readonly errorCode: ErrorCode;
  /** Offset of the batch's first record; -1 with an error. */
  readonly baseOffset: Offset;
  readonly logAppendTimeMs: number;
  readonly logStartOffset: Offset;
}

export interface ProduceResponse {
  readonly partitions: readonly ProducePartitionResponse[];
}
