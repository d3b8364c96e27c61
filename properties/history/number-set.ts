/** A set of numbers that come one after the other, mostly: it keeps the run they make and what lies outside of it. */

export class NumberSet {
  readonly #outside = new Set<number>();
  /** The run: from the first number added to before `#next`. */
  #first = 0;
  #next = 0;

  has(number: number): boolean {
    return (number >= this.#first && number < this.#next) || this.#outside.has(number);
  }

  add(number: number): void {
    if (this.#first === this.#next) {
      this.#first = number;
      this.#next = number;
    }
    if (number !== this.#next) {
      this.#outside.add(number);
      return;
    }
    this.#next += 1;
    if (this.#outside.size === 0) return;
    while (this.#outside.delete(this.#next)) this.#next += 1;
  }
}
