/** ListOffsets (key 2): earliest and latest offset; the latest depends on the isolation level. */

import type { ErrorCode } from '../error-codes.ts';
import type { Offset, TopicPartition } from '../ids.ts';
import type { IsolationLevel } from './fetch.ts';

export interface ListOffsetsRequest {
  readonly isolationLevel: IsolationLevel;
  readonly partitions: readonly {
    readonly partition: TopicPartition;
    readonly timestamp: 'EARLIEST' | 'LATEST';
  }[];
}

export interface ListOffsetsResponse {
  readonly partitions: readonly {
    readonly partition: TopicPartition;
    readonly errorCode: ErrorCode;
    /** -1 with an error. */
    readonly offset: Offset;
  }[];
}
