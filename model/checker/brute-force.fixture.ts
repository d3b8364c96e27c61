/** The reachable states of a small system without tables or packing: what a search is compared with. */

import type { System, TransitionGroup } from './system.ts';

export interface BruteForce {
  /** By state, as text: the level in which it is found first, from 1. */
  readonly levels: ReadonlyMap<string, number>;
  readonly generated: number;
}

/** Level by level, over whole states, without tables or packing. */
export function bruteForce({ initialStates, groups }: System): BruteForce {
  const levels = new Map<string, number>();
  let generated = 0;
  let level = 0;
  let frontier: readonly (readonly number[])[] = initialStates;
  while (frontier.length > 0) {
    level += 1;
    generated += frontier.length;
    const fresh = frontier.filter((state) => {
      const isNew = !levels.has(state.join());
      if (isNew) levels.set(state.join(), level);
      return isNew;
    });
    frontier = fresh.flatMap((state) => successorsOf(state, groups));
  }
  return { levels, generated };
}

export function successorsOf(
  state: readonly number[],
  groups: readonly TransitionGroup<string>[],
): readonly (readonly number[])[] {
  return groups.flatMap(({ outcomes }) =>
    outcomes((field) => state[field]!).map(({ writes }) => {
      const next = [...state];
      for (const [field, value] of writes) next[field] = value;
      return next;
    }),
  );
}
