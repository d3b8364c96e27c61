/**
 * States that were found, numbered in that order, each once. Exact: every word of a state is compared. An index of open
 * addressing points into chunks that never move.
 */

const CHUNK_BITS = 16;
const CHUNK = 1 << CHUNK_BITS;
const FIRST_SLOTS = 1 << 12;
/** Of the slots in use, at most. */
const LOAD_MAX = 0.6;

export class StateStore {
  readonly #words: number;
  readonly #chunks: Int32Array[] = [];
  /** Of each slot: the number of a state, plus 1; 0: none. */
  #slots = new Int32Array(FIRST_SLOTS);
  #mask = FIRST_SLOTS - 1;
  #growAt = Math.floor(FIRST_SLOTS * LOAD_MAX);
  #size = 0;

  /** `words`: of a state. */
  constructor(words: number) {
    this.#words = words;
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return 4 * (this.#slots.length + this.#chunks.length * CHUNK * this.#words);
  }

  /** The chunk in which a state lies. */
  chunkOf(state: number): Int32Array {
    return this.#chunks[state >>> CHUNK_BITS]!;
  }

  /** Where it begins in its chunk. */
  placeOf(state: number): number {
    return (state & (CHUNK - 1)) * this.#words;
  }

  has(state: Int32Array): boolean {
    return this.#slots[this.#slotOf(state)] !== 0;
  }

  /** Whether it is new. A state that is new has the number that `size` was. */
  add(state: Int32Array): boolean {
    const slot = this.#slotOf(state);
    if (this.#slots[slot] !== 0) return false;
    const words = this.#words;
    const number = this.#size;
    if ((number & (CHUNK - 1)) === 0) this.#chunks.push(new Int32Array(CHUNK * words));
    const chunk = this.#chunks[number >>> CHUNK_BITS]!;
    const at = (number & (CHUNK - 1)) * words;
    for (let word = 0; word < words; word += 1) chunk[at + word] = state[word]!;
    this.#slots[slot] = number + 1;
    this.#size += 1;
    if (this.#size > this.#growAt) this.#grow();
    return true;
  }

  /** That of a state, or the free one in which it belongs. */
  #slotOf(state: Int32Array): number {
    const words = this.#words;
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = hashOf(state, words, 0) & mask;
    for (;;) {
      const known = slots[slot]! - 1;
      if (known === -1) return slot;
      const chunk = this.#chunks[known >>> CHUNK_BITS]!;
      const at = (known & (CHUNK - 1)) * words;
      let word = 0;
      while (word < words && chunk[at + word] === state[word]) word += 1;
      if (word === words) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let state = 0; state < this.#size; state += 1) {
      let slot = hashOf(this.chunkOf(state), this.#words, this.placeOf(state)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = state + 1;
    }
    this.#slots = slots;
    this.#mask = mask;
    this.#growAt = Math.floor(slots.length * LOAD_MAX);
  }
}

/** MurmurHash3's mixing, word by word. */
function hashOf(state: Int32Array, words: number, at: number): number {
  let hash = 0x9747b28c | 0;
  for (let word = 0; word < words; word += 1) {
    let mixed = Math.imul(state[at + word]!, 0xcc9e2d51);
    mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
    hash ^= mixed;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
