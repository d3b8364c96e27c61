/** Lists of numbers that take four or eight bytes for each once they are long; short ones are cheap to begin. */

const CHUNK_BITS = 12;
const CHUNK = 1 << CHUNK_BITS;

export type NumberKind = 'uint8' | 'int32' | 'float64';
type TypedNumbers = Uint8Array | Int32Array | Float64Array;
/** Making a typed array takes as long as filling a short list. */
export type Numbers = number[] | TypedNumbers;

/** So many zeros, to be overwritten. */
export function zeros(kind: NumberKind, length: number): Numbers {
  if (length >= CHUNK) return typed(kind, length);
  const numbers: number[] = [];
  for (let index = 0; index < length; index += 1) numbers.push(0);
  return numbers;
}

function typed(kind: NumberKind, length: number): TypedNumbers {
  switch (kind) {
    case 'uint8':
      return new Uint8Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'float64':
      return new Float64Array(length);
  }
}

/** A list that grows, and never moves what it holds. */
export class NumberColumn {
  readonly #kind: NumberKind;
  /** The first one is a plain array. */
  readonly #chunks: Numbers[] = [[]];
  #last: Numbers = this.#chunks[0]!;
  #length = 0;

  constructor(kind: NumberKind) {
    this.#kind = kind;
  }

  get length(): number {
    return this.#length;
  }

  push(number: number): void {
    const index = this.#length & (CHUNK - 1);
    if (index === 0 && this.#length > 0) {
      this.#last = typed(this.#kind, CHUNK);
      this.#chunks.push(this.#last);
    }
    this.#last[index] = number;
    this.#length += 1;
  }

  /** Of an index below the length. */
  at(index: number): number {
    return this.#chunks[index >>> CHUNK_BITS]![index & (CHUNK - 1)]!;
  }
}
