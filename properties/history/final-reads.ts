/** What readers saw after quiescence: the last word of a history on each partition. */

import type { Offset } from '../../protocol/ids.ts';
import type { Poll } from './operations.ts';

/** The final reads of one partition at one isolation level, taken together. */
export class FinalRead {
  readonly partition: string;
  readonly #polls: Poll[];
  #offsets: ReadonlyMap<string, Offset> | null = null;
  #values: ReadonlyMap<Offset, string | null> | null = null;

  constructor(first: Poll) {
    this.partition = first.invocation.partition;
    this.#polls = [first];
  }

  /** Takes the next one. */
  extend(poll: Poll): void {
    this.#polls.push(poll);
  }

  /** The last of them, which reached the end. */
  get poll(): Poll {
    return this.#polls.at(-1)!;
  }

  /** Where each value stood; of a value that stood twice, the first. */
  get offsets(): ReadonlyMap<string, Offset> {
    this.#offsets ??= this.#collectOffsets();
    return this.#offsets;
  }

  /** Value of each offset that was returned. */
  get values(): ReadonlyMap<Offset, string | null> {
    this.#values ??= this.#collectValues();
    return this.#values;
  }

  /** Next offset to read; -1: not told. */
  get position(): Offset {
    return this.poll.completion.position ?? -1;
  }

  /** -1: not told. */
  get lastStableOffset(): Offset {
    return this.poll.completion.lastStableOffset ?? -1;
  }

  /** -1: not told. */
  get highWatermark(): Offset {
    return this.poll.completion.highWatermark ?? -1;
  }

  #collectOffsets(): ReadonlyMap<string, Offset> {
    const offsets = new Map<string, Offset>();
    for (const { completion } of this.#polls) {
      for (const { offset, value } of completion.records ?? []) {
        if (value !== null && !offsets.has(value)) offsets.set(value, offset);
      }
    }
    return offsets;
  }

  #collectValues(): ReadonlyMap<Offset, string | null> {
    const values = new Map<Offset, string | null>();
    for (const { completion } of this.#polls) {
      for (const { offset, value } of completion.records ?? []) values.set(offset, value);
    }
    return values;
  }
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

function collect(polls: readonly Poll[]): ReadonlyMap<string, FinalRead> {
  const reads = new Map<string, FinalRead>();
  for (const poll of polls) {
    if (!poll.invocation.final) continue;
    const { partition } = poll.invocation;
    const read = reads.get(partition);
    if (read === undefined) reads.set(partition, new FinalRead(poll));
    else read.extend(poll);
  }
  return reads;
}
