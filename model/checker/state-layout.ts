/** Where the fields of a state lie in the 32-bit words that it is stored in; none lies across two words. */

import { FieldOverflowError } from './errors.ts';
import type { Field, FieldIndex } from './system.ts';

const WORD_BITS = 32;

/** Fields that a step overwrites, by word. */
export interface Patch {
  readonly words: Int32Array;
  /** Bits that stay. */
  readonly keep: Int32Array;
  readonly set: Int32Array;
}

export class StateLayout {
  readonly fields: readonly Field[];
  /** Words of a state. */
  readonly words: number;
  readonly #wordOf: Int32Array;
  readonly #shiftOf: Int32Array;
  readonly #maskOf: Int32Array;

  constructor(fields: readonly Field[]) {
    this.fields = fields;
    this.#wordOf = new Int32Array(fields.length);
    this.#shiftOf = new Int32Array(fields.length);
    this.#maskOf = Int32Array.from(fields, ({ bits }) => 2 ** bits - 1);
    let word = 0;
    let shift = 0;
    for (const [field, { name, bits }] of fields.entries()) {
      if (!Number.isInteger(bits) || bits < 1 || bits >= WORD_BITS) {
        throw new RangeError(`expected the field ${name} to have from 1 to 31 bits; found ${bits}`);
      }
      if (shift + bits > WORD_BITS) {
        word += 1;
        shift = 0;
      }
      this.#wordOf[field] = word;
      this.#shiftOf[field] = shift;
      shift += bits;
    }
    this.words = word + 1;
  }

  pack(values: ArrayLike<number>): Int32Array {
    const state = new Int32Array(this.words);
    for (let field = 0; field < this.fields.length; field += 1) {
      this.#expectFits(field, values[field]!);
      state[this.#wordOf[field]!]! |= values[field]! << this.#shiftOf[field]!;
    }
    return state;
  }

  /** Of the state that begins at `at`. */
  unpack(state: Int32Array, at: number, values: Int32Array): void {
    const [wordOf, shiftOf, maskOf] = [this.#wordOf, this.#shiftOf, this.#maskOf];
    for (let field = 0; field < values.length; field += 1) {
      values[field] = (state[at + wordOf[field]!]! >>> shiftOf[field]!) & maskOf[field]!;
    }
  }

  patchOf(writes: readonly (readonly [field: FieldIndex, value: number])[]): Patch {
    const keep = new Map<number, number>();
    const set = new Map<number, number>();
    for (const [field, value] of writes) {
      this.#expectFits(field, value);
      const word = this.#wordOf[field]!;
      const shift = this.#shiftOf[field]!;
      const mask = this.#maskOf[field]! << shift;
      keep.set(word, (keep.get(word) ?? -1) & ~mask);
      set.set(word, ((set.get(word) ?? 0) & ~mask) | (value << shift));
    }
    return {
      words: Int32Array.from(keep.keys()),
      keep: Int32Array.from(keep.values()),
      set: Int32Array.from(set.values()),
    };
  }

  #expectFits(field: FieldIndex, value: number): void {
    if (Number.isInteger(value) && value >= 0 && value <= this.#maskOf[field]!) return;
    throw new FieldOverflowError(this.fields[field]!, value);
  }
}
