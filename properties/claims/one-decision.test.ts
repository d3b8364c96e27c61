import { describe, expect, test } from 'vitest';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { oneDecision } from './one-decision.ts';

const SENT = `
  A#1 init A => ok 7 0
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => ok 0
  A#1 send 1 b-0 y => ok 0
`;
const VISIBLE = 'R final committed a-0 => x@0 position 2\nR final committed b-0 => y@0 position 2';
const PASSED_OVER = 'R final committed a-0 => position 2\nR final committed b-0 => position 2';
const HALF = 'R final committed a-0 => x@0 position 2\nR final committed b-0 => position 2';
const TWO = 'transaction 1 of A#1 was both committed and not, for all that clients saw';

const CASES: readonly ClaimCase[] = [
  ['told committed, visible', `${SENT}A#1 commit 1 => ok\n${VISIBLE}`, null],
  ['told committed, passed over', `${SENT}A#1 commit 1 => ok\n${PASSED_OVER}`, TWO],
  ['told aborted, passed over', `${SENT}A#1 abort 1 => ok\n${PASSED_OVER}`, null],
  ['told aborted, half of it visible', `${SENT}A#1 abort 1 => ok\n${HALF}`, TWO],
  ['told nothing, half of it visible', `${SENT}A#1 commit 1 => unknown\n${HALF}`, TWO],
  ['told nothing, visible', `${SENT}A#1 commit 1 => unknown\n${VISIBLE}`, null],
  ['told nothing, passed over', `${SENT}A#1 commit 1\nA#1 crash\n${PASSED_OVER}`, null],
  [
    'told committed, then aborted',
    `${SENT}A#1 commit 1 => unknown\nA#1 commit 1 => ok\nA#1 abort 1 => ok\n${VISIBLE}`,
    TWO,
  ],
  [
    'told committed, not reached by any reader',
    `${SENT}A#1 commit 1 => ok\nR final committed a-0 => position 0 lso 0 hw 2`,
    null,
  ],
  [
    'told committed, an unacknowledged record passed over',
    `${SENT.replace('y => ok 0', 'y => unknown')}A#1 commit 1 => ok\n${HALF}`,
    null,
  ],
  [
    'read early, passed over in the end',
    `${SENT}A#1 commit 1 => unknown\nR poll committed a-0 => x@0\n${PASSED_OVER}`,
    TWO,
  ],
  [
    'passed over by an early reader only, and read in the end',
    `${SENT}A#1 commit 1 => ok\nR poll committed a-0 => position 2\n${VISIBLE}`,
    null,
  ],
  [
    'passed over by an early reader, and never read again',
    `${SENT}A#1 commit 1 => ok\nR poll committed a-0 => position 2`,
    TWO,
  ],
  [
    'read before its client asked for a commit',
    `${SENT}R poll committed a-0 => x@0\nA#1 commit 1 => ok\n${VISIBLE}`,
    TWO,
  ],
  ['visible although its commit was refused', `${SENT}A#1 commit 1 => failed\n${VISIBLE}`, TWO],
  ['visible although its client crashed before it asked', `${SENT}A#1 crash\n${VISIBLE}`, TWO],
  [
    'two transactions, each with a decision of its own',
    `${SENT}A#1 abort 1 => ok\nA#1 begin 2 => ok\nA#1 send 2 a-0 z => ok 2\nA#1 commit 2 => ok
     R final committed a-0 => z@2\nR final committed b-0 => position 2`,
    null,
  ],
];

describe('OneDecision (KIP-98)', () => {
  test.each(CASES)('%s', (_, history, message) => {
    expect(judge(oneDecision, history)).toBe(message);
  });

  const ONCE = 'A#1 request EndTxn\nA#1 response 0 lost';
  const AGAIN = 'A#1 request EndTxn\nA#1 response 1 NONE';
  test.each([
    ['asked twice on the wire', `${SENT}c: A#1 commit 1\n${ONCE}\n${AGAIN}\nc => ok`, true],
    ['asked once', `${SENT}c: A#1 commit 1\n${ONCE.replace('lost', 'NONE')}\nc => ok`, false],
    ['asked twice, told nothing', `${SENT}c: A#1 commit 1\n${ONCE}\n${AGAIN}\nc => unknown`, false],
    [
      'asked once each for two transactions',
      `${SENT}c: A#1 commit 1\n${ONCE.replace('lost', 'NONE')}\nc => ok
       A#1 begin 2 => ok\nd: A#1 abort 2\n${AGAIN}\nd => ok`,
      false,
    ],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(oneDecision, history)).toBe(reached);
  });
});
