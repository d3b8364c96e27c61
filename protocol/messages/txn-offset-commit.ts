/** TxnOffsetCommit (key 28): consumer offsets as part of a transaction; group fields are KIP-447 (v3+). */

import type { ErrorCode } from '../error-codes.ts';
import type { Offset, ProducerEpoch, ProducerId, TopicPartition, TransactionalId } from '../ids.ts';

export interface CommittedOffset {
  readonly partition: TopicPartition;
  /** Next offset to read. */
  readonly committedOffset: Offset;
  /** -1 = unknown. */
  readonly committedLeaderEpoch: number;
  readonly committedMetadata: string | null;
}

export interface TxnOffsetCommitRequest {
  readonly transactionalId: TransactionalId;
  readonly groupId: string;
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  /** -1, '' and null when the caller supplies no group metadata. */
  readonly generationIdOrMemberEpoch: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly offsets: readonly CommittedOffset[];
}

export interface TxnOffsetCommitResponse {
  readonly partitions: readonly {
    readonly partition: TopicPartition;
    readonly errorCode: ErrorCode;
  }[];
}
