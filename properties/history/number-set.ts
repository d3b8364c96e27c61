/** A set of numbers that come one after the other, mostly: it keeps the runs they make and what lies outside of them. */

interface Run {
  readonly first: number;
  /** Behind its last number. */
  next: number;
}

/** Several recorders, each with numbers of its own, make as many runs. They are searched one by one. */
const RUNS_MAX = 32;

export class NumberSet {
  readonly #runs: Run[] = [];
  readonly #outside = new Set<number>();

  has(number: number): boolean {
    for (const { first, next } of this.#runs) if (number >= first && number < next) return true;
    return this.#outside.has(number);
  }

  /** Of a number that is not there. */
  add(number: number): void {
    for (const run of this.#runs) {
      if (number !== run.next) continue;
      run.next += 1;
      this.#goOn(run);
      return;
    }
    if (this.#runs.length < RUNS_MAX) {
      const run = { first: number, next: number + 1 };
      this.#runs.push(run);
      this.#goOn(run);
    } else this.#outside.add(number);
  }

  /** Takes in what a run has come to. */
  #goOn(run: Run): void {
    if (this.#outside.size > 0) while (this.#outside.delete(run.next)) run.next += 1;
    if (this.#runs.length === 1) return;
    const index = this.#runs.findIndex(({ first }) => first === run.next);
    if (index === -1) return;
    run.next = this.#runs[index]!.next;
    this.#runs.splice(index, 1);
    this.#goOn(run);
  }
}
