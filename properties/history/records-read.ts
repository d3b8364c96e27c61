/**
 * Every record that a poll returned, in one table: a row each, in the order in which the polls returned. There are more of
 * them than of anything else in a history, so a row is twelve bytes: the offset, and the number of the send.
 */

import { NumberColumn } from './number-column.ts';
import type { RecordRead, Send } from './operations.ts';

/** What no send of the history, but for probes, had written by then. */
const NOT_SENT = -1;

export class RecordsRead {
  readonly #sends: readonly Send[];
  readonly #sendByValue: ReadonlyMap<string, Send>;
  readonly #offsets = new NumberColumn('float64');
  readonly #ordinals = new NumberColumn('int32');
  /** By row, the values of what was not sent. */
  readonly #others = new Map<number, string | null>();

  /** Both grow as the history does. */
  constructor(sends: readonly Send[], sendByValue: ReadonlyMap<string, Send>) {
    this.#sends = sends;
    this.#sendByValue = sendByValue;
  }

  /** Rows so far. */
  get length(): number {
    return this.#offsets.length;
  }

  add({ offset, value }: RecordRead): void {
    const ordinal = value === null ? NOT_SENT : (this.#sendByValue.get(value)?.ordinal ?? NOT_SENT);
    if (ordinal === NOT_SENT) this.#others.set(this.length, value);
    this.#offsets.push(offset);
    this.#ordinals.push(ordinal);
  }

  offsetAt(row: number): number {
    return this.#offsets.at(row);
  }

  /** The ordinal of its send; -1: see `sendAt`. */
  ordinalAt(row: number): number {
    return this.#ordinals.at(row);
  }

  valueAt(row: number): string | null {
    const ordinal = this.#ordinals.at(row);
    return ordinal === NOT_SENT
      ? (this.#others.get(row) ?? null)
      : this.#sends[ordinal]!.invocation.value;
  }

  /** Its send, which may have come later, or from a probe; undefined: nobody sent it. */
  sendAt(row: number): Send | undefined {
    const ordinal = this.#ordinals.at(row);
    if (ordinal !== NOT_SENT) return this.#sends[ordinal];
    const value = this.#others.get(row) ?? null;
    return value === null ? undefined : this.#sendByValue.get(value);
  }
}
