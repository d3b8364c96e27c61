/** OffsetCommit (key 8): consumer offsets outside a transaction. */

import type { ErrorCode } from '../error-codes.ts';
import type { TopicPartition } from '../ids.ts';
import type { CommittedOffset } from './txn-offset-commit.ts';

export interface OffsetCommitRequest {
  readonly groupId: string;
  readonly generationIdOrMemberEpoch: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly offsets: readonly CommittedOffset[];
}

export interface OffsetCommitResponse {
  readonly partitions: readonly {
    readonly partition: TopicPartition;
    readonly errorCode: ErrorCode;
  }[];
}
