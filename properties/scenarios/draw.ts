/** Draws from fast-check's random numbers. */

import type * as fc from 'fast-check';

export class Draw {
  readonly #random: fc.Random;

  constructor(random: fc.Random) {
    this.#random = random;
  }

  /** An integer, both ends included. */
  between(least: number, most: number): number {
    return this.#random.nextInt(least, most);
  }

  /** True with probability `numerator / denominator`. */
  chance(numerator: number, denominator: number): boolean {
    return this.#random.nextInt(1, denominator) <= numerator;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.#random.nextInt(0, items.length - 1)]!;
  }

  weighted<Item>(choices: readonly (readonly [item: Item, weight: number])[]): Item {
    let total = 0;
    for (const [, weight] of choices) total += weight;
    let draw = this.#random.nextInt(1, total);
    return choices.find(([, weight]) => (draw -= weight) <= 0)![0];
  }
}
