import { expect, test } from 'vitest';
import { assign, setup } from 'xstate';
import { TransitionCounter } from './transition-counter.ts';
import { TransitionTable } from './transition-table.ts';

type Event = { readonly type: 'Knock'; readonly times: number } | { readonly type: 'Fire' };

/** A door that opens for who knocks often enough, looks who it is, and in any state burns down. */
const door = setup({
  types: {} as { context: { readonly knocks: number }; events: Event },
  guards: {
    isHeard: ({ event }, { least }: { readonly least: number }) =>
      event.type === 'Knock' && event.times >= least,
    isFriend: ({ context }) => context.knocks === 3,
  },
  actions: {
    count: assign({ knocks: ({ event }) => (event.type === 'Knock' ? event.times : 0) }),
    greet: () => undefined,
    ignore: () => undefined,
    unexpected: () => undefined,
  },
}).createMachine({
  id: 'door',
  context: { knocks: 0 },
  options: { maxIterations: 5 },
  initial: 'Shut',
  on: { Fire: { target: '.Ashes', actions: 'count' } },
  states: {
    Shut: {
      on: {
        Knock: [
          {
            guard: { type: 'isHeard', params: { least: 2 } },
            target: 'Ajar',
            actions: 'count',
          },
          { actions: 'ignore' },
        ],
      },
    },
    Ajar: {
      always: [{ guard: 'isFriend', target: 'Open', actions: 'greet' }, { target: 'Shut' }],
      on: { Knock: { actions: 'unexpected' } },
    },
    Open: { on: { Knock: { target: 'Ajar', actions: 'count' } } },
    Ashes: { on: { Knock: { actions: 'unexpected' } } },
  },
});

test('a chart lists its transitions by state, with what every state inherits', () => {
  const { all } = new TransitionTable(door).chart;
  expect(all.map(({ state, event, guard, target }) => [state, event, guard, target])).toEqual([
    ['Shut', 'Knock', 'isHeard(2)', 'Ajar'],
    ['Shut', 'Knock', null, null],
    ['Shut', 'Fire', null, 'Ashes'],
    ['Ajar', 'always', 'isFriend', 'Open'],
    ['Ajar', 'always', null, 'Shut'],
    ['Ajar', 'Knock', null, null],
    ['Ajar', 'Fire', null, 'Ashes'],
    ['Open', 'Knock', null, 'Ajar'],
    ['Open', 'Fire', null, 'Ashes'],
    ['Ashes', 'Knock', null, null],
    ['Ashes', 'Fire', null, 'Ashes'],
  ]);
  expect(all.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'handled')).toEqual([
    'ignored',
    'unexpected',
    'unexpected',
  ]);
});

test('a counter counts what XState takes, what follows by itself included', () => {
  const table = new TransitionTable(door);
  const counter = new TransitionCounter(table);
  let state = table.initial;
  const events: readonly Event[] = [
    { type: 'Knock', times: 1 },
    { type: 'Knock', times: 2 },
    { type: 'Knock', times: 3 },
    { type: 'Knock', times: 3 },
    { type: 'Fire' },
  ];
  for (const event of events) {
    const entry = table.step(state, table.eventIdOf(event));
    counter.count(entry);
    state = entry.next;
  }
  expect(table.stateOf(state).value).toBe('Ashes');
  const totals = counter.totals();
  const taken = table.chart.all.flatMap(({ state: from, event, guard }, number) =>
    totals[number]! === 0 ? [] : [`${totals[number]} ${from} ${event} ${guard ?? 'else'}`],
  );
  expect(taken).toEqual([
    '2 Shut Knock isHeard(2)',
    '1 Shut Knock else',
    '2 Ajar always isFriend',
    '1 Ajar always else',
    '1 Open Knock else',
    '1 Open Fire else',
  ]);
});
