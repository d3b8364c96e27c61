/**
 * Compares a transition table with an XState actor, event by event: same state, same context, same outputs with the
 * same params in the same order. The table is only trusted because this holds for every machine.
 */

import type { AnyStateMachine, EventFromLogic } from 'xstate';
import { createActor } from 'xstate';
import type { EmittedAction, StateId } from './transition-table.ts';
import { TransitionTable } from './transition-table.ts';

interface Step {
  readonly value: unknown;
  readonly context: unknown;
  readonly actions: readonly EmittedAction[];
}

/** Both walks of `events` from the initial state, one step an event; a test expects the two to be equal. */
export function walkTableAndActor<Machine extends AnyStateMachine>(
  machine: Machine,
  events: readonly EventFromLogic<Machine>[],
  table: TransitionTable<Machine> = new TransitionTable(machine),
): { readonly table: readonly Step[]; readonly actor: readonly Step[] } {
  return { table: walkTable(table, events), actor: walkActor(machine, events) };
}

function walkTable<Machine extends AnyStateMachine>(
  table: TransitionTable<Machine>,
  events: readonly EventFromLogic<Machine>[],
): readonly Step[] {
  let state: StateId = table.initial;
  return events.map((event) => {
    const { next, actions } = table.step(state, table.eventIdOf(event));
    state = next;
    return { ...table.stateOf(state), actions };
  });
}

function walkActor<Machine extends AnyStateMachine>(
  machine: Machine,
  events: readonly EventFromLogic<Machine>[],
): readonly Step[] {
  let actions: EmittedAction[] = [];
  const outputs = Object.entries(machine.implementations.actions)
    .filter(([, implementation]) => !('type' in (implementation as object)))
    .map(([type]) => [
      type,
      (_: unknown, params: unknown): void => void actions.push({ type, params }),
    ]);
  const actor = createActor(machine.provide({ actions: Object.fromEntries(outputs) as never }));
  actor.start();
  return events.map((event) => {
    actions = [];
    actor.send(event as never);
    const { value, context } = actor.getSnapshot() as { value: unknown; context: unknown };
    return { value, context, actions };
  });
}
