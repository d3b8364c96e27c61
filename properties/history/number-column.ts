/** A list of numbers that takes eight bytes for each, or four, and never moves what it holds once it is long. */

const CHUNK_BITS = 15;
const CHUNK = 1 << CHUNK_BITS;
/** A list of a few numbers should cost no more than they do. */
const FIRST = 32;
const GROWTH = 4;

type Numbers = Int32Array | Float64Array;

export class NumberColumn {
  readonly #chunks: Numbers[];
  /** Where the last chunk begins, and what it holds. */
  #last: Numbers;
  #room: number;
  #length = 0;

  /** `int32`: of small integers only. */
  constructor(kind: 'int32' | 'float64') {
    this.#last = kind === 'int32' ? new Int32Array(FIRST) : new Float64Array(FIRST);
    this.#chunks = [this.#last];
    this.#room = FIRST;
  }

  get length(): number {
    return this.#length;
  }

  push(number: number): void {
    if (this.#length === this.#room) this.#grow();
    this.#last[this.#length & (CHUNK - 1)] = number;
    this.#length += 1;
  }

  /** Of an index below the length. */
  at(index: number): number {
    return this.#chunks[index >>> CHUNK_BITS]![index & (CHUNK - 1)]!;
  }

  /** The first chunk grows until it is as long as all others will be. */
  #grow(): void {
    const kind = this.#last instanceof Int32Array ? Int32Array : Float64Array;
    if (this.#room < CHUNK) {
      const grown = new kind(Math.min(GROWTH * this.#room, CHUNK));
      grown.set(this.#last);
      this.#last = grown;
      this.#chunks[0] = grown;
      this.#room = grown.length;
    } else {
      this.#last = new kind(CHUNK);
      this.#chunks.push(this.#last);
      this.#room += CHUNK;
    }
  }
}
