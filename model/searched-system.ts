/** The composition as the checker searches it: families of actions as transition groups, invariants as properties. */

import type { Field, System as SearchedSystem } from './checker/system.ts';
import type { Invariant } from './invariants.ts';
import { systemViewer } from './invariants.ts';
import { overlaid } from './state-overlay.ts';
import type { System, SystemAction } from './system.ts';
import { Draft } from './system-draft.ts';

const BITS = 24;

export function searched(
  system: System,
  invariants: readonly Invariant[],
): SearchedSystem<SystemAction> {
  const { tables, layout, families } = system;
  const view = systemViewer(system);
  const fields = Array.from({ length: layout.size }, (_, component): Field => ({
    name: `component ${component}`,
    bits: BITS,
  }));
  return {
    name: 'Kafka transactions',
    fields,
    initialStates: [system.initialState()],
    groups: families.map(({ name, enabled }) => ({
      name,
      outcomes: (read) =>
        enabled(overlaid(read).state).map((action) => {
          const after = overlaid(read);
          system.perform(new Draft(tables, layout, after.state), action);
          return { action, writes: [...after.writes] };
        }),
    })),
    properties: invariants.map(({ name, holds }) => ({
      name,
      kind: 'always',
      holds: (read) => holds(view(overlaid(read).state)),
    })),
    isQuiescent: () => true,
  };
}
