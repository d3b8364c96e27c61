/** The oracle of the transition tables: each local step is asked of XState anew, and a state is its whole snapshot. */

import type { AnyStateMachine } from 'xstate';
import { getInitialSnapshot, transition } from 'xstate';
import type { EmittedAction } from './checker/transition-table.ts';
import type { LocalMachine, MachineCharts, Machines } from './system-tables.ts';

interface Snapshot {
  readonly value: unknown;
  readonly context: unknown;
}

function direct(machine: AnyStateMachine): LocalMachine<unknown, unknown, EmittedAction> {
  const snapshots: Snapshot[] = [];
  const ids = new Map<string, number>();
  const events: unknown[] = [];
  const idOf = (snapshot: Snapshot): number => {
    const key = JSON.stringify([snapshot.value, snapshot.context]);
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, snapshots.length);
    snapshots.push(snapshot);
    return snapshots.length - 1;
  };
  return {
    initial: idOf(getInitialSnapshot(machine) as Snapshot),
    eventIdOf: (event) => events.push(event) - 1,
    eventOf: (event) => events[event],
    stateOf: (state) => snapshots[state]!,
    step: (state, event) => {
      const [next, executable] = transition(
        machine,
        snapshots[state] as never,
        events[event] as never,
      );
      const actions = executable.map(({ type, params }) => ({ type, params }));
      const names: readonly string[] = actions.map(({ type }) => type);
      const outcome = names.includes('unexpected')
        ? 'unexpected'
        : names.includes('ignore')
          ? 'ignored'
          : 'handled';
      return { next: idOf(next as Snapshot), actions, outcome };
    },
  };
}

/** The same machines without tables. */
export function directMachines(charts: MachineCharts): Machines {
  return {
    producer: direct(charts.producer),
    coordinator: direct(charts.coordinator),
    leader: direct(charts.leader),
  } as unknown as Machines;
}
