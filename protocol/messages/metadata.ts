/** Metadata (key 3): brokers and partition leaders. */

import type { ErrorCode } from '../error-codes.ts';
import type { BrokerId } from '../ids.ts';

export interface MetadataRequest {
  /** Null: all topics. */
  readonly topics: readonly string[] | null;
}

export interface MetadataResponse {
  readonly brokers: readonly BrokerId[];
  readonly topics: readonly {
    readonly topic: string;
    readonly errorCode: ErrorCode;
    readonly partitions: readonly {
      readonly partition: number;
      readonly leaderId: BrokerId;
      readonly leaderEpoch: number;
    }[];
  }[];
}
