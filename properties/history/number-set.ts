/** A set of numbers that come one after the other, mostly: it keeps the runs they make and what lies outside of them. */

interface Run {
  readonly first: number;
  /** Behind its last number. */
  next: number;
}

/** Several recorders, each with numbers of its own, make as many runs. They are searched one by one. */
const RUNS_MAX = 32;
/** With so many runs, a run goes on over as many numbers that are left out. */
const GAP_MAX = 64;

export class NumberSet {
  readonly #runs: Run[] = [];
  readonly #outside = new Set<number>();
  /** Numbers within runs that are not there. */
  readonly #leftOut = new Set<number>();

  has(number: number): boolean {
    for (const { first, next } of this.#runs) {
      if (number >= first && number < next) return !this.#leftOut.has(number);
    }
    return this.#outside.has(number);
  }

  /** How many runs and single numbers stand for them all. */
  get kept(): number {
    return this.#runs.length + this.#outside.size + this.#leftOut.size;
  }

  /** Of a number that is not there. */
  add(number: number): void {
    if (this.#leftOut.delete(number)) return;
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
    } else if (!this.#leap(number)) this.#outside.add(number);
  }

  /** Lets a run go on over a gap before a number; false: it is behind none. */
  #leap(number: number): boolean {
    const run = this.#runs.find(({ next }) => number > next && number - next <= GAP_MAX);
    if (run === undefined) return false;
    while (run.next < number) {
      this.#leftOut.add(run.next);
      run.next += 1;
      this.#goOn(run);
    }
    run.next += 1;
    this.#goOn(run);
    return true;
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
