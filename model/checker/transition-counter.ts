/** Counts how often a chart's transitions are taken by whoever walks a table: one look-up a step. */

import type { AnyStateMachine } from 'xstate';
import type { EmittedAction, EventId, StateId, TableEntry } from './transition-table.ts';
import type { TransitionTable } from './transition-table.ts';

interface Taken {
  readonly state: StateId;
  readonly event: EventId;
  times: number;
}

export class TransitionCounter<Machine extends AnyStateMachine, Action extends EmittedAction> {
  readonly #table: TransitionTable<Machine, Action>;
  readonly #entries = new Map<TableEntry<Action>, Taken>();

  constructor(table: TransitionTable<Machine, Action>) {
    this.#table = table;
  }

  /** `entry` is what the table gave for `event` in `state`. */
  count(state: StateId, event: EventId, entry: TableEntry<Action>): void {
    const known = this.#entries.get(entry);
    if (known === undefined) this.#entries.set(entry, { state, event, times: 1 });
    else known.times += 1;
  }

  /** By number of the transition in the table's chart. */
  totals(): readonly number[] {
    const totals = this.#table.chart.all.map(() => 0);
    for (const { state, event, times } of this.#entries.values()) {
      for (const number of this.#table.transitionsTaken(state, event)) totals[number]! += times;
    }
    return totals;
  }
}
