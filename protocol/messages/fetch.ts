/** Fetch (key 1): read batches from an offset under an isolation level. */

import type { ErrorCode } from '../error-codes.ts';
import type { Offset, TopicPartition } from '../ids.ts';
import type { AbortedTransaction, StoredBatch } from '../records.ts';

export type IsolationLevel = 'read_uncommitted' | 'read_committed';
export const ISOLATION_LEVELS: readonly IsolationLevel[] = ['read_uncommitted', 'read_committed'];

export interface FetchRequest {
  readonly isolationLevel: IsolationLevel;
  readonly partitions: readonly {
    readonly partition: TopicPartition;
    readonly fetchOffset: Offset;
    /** Bound on the batches returned; at least one is returned if there is one. Stands for Kafka's byte limit. */
    readonly maxBatches: number;
  }[];
}

export interface FetchPartitionResponse {
  readonly partition: TopicPartition;
  readonly errorCode: ErrorCode;
  readonly highWatermark: Offset;
  readonly lastStableOffset: Offset;
  readonly logStartOffset: Offset;
  /** Null under read_uncommitted. In completion order, a superset of what the batches need. */
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
  readonly batches: readonly StoredBatch[];
}

export interface FetchResponse {
  readonly partitions: readonly FetchPartitionResponse[];
}
