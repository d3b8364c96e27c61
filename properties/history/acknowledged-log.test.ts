import { expect, test } from 'vitest';
import { acknowledgedLogs } from './acknowledged-log.ts';
import { HistoryIndex } from './history-index.ts';
import { historyFrom } from './history-notation.ts';

const log = acknowledgedLogs(
  new HistoryIndex(
    historyFrom(`
      A#1 init - => ok
      A#1 send - a-0 late => ok 9
      A#1 send - a-0 x => ok 2
      A#1 send - a-0 y => ok 4
      A#1 send - a-0 z => ok 4
      A#1 send - a-0 untold => unknown
      A#1 send - b-0 elsewhere => ok 3`),
  ),
).get('a-0')!;

test('acknowledged sends stand in the order of their offsets; of two at one offset the later one comes later', () => {
  const values = Array.from(
    { length: log.length },
    (_, index) => log.sendAt(index).invocation.value,
  );
  expect(values).toEqual(['x', 'y', 'z', 'late']);
});

test.each([
  [0, 0],
  [2, 0],
  [3, 1],
  [4, 1],
  [5, 3],
  [9, 3],
  [10, 4],
])(
  'the first send at offset %s or behind it is number %s, wherever the search begins',
  (offset, first) => {
    const found = [0, 1, 2, 3, 4].map((near) => log.firstFrom(offset, near));
    expect(found).toEqual([first, first, first, first, first]);
  },
);

test('behind the end is no offset', () => {
  expect(log.offsetAt(4)).toBeNaN();
});
