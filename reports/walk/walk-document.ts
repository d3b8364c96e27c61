/** What a walk found out, call by call; views are derived from it. */

import type { TraceEvent } from '../evidence/trace.ts';

export interface PartitionView {
  readonly partition: string;
  readonly lastStableOffset: number;
  readonly highWatermark: number;
  /** Values that a reader from the log start is given. */
  readonly readUncommitted: readonly string[];
  readonly readCommitted: readonly string[];
}

export interface WalkCall {
  /** As the application wrote it. */
  readonly call: string;
  readonly untilReturn: readonly TraceEvent[];
  readonly result: string;
  readonly atReturn: readonly PartitionView[];
  /** What the cluster went on to do after the call had returned. */
  readonly afterReturn: readonly TraceEvent[];
  /** Null: nothing happened after the return. */
  readonly whenQuiet: readonly PartitionView[] | null;
}

export interface Walk {
  readonly transactionVersion: number;
  readonly calls: readonly WalkCall[];
}
