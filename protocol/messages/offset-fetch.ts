/** OffsetFetch (key 9): a group's committed offsets; `requireStable` (v7+) refuses those a transaction may still move. */

import type { ErrorCode } from '../error-codes.ts';
import type { TopicPartition } from '../ids.ts';
import type { CommittedOffset } from './txn-offset-commit.ts';

export interface OffsetFetchRequest {
  readonly groupId: string;
  readonly partitions: readonly TopicPartition[];
  readonly requireStable: boolean;
}

export interface OffsetFetchResponse {
  readonly errorCode: ErrorCode;
  /** `committedOffset` is -1 where there is none. */
  readonly partitions: readonly (CommittedOffset & { readonly errorCode: ErrorCode })[];
}
