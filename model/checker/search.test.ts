import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FieldOverflowError, ImpureRuleError } from './errors.ts';
import { bruteForce, successorsOf } from './brute-force.fixture.ts';
import { Search } from './search.ts';
import type { FieldIndex, Outcome, System, TransitionGroup } from './system.ts';

const BITS = 2;
const VALUES = 2 ** BITS;

interface DrawnGroup {
  readonly reads: readonly FieldIndex[];
  /** By what is read, as digits to the base of `VALUES`; the outcomes' writes. */
  readonly rows: readonly (readonly Outcome<string>['writes'][])[];
}

/** Small; every state is quiescent. */
function randomSystem(): fc.Arbitrary<System> {
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

describe('of a random system, the search', () => {
  test('finds the states, the steps and the levels that brute force finds', () => {
    fc.assert(
      fc.property(randomSystem(), (system) => {
        const { levels, generated } = bruteForce(system);
        const depth = Math.max(...levels.values());
        expect(new Search(system).run()).toMatchObject({
          verdict: 'holds',
          distinct: levels.size,
          generated,
          depth,
        });
      }),
      { numRuns: 500 },
    );
  });

  test('reaches every state by a shortest path of real steps', () => {
    fc.assert(
      fc.property(randomSystem(), (system) => {
        for (const [state, level] of bruteForce(system).levels) {
          const { properties } = new Search(avoiding(system, state)).run();
          const [{ status, trace }] = properties as [(typeof properties)[number]];
          expect(status).toBe('violated');
          expect(trace).toHaveLength(level);
          expect(trace![0]!.values).toEqual(system.initialStates[0]);
          expect(trace!.at(-1)!.values.join()).toBe(state);
          for (const [index, { values }] of trace!.slice(1).entries()) {
            expect(successorsOf(trace![index]!.values, system.groups)).toContainEqual(values);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test('finds a deadlock where brute force finds a state without a successor', () => {
    fc.assert(
      fc.property(randomSystem(), (drawn) => {
        const system: System = { ...drawn, isQuiescent: () => false };
        const stuck = [...bruteForce(system).levels.keys()].filter(
          (state) => successorsOf(state.split(',').map(Number), system.groups).length === 0,
        );
        const { verdict, properties } = new Search(system).run();
        expect(verdict).toBe(stuck.length > 0 ? 'violated' : 'holds');
        if (stuck.length > 0) expect(stuck).toContain(properties[0]!.trace!.at(-1)!.values.join());
      }),
      { numRuns: 500 },
    );
  });
});

/** That a state is never reached. */
function avoiding(system: System, state: string): System {
  const { length } = system.fields;
  const holds: System['properties'][number]['holds'] = (read) =>
    Array.from({ length }, (_, field) => read(field)).join() !== state;
  return { ...system, properties: [{ name: 'avoided', kind: 'always', holds }] };
}

/** Counts to `end` in one field of three bits. */
function counter(end: number, more: Partial<System> = {}): System {
  return {
    name: 'counter',
    fields: [{ name: 'count', bits: 3 }],
    initialStates: [[0]],
    groups: [
      {
        name: 'increment',
        outcomes: (read) =>
          read(0) === end ? [] : [{ action: 'increment', writes: [[0, read(0) + 1]] }],
      },
    ],
    properties: [],
    isQuiescent: (read) => read(0) === end,
    ...more,
  };
}

describe('a search', () => {
  test('that saw everything and reached what was to be reached holds', () => {
    const properties = [
      { name: 'two', kind: 'sometimes', holds: (read) => read(0) === 2 },
    ] as const satisfies System['properties'];
    const result = new Search(counter(4, { properties })).run();
    expect(result).toMatchObject({ verdict: 'holds', distinct: 5, generated: 5, depth: 5 });
    expect(result.properties[0]).toMatchObject({ status: 'reached' });
    expect(result.properties[0]!.trace!.map(({ action }) => action)).toEqual([
      null,
      'increment',
      'increment',
    ]);
  });

  test('that reached not all that was to be reached is inconclusive', () => {
    const properties = [
      { name: 'six', kind: 'sometimes', holds: (read) => read(0) === 6 },
    ] as const satisfies System['properties'];
    const result = new Search(counter(4, { properties })).run();
    expect(result).toMatchObject({ verdict: 'inconclusive', reasons: ['six was never reached'] });
    expect(result.properties[0]!.status).toBe('unreached');
  });

  test.each([
    [{ maxStates: 3 }, 'there are more than 3 states'],
    [{ maxDepth: 3 }, 'there are states beyond depth 3'],
  ])('that %o ended is inconclusive', (bounds, reason) => {
    const properties = [
      { name: 'small', kind: 'always', holds: (read) => read(0) < 7 },
    ] as const satisfies System['properties'];
    const result = new Search(counter(5, { properties }), bounds).run();
    expect(result).toMatchObject({ verdict: 'inconclusive', reasons: [reason] });
    expect(result.properties[0]!.status).toBe('undecided');
  });

  test('that a bound did not end is not', () => {
    const bounds = { maxStates: 5, maxDepth: 5 };
    expect(new Search(counter(4), bounds).run().verdict).toBe('holds');
  });

  test('stops at a value that does not fit its field', () => {
    expect(() => new Search(counter(9)).run()).toThrow(FieldOverflowError);
  });

  test('stops at what must never happen, with the step', () => {
    const groups: System['groups'] = [
      {
        name: 'tick',
        outcomes: (read) =>
          read(0) === 2
            ? [{ action: 'explode', writes: [], fault: 'it exploded' }]
            : [{ action: 'tick', writes: [[0, read(0) + 1]] }],
      },
    ];
    const { verdict, reasons, properties } = new Search(counter(4, { groups })).run();
    expect([verdict, reasons]).toEqual(['violated', ['it exploded']]);
    expect(properties.at(-1)!.trace!.map(({ action }) => action)).toEqual([
      null,
      'tick',
      'tick',
      'explode',
    ]);
  });

  test('refuses a rule that is not a function of what it reads', () => {
    let asked = 0;
    const groups: System['groups'] = [
      {
        name: 'fickle',
        outcomes: (read) => {
          asked += 1;
          const value = read(asked % 2);
          return value < 3 ? [{ action: 'go', writes: [[asked % 2, value + 1]] }] : [];
        },
      },
    ];
    const fields = [
      { name: 'a', bits: 3 },
      { name: 'b', bits: 3 },
    ];
    const system = counter(0, { fields, initialStates: [[0, 0]], groups });
    expect(() => new Search(system).run()).toThrow(ImpureRuleError);
  });
});
