import { expect, test } from 'vitest';
import { HistoryIndex } from './history-index.ts';
import { historyFrom } from './history-notation.ts';
import { sendsInOrder } from './sends-under-way.ts';

test('a batch may carry what its process was sending to its partition, and sent again what it still is', () => {
  const history = new HistoryIndex(
    historyFrom(`
      A#1 init - => ok
      slow: A#1 send - a-0 slow
      fast: A#1 send - a-0 fast
      A#1 send - a-0 over => ok 0
      other: A#1 send - b-0 other
      A#1 request Produce a-0 1
      fast => ok 1
      late: A#1 send - a-0 late
      A#1 request Produce a-0 1
      slow => ok 2`),
  );
  const [first, again] = history.attempts;
  const valuesOf = (sentAgain?: number): string[] =>
    sendsInOrder(history)
      .underWay(first!, sentAgain)
      .map(({ invocation }) => invocation.value);
  expect(valuesOf()).toEqual(['fast', 'slow']);
  expect(valuesOf(again!.sentAt)).toEqual(['slow']);
});
