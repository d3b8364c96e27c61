/** What readers saw after quiescence: the last word of a history on each partition. */

import type { Offset } from '../../protocol/ids.ts';
import type { AnsweredPoll, Poll, RecordRead } from './operations.ts';
import type { RecordsRead } from './records-read.ts';

/** What the last final read of a partition said, at one isolation level. */
export class FinalEnd<Last extends AnsweredPoll = AnsweredPoll> {
  readonly partition: string;
  #poll: Last;

  constructor(first: Last) {
    this.partition = first.invocation.partition;
    this.#poll = first;
  }

  /** Goes on to the next one. */
  moveTo(poll: Last): void {
    this.#poll = poll;
  }

  /** The last of them, which reached the end. */
  get poll(): Last {
    return this.#poll;
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

/** The final reads of every partition, without what they returned. */
export class FinalEnds {
  readonly committed = new Map<string, CountedEnd>();
  readonly uncommitted = new Map<string, CountedEnd>();

  /** Takes the next poll. */
  add(poll: AnsweredPoll, records: readonly RecordRead[]): void {
    const { final, isolation, partition } = poll.invocation;
    if (!final) return;
    const ends = isolation === 'read_committed' ? this.committed : this.uncommitted;
    let end = ends.get(partition);
    if (end === undefined) ends.set(partition, (end = new CountedEnd(poll)));
    else end.moveTo(poll);
    end.count(records);
  }
}

class CountedEnd extends FinalEnd {
  #returned = 0;
  #last = -1;

  /** How many offsets were returned; what is returned twice counts once where the reads are in order. */
  get returned(): number {
    return this.#returned;
  }

  count(records: readonly RecordRead[]): void {
    for (const { offset } of records) {
      if (offset !== this.#last) this.#returned += 1;
      this.#last = offset;
    }
  }
}

/** The final reads of one partition at one isolation level, taken together. */
export class FinalRead extends FinalEnd<Poll> {
  readonly #polls: Poll[];
  readonly #records: RecordsRead;

  constructor(first: Poll, records: RecordsRead) {
    super(first);
    this.#polls = [first];
    this.#records = records;
  }

  /** Takes the next one. */
  extend(poll: Poll): void {
    this.moveTo(poll);
    this.#polls.push(poll);
  }

  /** Rows of the records that were returned, as `RecordsRead` counts them. */
  *rows(): Generator<number> {
    for (const { firstRow, endRow } of this.#polls) {
      for (let row = firstRow; row < endRow; row += 1) yield row;
    }
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
