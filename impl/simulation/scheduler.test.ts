import { expect, test } from 'vitest';
import { MAX_EVENTS, Scheduler } from './scheduler.ts';

test('timers fire by due time, those due together in the order in which they were set', () => {
  const scheduler = new Scheduler([]);
  const fired: string[] = [];
  for (const [name, delayMs] of [
    ['late', 20],
    ['first', 10],
    ['second', 10],
  ] as const) {
    scheduler.after(delayMs, () => fired.push(`${name} at ${scheduler.nowMs()}`));
  }
  scheduler.after(15, () => fired.push('never'))();
  while (scheduler.fireNextTimer(Infinity));
  expect(fired).toEqual(['first at 10', 'second at 10', 'late at 20']);
});

test('a choice picks among what can run now; where none is left, the oldest runs', () => {
  const scheduler = new Scheduler([2]);
  const ran: string[] = [];
  for (const name of ['a', 'b', 'c']) scheduler.enqueue({ run: () => ran.push(name) });
  while (scheduler.runOne());
  expect(ran).toEqual(['c', 'a', 'b']);
});

test('a run in which something is awaited for ever ends with an error, not never', () => {
  const scheduler = new Scheduler([]);
  const again = (): void => {
    scheduler.after(1, again);
  };
  again();
  const run = (): void => {
    while (scheduler.fireNextTimer(Infinity));
  };
  expect(run).toThrow(`${MAX_EVENTS} events`);
});
