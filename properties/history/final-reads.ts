/** What readers saw after quiescence: the last word of a history on each partition. */

import type { Offset } from '../../protocol/ids.ts';
import type { Poll } from './operations.ts';
import type { RecordsRead } from './records-read.ts';

/** The final reads of one partition at one isolation level, taken together. */
export class FinalRead {
  readonly partition: string;
  readonly #polls: Poll[];
  readonly #records: RecordsRead;

  constructor(first: Poll, records: RecordsRead) {
    this.partition = first.invocation.partition;
    this.#polls = [first];
    this.#records = records;
  }

  /** Takes the next one. */
  extend(poll: Poll): void {
    this.#polls.push(poll);
  }

  /** The last of them, which reached the end. */
  get poll(): Poll {
    return this.#polls.at(-1)!;
  }

  /** Rows of the records that were returned, as `RecordsRead` counts them. */
  *rows(): Generator<number> {
    for (const { firstRow, endRow } of this.#polls) {
      for (let row = firstRow; row < endRow; row += 1) yield row;
    }
  }

  /** How many offsets were returned; what is returned twice counts once where the reads are in order. */
  get length(): number {
    let length = 0;
    let last = -1;
    for (const row of this.rows()) {
      const offset = this.#records.offsetAt(row);
      if (offset !== last) length += 1;
      last = offset;
    }
    return length;
  }

  /** The value at an offset; undefined: it was not returned. */
  valueAt(offset: Offset): string | null | undefined {
    for (const row of this.rows()) {
      if (this.#records.offsetAt(row) === offset) return this.#records.valueAt(row);
    }
    return undefined;
  }

  /** Where a value stood; of a value that stood twice, the first. */
  offsetOf(value: string): Offset | undefined {
    for (const row of this.rows()) {
      if (this.#records.valueAt(row) === value) return this.#records.offsetAt(row);
    }
    return undefined;
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
}

export interface FinalReads {
  /** By partition, in order of the first final read. */
  readonly committed: ReadonlyMap<string, FinalRead>;
  readonly uncommitted: ReadonlyMap<string, FinalRead>;
}

/** By partition, of the polls of one isolation level. */
export function finalReads(
  polls: readonly Poll[],
  records: RecordsRead,
): ReadonlyMap<string, FinalRead> {
  const reads = new Map<string, FinalRead>();
  for (const poll of polls) {
    if (!poll.invocation.final) continue;
    const { partition } = poll.invocation;
    const read = reads.get(partition);
    if (read === undefined) reads.set(partition, new FinalRead(poll, records));
    else read.extend(poll);
  }
  return reads;
}
