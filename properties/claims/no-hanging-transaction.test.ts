import { describe, expect, test } from 'vitest';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { noHangingTransaction } from './no-hanging-transaction.ts';

const SENT = `
  A#1 init A => ok 7 0
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => ok 0
`;

const CASES: readonly ClaimCase[] = [
  ['everything ended', `${SENT}R final committed a-0 => lso 2 hw 2`, null],
  ['an empty partition', 'R final committed a-0 => lso 0 hw 0', null],
  [
    'open before quiescence only',
    `${SENT}R poll committed a-0 => lso 0 hw 1\nR final committed a-0 => lso 2 hw 2`,
    null,
  ],
  [
    'open in the end',
    `${SENT}R final uncommitted a-0 => x@0 lso 0 hw 1\nR final committed a-0 => lso 0 hw 1`,
    'transaction 1 of A#1 hangs on a-0: last stable offset 0 stays below high watermark 1',
  ],
  [
    'open in the end, by a record that nobody knows',
    'R final committed b-0 => lso 3 hw 4',
    'a transaction hangs on b-0: last stable offset 3 stays below high watermark 4',
  ],
  [
    'told by readers of uncommitted records only',
    `${SENT}R final committed a-0 => lso 1 hw 1\nR final uncommitted a-0 => x@0 lso 0 hw 1`,
    'transaction 1 of A#1 hangs on a-0: last stable offset 0 stays below high watermark 1',
  ],
];

describe('NoHangingTransaction (KIP-890)', () => {
  test.each(CASES)('%s', (_, history, message) => {
    expect(judge(noHangingTransaction, history)).toBe(message);
  });

  const ENDED = 'R final committed a-0 => lso 2 hw 2';
  test.each([
    ['a poll saw it open', `R poll uncommitted a-0 => x@0 lso 0 hw 1\n${ENDED}`, true],
    ['it was left open', `${SENT}A#1 crash\n${ENDED}`, true],
    ['nothing was open', `${SENT}A#1 commit 1 => ok\n${ENDED}`, false],
    ['nothing was in it', `A#1 init A => ok\nA#1 begin 1 => ok\n${ENDED}`, false],
    ['it is still open', `${SENT}A#1 crash\nR final committed a-0 => lso 0 hw 1`, false],
    ['nobody read in the end', `${SENT}A#1 crash`, false],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(noHangingTransaction, history)).toBe(reached);
  });
});
