/** Small systems drawn at random, and their reachable states by brute force: what a search is compared with. */

import fc from 'fast-check';
import type { FieldIndex, Outcome, System, TransitionGroup } from './system.ts';

const BITS = 2;
const VALUES = 2 ** BITS;

interface DrawnGroup {
  readonly reads: readonly FieldIndex[];
  /** By what is read, as digits to the base of `VALUES`; the outcomes' writes. */
  readonly rows: readonly (readonly Outcome<string>['writes'][])[];
}

/** `isQuiescent` of all states. */
export function randomSystem(): fc.Arbitrary<System> {
  return fc.integer({ min: 1, max: 5 }).chain((fields) => {
    const field = fc.nat({ max: fields - 1 });
    const value = fc.nat({ max: VALUES - 1 });
    const writes = fc.array(fc.tuple(field, value), { minLength: 1, maxLength: 2 });
    const group = fc.uniqueArray(field, { minLength: 1, maxLength: 2 }).chain((reads) => {
      const rows = VALUES ** reads.length;
      const row = fc.array(writes, { maxLength: 2 });
      return fc.record({
        reads: fc.constant(reads),
        rows: fc.array(row, { minLength: rows, maxLength: rows }),
      });
    });
    return fc
      .array(group, { minLength: 1, maxLength: 4 })
      .map((groups) => systemOf(fields, groups));
  });
}

function systemOf(fields: number, groups: readonly DrawnGroup[]): System {
  return {
    name: 'random',
    fields: Array.from({ length: fields }, (_, field) => ({ name: `f${field}`, bits: BITS })),
    initialStates: [Array.from({ length: fields }, () => 0)],
    groups: groups.map(groupOf),
    properties: [],
    isQuiescent: () => true,
  };
}

function groupOf({ reads, rows }: DrawnGroup, group: number): TransitionGroup<string> {
  return {
    name: `g${group}`,
    outcomes: (read) => {
      const row = reads.reduce((digits, field) => digits * VALUES + read(field), 0);
      return rows[row]!.map((writes, number) => ({ action: `g${group}.${row}.${number}`, writes }));
    },
  };
}

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
