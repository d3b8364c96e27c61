import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { twoPhaseCommit } from '../../examples/two-phase-commit.ts';
import { compose } from './composition.ts';
import { FieldOverflowError, ImpureRuleError } from './errors.ts';
import { bruteForce, randomSystem, successorsOf } from './random-system.fixture.ts';
import { Search } from './search.ts';
import type { System } from './system.ts';

describe('two-phase commit', () => {
  test.each([
    { resources: 3, distinct: 288, generated: 1_146, depth: 11 },
    { resources: 5, distinct: 8_832, generated: 58_146, depth: 17 },
    { resources: 7, distinct: 296_448, generated: 2_744_706, depth: 23 },
  ])('with $resources resource managers has its golden counts', ({ resources, ...counts }) => {
    const result = new Search(compose(twoPhaseCommit(resources))).run();
    expect(result).toMatchObject({ verdict: 'holds', reasons: [], ...counts });
    expect(result.properties.map(({ name, status }) => [name, status])).toEqual([
      ['Consistent', 'holds'],
      ['AllCommitted', 'reached'],
    ]);
  });
});

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
    [{ maxStates: 3 }, '3 states were found, and more would be'],
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
