import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { assign, setup } from 'xstate';
import { walkTableAndActor } from './actor-agreement.fixture.ts';
import { MachineRuleError, MalformedRecordError } from './errors.ts';
import { RecordInterner } from './record-interner.ts';
import { TransitionTable } from './transition-table.ts';

type Event =
  | { readonly type: 'Insert'; readonly coin: number }
  | { readonly type: 'Push' }
  | { readonly type: 'Report'; readonly view: { readonly broken: number } };

const turnstileSetup = setup({
  types: {} as { context: { readonly paid: number; readonly passed: number }; events: Event },
  guards: {
    coinIsValid: ({ event }) => event.type === 'Insert' && event.coin > 0,
    isBroken: ({ event }) => event.type === 'Report' && event.view.broken === 1,
  },
  actions: {
    takeCoin: assign({
      paid: ({ context, event }) => context.paid + (event.type === 'Insert' ? event.coin : 0),
    }),
    countPassage: assign({ passed: ({ context }) => (context.passed + 1) % 3, paid: 0 }),
    send: (_args, _params: { readonly to: string; readonly amount: number }) => undefined,
    ignore: () => undefined,
    unexpected: () => undefined,
  },
});

const turnstile = turnstileSetup.createMachine({
  id: 'turnstile',
  context: { paid: 0, passed: 0 },
  initial: 'Locked',
  states: {
    Locked: {
      on: {
        Insert: [
          { guard: 'coinIsValid', target: 'Unlocked', actions: 'takeCoin' },
          { actions: { type: 'send', params: { to: 'customer', amount: 0 } } },
        ],
        Push: { actions: 'ignore' },
        Report: [{ guard: 'isBroken', target: 'Broken' }, { actions: 'ignore' }],
      },
    },
    Unlocked: {
      on: {
        Insert: {
          actions: {
            type: 'send',
            params: ({ event }) => ({ to: 'customer', amount: event.coin }),
          },
        },
        Push: {
          target: 'Locked',
          actions: [
            'countPassage',
            { type: 'send', params: ({ context }) => ({ to: 'owner', amount: context.passed }) },
          ],
        },
        Report: [{ guard: 'isBroken', target: 'Broken' }, { actions: 'ignore' }],
      },
    },
    Broken: {
      on: {
        Insert: { actions: 'unexpected' },
        Push: { actions: 'ignore' },
        Report: { target: 'Locked' },
      },
    },
  },
});

const turnstileEvent: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ type: fc.constant('Insert' as const), coin: fc.integer({ min: 0, max: 2 }) }),
  fc.constant({ type: 'Push' as const }),
  fc.integer({ min: 0, max: 1 }).map((broken) => ({ type: 'Report' as const, view: { broken } })),
);

describe('a transition table', () => {
  test('walks as an XState actor does, outputs included', () => {
    const table = new TransitionTable(turnstile);
    fc.assert(
      fc.property(fc.array(turnstileEvent, { maxLength: 30 }), (events) => {
        const walks = walkTableAndActor(turnstile, events, table);
        expect(walks.table).toEqual(walks.actor);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('asks XState once for each state and event', () => {
    const table = new TransitionTable(turnstile);
    const insert = table.eventIdOf({ type: 'Insert', coin: 1 });
    const first = table.step(table.initial, insert);
    const again = table.step(table.initial, table.eventIdOf({ coin: 1, type: 'Insert' }));
    expect(again).toBe(first);
    expect(table.transitionCalls).toBe(1);
    expect(table.stateOf(first.next)).toEqual({
      value: 'Unlocked',
      context: { paid: 1, passed: 0 },
    });
    expect(table.idOf('Unlocked', { passed: 0, paid: 1 })).toBe(first.next);
  });

  test('says which cells ignore an event and which should not have met it', () => {
    const table = new TransitionTable(turnstile);
    const outcome = (value: 'Locked' | 'Broken', event: Event) =>
      table.step(table.idOf(value, { paid: 0, passed: 0 }), table.eventIdOf(event)).outcome;
    expect(outcome('Locked', { type: 'Push' })).toBe('ignored');
    expect(outcome('Broken', { type: 'Insert', coin: 1 })).toBe('unexpected');
    expect(outcome('Locked', { type: 'Insert', coin: 0 })).toBe('handled');
  });
});

describe('a machine that XState forgives and a table does not', () => {
  const problemsOf = (states: object): readonly string[] => {
    try {
      const machine = turnstileSetup.createMachine({
        context: { paid: 0, passed: 0 },
        initial: 'A',
        states,
      } as never);
      new TransitionTable(machine as unknown as AnyStateMachine);
      return [];
    } catch (error) {
      if (error instanceof MachineRuleError) return error.problems;
      throw error;
    }
  };

  test.each([
    [
      'a missing cell',
      { A: { on: { Push: { target: 'B' } } }, B: {} },
      /cell \(B, Push\) is missing/,
    ],
    [
      'a cell whose last candidate is guarded',
      { A: { on: { Push: { guard: 'isBroken', actions: 'ignore' } } } },
      /partial/,
    ],
    [
      'a candidate after an unguarded one',
      { A: { on: { Push: [{ actions: 'ignore' }, { actions: 'unexpected' }] } } },
      /after an unguarded one/,
    ],
    ['a candidate that does nothing', { A: { on: { Push: {} } } }, /neither moves nor acts/],
    [
      'an unknown guard',
      { A: { on: { Push: [{ guard: 'x', target: 'A' }, { target: 'A' }] } } },
      /"x"/,
    ],
    ['an unknown action', { A: { on: { Push: { actions: 'y' } } } }, /"y"/],
    [
      'an inline guard',
      { A: { on: { Push: [{ guard: () => true, target: 'A' }] } } },
      /inline guard/,
    ],
    ['an inline action', { A: { on: { Push: { actions: () => undefined } } } }, /inline action/],
    ['a wildcard', { A: { on: { '*': { actions: 'ignore' } } } }, /wildcard/],
    ['a delay', { A: { after: { 10: { actions: 'ignore' } } } }, /delayed/],
    ['parallel regions', { A: { type: 'parallel', states: { B: {}, C: {} } } }, /parallel/],
    ['an always without a bound', { A: { always: { guard: 'isBroken', target: 'A' } } }, /hang/],
  ])('%s is refused', (_, states, expected) => {
    expect(problemsOf(states).join('\n')).toMatch(expected);
  });

  test('a cell handled by a parent state is written', () => {
    expect(
      problemsOf({
        A: {
          initial: 'B',
          on: { Push: { actions: 'ignore' } },
          states: {
            B: { on: { Insert: { target: 'C' } } },
            C: { on: { Insert: { target: 'B' } } },
          },
        },
      }),
    ).toEqual([]);
  });

  test('an assignment that writes to the parent snapshot throws', () => {
    const machine = setup({
      types: {} as { context: { readonly list: number[] }; events: { readonly type: 'Push' } },
      actions: {
        corrupt: assign(({ context }) => ({ list: (context.list.push(1), context.list) })),
      },
    }).createMachine({
      context: { list: [0] },
      initial: 'A',
      states: { A: { on: { Push: { target: 'A', actions: 'corrupt' } } } },
    });
    const table = new TransitionTable(machine);
    expect(() => table.step(table.initial, table.eventIdOf({ type: 'Push' }))).toThrow(TypeError);
  });
});

describe('the record interner', () => {
  test('takes equal values for equal, whatever the order of their keys', () => {
    const interner = new RecordInterner();
    const ids = [
      interner.idOf('k', { a: 1, b: { c: 1, d: [1, 2] } }),
      interner.idOf('k', { b: { d: [1, 2], c: 1 }, a: 1 }),
      interner.idOf('k', { a: 1, b: { c: 1, d: [2, 1] } }),
      interner.idOf('other', { a: 1, b: { c: 1, d: [1, 2] } }),
      interner.idOf('k', { a: '1', b: { c: 1, d: [1, 2] } }),
    ];
    expect(ids).toEqual([0, 0, 1, 2, 3]);
  });

  test.each([
    ['a missing key', { a: 1 }],
    ['a further key', { a: 1, b: 2, c: 3 }],
    ['another key', { a: 1, c: 2 }],
    ['undefined', { a: 1, b: undefined }],
    ['null', { a: 1, b: null }],
    ['a fraction', { a: 1, b: 0.5 }],
    ['a Set', { a: 1, b: new Set([1]) }],
  ])('refuses %s', (_, item) => {
    const interner = new RecordInterner();
    interner.idOf('k', { a: 1, b: 2 });
    expect(() => interner.idOf('k', item)).toThrow(MalformedRecordError);
  });
});
