/**
 * A plain breadth-first search of the composition, for the smallest scopes: shortest traces, exact counts. It is also
 * the oracle that a faster search is compared with.
 */

import type { Invariant, SystemView } from './invariants.ts';
import { systemViewer } from './invariants.ts';
import type { System, SystemAction } from './system.ts';
import type { SystemState } from './system-state.ts';

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  /** The first invariant found broken, by a shortest trace; `actions` leads from the initial state to it. */
  readonly violation: {
    readonly invariant: string;
    readonly actions: readonly SystemAction[];
  } | null;
}

interface Found {
  readonly state: SystemState;
  readonly depth: number;
  readonly parent: number;
  readonly action: SystemAction | null;
}

/** Visits every reachable state until an invariant is broken, or `maxStates` were seen (then it throws). */
export function explore(
  system: System,
  invariants: readonly Invariant[],
  maxStates = 2_000_000,
): Exploration {
  const view = systemViewer(system);
  const found: Found[] = [];
  const seen = new Set<string>();
  let transitions = 0;
  const visit = (state: SystemState, parent: number, action: SystemAction | null) => {
    const key = state.join();
    if (seen.has(key)) return;
    seen.add(key);
    found.push({ state, depth: parent < 0 ? 0 : found[parent]!.depth + 1, parent, action });
  };
  visit(system.initialState(), -1, null);
  for (let index = 0; index < found.length; index += 1) {
    if (found.length > maxStates) throw new RangeError(`more than ${maxStates} states`);
    const { state } = found[index]!;
    const broken = firstBroken(invariants, view(state));
    if (broken !== null) {
      const violation = { invariant: broken, actions: actionsTo(found, index) };
      return { states: found.length, transitions, depth: found[index]!.depth, violation };
    }
    for (const action of system.enabledActions(state)) {
      transitions += 1;
      visit(system.step(state, action), index, action);
    }
  }
  return { states: found.length, transitions, depth: found.at(-1)!.depth, violation: null };
}

function firstBroken(invariants: readonly Invariant[], view: SystemView): string | null {
  return invariants.find((invariant) => !invariant.holds(view))?.name ?? null;
}

function actionsTo(found: readonly Found[], index: number): readonly SystemAction[] {
  const actions: SystemAction[] = [];
  for (let at = index; found[at]!.action !== null; at = found[at]!.parent) {
    actions.unshift(found[at]!.action!);
  }
  return actions;
}
