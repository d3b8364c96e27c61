/** Counts how often a chart's transitions are taken by whoever walks a table: one addition a step. */

import type { AnyStateMachine } from 'xstate';
import type { EmittedAction, TableEntry } from './transition-table.ts';
import type { TransitionTable } from './transition-table.ts';

export class TransitionCounter<Machine extends AnyStateMachine, Action extends EmittedAction> {
  readonly #table: TransitionTable<Machine, Action>;
  /** How often each entry of the table was met, by its number. */
  #times = new Float64Array(1_024);

  constructor(table: TransitionTable<Machine, Action>) {
    this.#table = table;
  }

  /** `number`: of what the table gave for an event in a state. */
  count({ number }: TableEntry<Action>): void {
    if (number >= this.#times.length) this.#growBeyond(number);
    this.#times[number]! += 1;
  }

  /** By number of the transition in the table's chart. */
  totals(): readonly number[] {
    const totals = this.#table.chart.all.map(() => 0);
    for (const [entry, times] of this.#times.entries()) {
      if (times === 0) continue;
      for (const number of this.#table.transitionsTaken(entry)) totals[number]! += times;
    }
    return totals;
  }

  #growBeyond(number: number): void {
    const times = new Float64Array(2 * number);
    times.set(this.#times);
    this.#times = times;
  }
}
