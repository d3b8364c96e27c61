/**
 * Strings by their bytes: a name or a value that comes up again is the string of the first time, so that it is neither
 * made nor kept twice. Of ASCII only, in which a byte is a character. What comes up again does so soon, mostly: a full
 * table is emptied, or it would grow with what is read.
 */

const EMPTY = -1;
/** One fewer than fills a table of its size. */
const STRINGS_MAX = 2 ** 15 - 1;

export class StringTable {
  /** By number. */
  readonly strings: string[] = [];
  #slots = new Int32Array(1024).fill(EMPTY);
  #hashes = new Int32Array(512);
  #pinned = 0;

  /** What is in it by now keeps its number. */
  pin(): void {
    this.#pinned = this.strings.length;
  }

  /** The number of the string of `bytes` from `start` to `end`; `hash` must be their `hashOf`. */
  intern(bytes: Buffer, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const index = this.#slots[slot]!;
      if (index === EMPTY) {
        const text = bytes.toString('latin1', start, end);
        if (this.strings.length < STRINGS_MAX) return this.#add(text, hash, slot);
        this.#empty();
        return this.#add(text, hash, this.#freeSlot(hash));
      }
      if (this.#hashes[index] === hash) {
        if (equals(this.strings[index]!, bytes, start, end)) return index;
      }
      slot = (slot + 1) & mask;
    }
  }

  #add(text: string, hash: number, slot: number): number {
    const index = this.strings.length;
    this.strings.push(text);
    this.#hashes[index] = hash;
    this.#slots[slot] = index;
    if (index + 1 === this.#hashes.length) this.#grow();
    return index;
  }

  /** At most half of the slots are taken. */
  #grow(): void {
    const hashes = new Int32Array(2 * this.#hashes.length);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#slots = new Int32Array(2 * this.#slots.length);
    this.#fill();
  }

  #empty(): void {
    this.strings.length = this.#pinned;
    this.#fill();
  }

  #fill(): void {
    this.#slots.fill(EMPTY);
    for (let index = 0; index < this.strings.length; index += 1) {
      this.#slots[this.#freeSlot(this.#hashes[index]!)] = index;
    }
  }

  #freeSlot(hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    return slot;
  }
}

function equals(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}
