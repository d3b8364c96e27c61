import { expect, test } from 'vitest';
import { HistoryIndex } from './history-index.ts';
import { historyFrom } from './history-notation.ts';

const history = new HistoryIndex(
  historyFrom(`
    R poll committed a-0 => x@0 null@1 nobody@2
    A#1 init - => ok
    A#1 send - a-0 x => ok 0
    R poll committed a-0 => x@0
    A#2 probe A => ok
    A#2 begin 1 => ok
    A#2 send 1 a-0 p => ok 3
    R poll committed a-0 from 3 => p@3`),
);
const { recordsRead, committedPolls } = history;

test('polls share one table of records, in the order in which they returned', () => {
  expect(committedPolls.map(({ firstRow, endRow }) => [firstRow, endRow])).toEqual([
    [0, 3],
    [3, 4],
    [4, 5],
  ]);
  const rows = [0, 1, 2, 3, 4];
  expect(rows.map((row) => recordsRead.valueAt(row))).toEqual(['x', null, 'nobody', 'x', 'p']);
  expect(rows.map((row) => recordsRead.offsetAt(row))).toEqual([0, 1, 2, 0, 3]);
});

test('a record belongs to its send, were it read before or sent by a probe', () => {
  const sends = [0, 1, 2, 3, 4].map((row) => recordsRead.sendAt(row));
  expect(sends).toEqual([
    history.sendOf('x'),
    undefined,
    undefined,
    history.sendOf('x'),
    history.sendOf('p'),
  ]);
});
