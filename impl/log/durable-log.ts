/**
 * A partition's log on one replica that stands for all of them: what was appended, and how far it is flushed.
 * Until replication exists the high watermark is the flushed offset (so "replicated" reads "flushed").
 */

import type { Offset } from '../../protocol/ids.ts';

interface Waiting {
  readonly lastOffset: Offset;
  readonly onReplicated: () => void;
}

export class DurableLog<Entry> {
  readonly #entries: Entry[] = [];
  /** End offset after each entry, so that losing a suffix is exact. */
  readonly #endOffsets: Offset[] = [];
  readonly #onAppended: () => void;
  #flushedEntries = 0;
  #waiting: Waiting[] = [];

  /**
   * `onAppended` tells the owner of the disk that there is something to flush. `before`: what an earlier life has
   * flushed, an offset an entry.
   */
  constructor(onAppended: () => void, before: readonly Entry[] = []) {
    this.#onAppended = onAppended;
    for (const [index, entry] of before.entries()) {
      this.#entries.push(entry);
      this.#endOffsets.push(index + 1);
    }
    this.#flushedEntries = before.length;
  }

  /** All entries, flushed or not, oldest first. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Offset of the next entry. */
  get logEndOffset(): Offset {
    return this.#endOffsets.at(-1) ?? 0;
  }

  /** Everything below it survives a crash and may be read. */
  get highWatermark(): Offset {
    return this.#endOffsets[this.#flushedEntries - 1] ?? 0;
  }

  /** Appends an entry that takes `offsets` offsets; calls back when the high watermark has passed it. */
  append(entry: Entry, offsets: number, onReplicated: () => void): void {
    const lastOffset = this.logEndOffset + offsets - 1;
    this.#entries.push(entry);
    this.#endOffsets.push(lastOffset + 1);
    this.#waiting.push({ lastOffset, onReplicated });
    this.#onAppended();
  }

  /** Calls back once the high watermark has passed `lastOffset`; at once (before returning) if it already has. */
  whenReplicated(lastOffset: Offset, onReplicated: () => void): void {
    if (lastOffset < this.highWatermark) onReplicated();
    else this.#waiting.push({ lastOffset, onReplicated });
  }

  get hasUnflushed(): boolean {
    return this.#flushedEntries < this.#entries.length;
  }

  /** Moves the high watermark to the log end offset and calls back whoever waited, in order. */
  flush(): void {
    this.#flushedEntries = this.#entries.length;
    const due = this.#waiting;
    this.#waiting = [];
    for (const { onReplicated } of due) onReplicated();
  }

  /** The machine stopped: what was not flushed is gone, and so is everybody who waited. */
  loseUnflushed(): void {
    this.#entries.length = this.#flushedEntries;
    this.#endOffsets.length = this.#flushedEntries;
    this.#waiting = [];
  }
}
