/** What readers saw after quiescence: the last word of a history on each partition. */

import type { Offset } from '../../protocol/ids.ts';
import type { Poll } from './operations.ts';

/** The final reads of one partition at one isolation level, taken together. */
export interface FinalRead {
  readonly partition: string;
  /** The last of them, which reached the end. */
  readonly poll: Poll;
  /** Where each value stood; of a value that stood twice, the first. */
  readonly offsets: ReadonlyMap<string, Offset>;
  /** Value of each offset that was returned. */
  readonly values: ReadonlyMap<Offset, string | null>;
  /** Next offset to read; -1: not told. */
  readonly position: Offset;
  /** -1: not told. */
  readonly lastStableOffset: Offset;
  /** -1: not told. */
  readonly highWatermark: Offset;
}

export interface FinalReads {
  /** By partition, in order of the first final read. */
  readonly committed: ReadonlyMap<string, FinalRead>;
  readonly uncommitted: ReadonlyMap<string, FinalRead>;
}

export function finalReads(
  committedPolls: readonly Poll[],
  uncommittedPolls: readonly Poll[],
): FinalReads {
  return { committed: collect(committedPolls), uncommitted: collect(uncommittedPolls) };
}

interface WritableFinalRead extends FinalRead {
  poll: Poll;
  offsets: Map<string, Offset>;
  values: Map<Offset, string | null>;
  position: Offset;
  lastStableOffset: Offset;
  highWatermark: Offset;
}

function collect(polls: readonly Poll[]): ReadonlyMap<string, FinalRead> {
  const reads = new Map<string, WritableFinalRead>();
  for (const poll of polls) {
    if (!poll.invocation.final) continue;
    const { partition } = poll.invocation;
    let read = reads.get(partition);
    if (read === undefined) {
      read = {
        partition,
        poll,
        offsets: new Map(),
        values: new Map(),
        position: -1,
        lastStableOffset: -1,
        highWatermark: -1,
      };
      reads.set(partition, read);
    }
    extend(read, poll);
  }
  return reads;
}

function extend(read: WritableFinalRead, poll: Poll): void {
  const { records, position, lastStableOffset, highWatermark } = poll.completion;
  read.poll = poll;
  read.position = position ?? -1;
  read.lastStableOffset = lastStableOffset ?? -1;
  read.highWatermark = highWatermark ?? -1;
  for (const { offset, value } of records ?? []) {
    read.values.set(offset, value);
    if (value !== null && !read.offsets.has(value)) read.offsets.set(value, offset);
  }
}
