/**
 * Reads JSON's tokens out of bytes without a copy. It understands the plain cases only: ASCII strings
 * without escapes, integers of up to 15 digits. `false` means "not plain", and the line takes the slow path.
 */

import { StringTable } from './string-table.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TILDE = 0x7e;
const COLON = 0x3a;
const MINUS = 0x2d;
const ZERO = 0x30;
/** Every integer of so many digits is exact. */
const DIGITS_MAX = 15;

export class ByteCursor {
  readonly #table = new StringTable();
  readonly #strings = this.#table.strings;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  /** The last number read. */
  number = 0;
  /** Which string was read last; the first known ones are numbered in their order. */
  id = 0;

  /** By number of a known string: how it reads as a name in an object. */
  readonly #names: readonly Buffer[];
  /** By number of a known string: the name that followed it last, from one line to the next mostly the same. */
  readonly #followers: Int32Array;

  /** `known`: names of fields. */
  constructor(known: readonly string[]) {
    this.#names = known.map((text) => Buffer.from(`"${text}":`));
    this.#followers = new Int32Array(known.length + 1);
    for (const name of this.#names) {
      this.start(name, 0, name.length);
      this.string();
    }
    this.#table.pin();
  }

  /** The last string read. */
  get text(): string {
    return this.#strings[this.id]!;
  }

  start(bytes: Buffer, from: number, to: number): void {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
  }

  /** Where the next byte stands. */
  get position(): number {
    return this.#at;
  }

  /** Takes a field's name and the colon; returns the name's number, or -1. `previous`: of the name before, or -1. */
  name(previous: number): number {
    const expected = this.#followers[previous + 1]!;
    if (this.#isNext(this.#names[expected]!)) return expected;
    if (!this.string() || !this.take(COLON) || this.id >= this.#names.length) return -1;
    this.#followers[previous + 1] = this.id;
    return this.id;
  }

  /** Takes this field's name and the colon, if they come next. */
  isName(name: number): boolean {
    if (this.#isNext(this.#names[name]!)) return true;
    return this.string() && this.id === name && this.take(COLON);
  }

  #isNext(name: Buffer): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    if (start + name.length > this.#end) return false;
    for (let index = 0; index < name.length; index += 1) {
      if (bytes[start + index] !== name[index]) return false;
    }
    this.#at = start + name.length;
    return true;
  }

  /** The next byte that is no space; -1 at the end. */
  peek(): number {
    this.#skipSpaces();
    return this.#at < this.#end ? this.#bytes[this.#at]! : -1;
  }

  /** Takes one byte, if it is that one. */
  take(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.#at += 1;
    return true;
  }

  /** Takes these letters, if they come next. */
  word(letters: string): boolean {
    this.#skipSpaces();
    const bytes = this.#bytes;
    const start = this.#at;
    if (start + letters.length > this.#end) return false;
    for (let index = 0; index < letters.length; index += 1) {
      if (bytes[start + index] !== letters.charCodeAt(index)) return false;
    }
    this.#at = start + letters.length;
    return true;
  }

  /** Into `text` and `id`. */
  string(): boolean {
    if (!this.take(QUOTE)) return false;
    const bytes = this.#bytes;
    const start = this.#at;
    const end = this.#end;
    let hash = 0x811c9dc5 | 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.id = this.#table.intern(bytes, start, at, hash ^ (hash >>> 15));
        this.#at = at + 1;
        return true;
      }
      if (byte < SPACE || byte > TILDE || byte === BACKSLASH) return false;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    return false;
  }

  /** Into `number`. */
  integer(): boolean {
    const isNegative = this.take(MINUS);
    const bytes = this.#bytes;
    const start = this.#at;
    let value = 0;
    let at = start;
    for (; at < this.#end; at += 1) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const digits = at - start;
    if (digits === 0 || digits > DIGITS_MAX) return false;
    // JSON has no 007, and -0 is another number than 0.
    if (bytes[start] === ZERO && (digits > 1 || isNegative)) return false;
    this.#at = at;
    this.number = isNegative ? -value : value;
    return true;
  }

  #skipSpaces(): void {
    while (this.#at < this.#end && this.#bytes[this.#at] === SPACE) this.#at += 1;
  }
}
