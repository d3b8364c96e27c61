import { expect, test } from 'vitest';
import { attemptsDuring, unansweredProduce } from './attempts.ts';
import { HistoryIndex } from './history-index.ts';
import { historyFrom } from './history-notation.ts';

const history = new HistoryIndex(
  historyFrom(`
    A#1 init - => ok
    A#1 request Produce a-0 0
    A#1 response 0 lost
    x: A#1 send - a-0 x
    A#1 request Produce a-0 1
    B#1 request Produce a-0 0
    A#1 request Produce b-0 0
    A#1 response 3 lost
    A#1 request EndTxn
    x => ok 0
    A#1 request Produce a-0 2
    A#1 response 5 lost`),
);
const send = history.sendOf('x')!;

test('the attempts of a call are those that its process sent of that RPC while it was under way', () => {
  const found = [...attemptsDuring(history, send, 'Produce')];
  expect(found.map(({ request }) => request.request)).toEqual([1, 3]);
});

test('an attempt to write a record went unanswered if it went to its partition while it was sent', () => {
  expect(unansweredProduce(history, send)?.request.request).toBe(1);
  const answered = new HistoryIndex(
    historyFrom(`
      A#1 init - => ok
      x: A#1 send - a-0 x
      A#1 request Produce a-0 0
      A#1 request Produce b-0 0
      A#1 response 0 NONE
      A#1 response 1 lost
      x => ok 0`),
  );
  expect(unansweredProduce(answered, answered.sendOf('x')!)).toBeUndefined();
});
