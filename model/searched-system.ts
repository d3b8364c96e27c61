/**
 * The composition as the checker searches it: families of actions as transition groups, invariants as properties. What a
 * scope must reach, so that holding says something, is a property too.
 */

import type { Field, Property, System as SearchedSystem } from './checker/system.ts';
import type { Invariant, SystemView } from './invariants.ts';
import { isPermitted, systemViewer } from './invariants.ts';
import { overlaid } from './state-overlay.ts';
import type { System, SystemAction } from './system.ts';
import { Draft } from './system-draft.ts';

const BITS = 24;

/** What every scope reaches. */
export const REACHED: readonly {
  readonly name: string;
  readonly sentence: string;
  readonly isReached: (view: SystemView) => boolean;
}[] = [
  {
    name: 'CommitIsTold',
    sentence: 'An application is told that a transaction with a record is committed.',
    isReached: ({ told }) =>
      told
        .flat()
        .some(({ outcome, written }) => outcome === 'Committed' && written.some((n) => n > 0)),
  },
  {
    name: 'AbortIsTold',
    sentence: 'An application is told that a transaction is aborted.',
    isReached: ({ told }) => told.flat().some(({ outcome }) => outcome === 'Aborted'),
  },
];

/** An invariant that an anomaly breaks which Kafka permits is expected to fail. */
export function searched(
  system: System,
  invariants: readonly Invariant[],
): SearchedSystem<SystemAction> {
  const { tables, layout, families, scope } = system;
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
    properties: [
      ...invariants.map(({ name, holds, brokenBy = [] }): Property => ({
        name,
        kind: 'always',
        holds: (read) => holds(view(overlaid(read).state)),
        isExpectedToFail: brokenBy.some((anomaly) => isPermitted(anomaly, scope)),
      })),
      ...REACHED.map(({ name, isReached }): Property => ({
        name,
        kind: 'sometimes',
        holds: (read) => isReached(view(overlaid(read).state)),
      })),
    ],
    isQuiescent: () => true,
  };
}
