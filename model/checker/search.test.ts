import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FieldOverflowError, ImpureRuleError } from './errors.ts';
import { bruteForce, successorsOf } from './brute-force.fixture.ts';
import { search } from './search.ts';
import type { FieldIndex, Outcome, System, TransitionGroup } from './system.ts';

/** What a field of so many bits may have in a random system: values that fill it. */
const VALUES: Readonly<Record<number, readonly number[]>> = {
  2: [0, 1, 2, 3],
  16: [0, 1, 0x8000, 0xffff],
  31: [0, 1, 2 ** 30, 2 ** 31 - 1],
};
const BASE = 4;

interface DrawnGroup {
  readonly reads: readonly FieldIndex[];
  /** By what is read, as digits; the outcomes' writes, of digits. */
  readonly rows: readonly (readonly Outcome<string>['writes'][])[];
}

/** Small; every state is quiescent. Its states take up to five words. */
function randomSystem(): fc.Arbitrary<System> {
  const bits = fc.array(fc.constantFrom(2, 16, 31), { minLength: 1, maxLength: 5 });
  return bits.chain((widths) => {
    const field = fc.nat({ max: widths.length - 1 });
    const digit = fc.nat({ max: BASE - 1 });
    const writes = fc.array(fc.tuple(field, digit), { minLength: 1, maxLength: 2 });
    const group = fc.uniqueArray(field, { minLength: 1, maxLength: 2 }).chain((reads) => {
      const rows = BASE ** reads.length;
      const row = fc.array(writes, { maxLength: 2 });
      return fc.record({
        reads: fc.constant(reads),
        rows: fc.array(row, { minLength: rows, maxLength: rows }),
      });
    });
    const initial = fc.array(digit, { minLength: widths.length, maxLength: widths.length });
    return fc
      .tuple(
        fc.array(group, { minLength: 1, maxLength: 4 }),
        fc.array(initial, { minLength: 1, maxLength: 3 }),
      )
      .map(([groups, initials]) => systemOf(widths, groups, initials));
  });
}

function systemOf(
  widths: readonly number[],
  groups: readonly DrawnGroup[],
  initials: readonly (readonly number[])[],
): System {
  const valueOf = (field: FieldIndex, digit: number): number => VALUES[widths[field]!]![digit]!;
  const groupOf = ({ reads, rows }: DrawnGroup, group: number): TransitionGroup<string> => ({
    name: `g${group}`,
    outcomes: (read) => {
      const digitOf = (field: FieldIndex): number => VALUES[widths[field]!]!.indexOf(read(field));
      const row = reads.reduce((digits, field) => digits * BASE + digitOf(field), 0);
      return rows[row]!.map((writes, number) => ({
        action: `g${group}.${row}.${number}`,
        writes: writes.map(([field, digit]) => [field, valueOf(field, digit)] as const),
      }));
    },
  });
  return {
    name: 'random',
    fields: widths.map((bits, field) => ({ name: `f${field}`, bits })),
    initialStates: initials.map((digits) => digits.map((digit, field) => valueOf(field, digit))),
    groups: groups.map(groupOf),
    properties: [],
    isQuiescent: () => true,
  };
}

describe('of a random system, the search', () => {
  test('finds the states, the steps and the levels that brute force finds', () => {
    fc.assert(
      fc.property(randomSystem(), (system) => {
        const { levels, generated } = bruteForce(system);
        const depth = Math.max(...levels.values());
        expect(search(system)).toMatchObject({
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
          const { properties } = search(avoiding(system, state));
          const [{ status, trace }] = properties as [(typeof properties)[number]];
          expect(status).toBe('violated');
          expect(trace).toHaveLength(level);
          expect(system.initialStates).toContainEqual(trace![0]!.values);
          expect(trace!.at(-1)!.values.join()).toBe(state);
          for (const [index, { action, values }] of trace!.slice(1).entries()) {
            const before = trace![index]!.values;
            const byAction = system.groups.filter(({ name }) => action!.startsWith(`${name}.`));
            expect(successorsOf(before, byAction)).toContainEqual(values);
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
        const { verdict, properties } = search(system);
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

test('finds every state where the index and the list of parents have to grow', () => {
  const fields = ['a', 'b', 'c'].map((name) => ({ name, bits: 5 }));
  const groups = fields.map(({ name }, field): TransitionGroup<string> => ({
    name,
    outcomes: (read) => [{ action: name, writes: [[field, (read(field) + 1) % 32]] }],
  }));
  const system = counter(0, { fields, groups, initialStates: [[0, 0, 0]] });
  expect(search(system)).toMatchObject({
    distinct: 32 ** 3,
    generated: 1 + 3 * 32 ** 3,
    depth: 94,
  });
});

describe('a search', () => {
  test('that saw everything and reached what was to be reached holds', () => {
    const properties = [
      { name: 'two', kind: 'sometimes', holds: (read) => read(0) === 2 },
    ] as const satisfies System['properties'];
    const result = search(counter(4, { properties }));
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
    const result = search(counter(4, { properties }));
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
    const result = search(counter(5, { properties }), bounds);
    expect(result).toMatchObject({ verdict: 'inconclusive', reasons: [reason] });
    expect(result.properties[0]!.status).toBe('undecided');
  });

  test('that a bound did not end is not', () => {
    const bounds = { maxStates: 5, maxDepth: 5 };
    expect(search(counter(4), bounds).verdict).toBe('holds');
  });

  test('stops at a value that does not fit its field', () => {
    expect(() => search(counter(9))).toThrow(FieldOverflowError);
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
    const { verdict, reasons, properties } = search(counter(4, { groups }));
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
    expect(() => search(system)).toThrow(ImpureRuleError);
  });

  test('names the step that was taken, and not one that was cut', () => {
    const groups: System['groups'] = [
      {
        name: 'fork',
        outcomes: (read) =>
          read(0) === 0
            ? [
                { action: 'send', writes: [[0, 1]], cut: 'the inbox is full' },
                { action: 'wait', writes: [[0, 1]] },
              ]
            : [],
      },
    ];
    const properties = [
      { name: 'one', kind: 'sometimes', holds: (read) => read(0) === 1 },
    ] as const satisfies System['properties'];
    const result = search(counter(1, { groups, properties }));
    expect(result.reasons).toEqual(['steps were not taken: the inbox is full']);
    expect(result.properties[0]!.trace!.map(({ action }) => action)).toEqual([null, 'wait']);
    expect(result.properties[0]!.trace!.at(-1)!.state).toEqual(['count: 1']);
  });

  test('prefers a broken property to a fault that is a step further', () => {
    const groups: System['groups'] = [
      {
        name: 'both',
        outcomes: (read) => {
          if (read(0) === 1) return [{ action: 'explode', writes: [], fault: 'it exploded' }];
          return read(0) === 0
            ? [1, 2].map((value) => ({ action: `to ${value}`, writes: [[0, value]] as const }))
            : [];
        },
      },
    ];
    const properties = [
      { name: 'below two', kind: 'always', holds: (read) => read(0) < 2 },
    ] as const satisfies System['properties'];
    const { reasons, properties: results } = search(counter(2, { groups, properties }));
    expect(reasons).toEqual(['below two does not hold']);
    expect(results).toHaveLength(1);
    expect(search(counter(2, { groups })).reasons).toEqual(['it exploded']);
  });

  test('goes on where a property may be broken', () => {
    const properties = [
      { name: 'small', kind: 'always', holds: (read) => read(0) < 2, isExpectedToFail: true },
    ] as const satisfies System['properties'];
    const result = search(counter(4, { properties }));
    expect(result).toMatchObject({ verdict: 'holds', distinct: 5 });
    expect(result.properties[0]).toMatchObject({ status: 'expected' });
    expect(result.properties[0]!.trace).toHaveLength(3);
  });

  test.each([
    [{ initialStates: [] }, 'expected an initial state, each with 1 values; found none'],
    [{ initialStates: [[0, 0]] }, 'found 2'],
    [{ fields: [{ name: 'count', bits: 32 }] }, 'from 1 to 31 bits; found 32'],
  ])('refuses %j', (more, message) => {
    expect(() => search(counter(1, more))).toThrow(message);
  });
});
