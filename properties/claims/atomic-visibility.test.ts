import { describe, expect, test } from 'vitest';
import { atomicVisibility } from './atomic-visibility.ts';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';

const SENT = `
  A#1 init A => ok 7 0
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => ok 0
  A#1 send 1 b-0 y => ok 0
`;
const BOTH = 'R final committed a-0 => x@0\nR final committed b-0 => y@0';
const NONE = 'R final committed a-0 => hw 2\nR final committed b-0 => hw 2';
const TORN = 'R final committed a-0 => x@0\nR final committed b-0 => hw 2';
const ONE_IS_MISSING = 'y of transaction 1 of A#1, which was committed, is missing from b-0';
const IS_TORN = 'transaction 1 of A#1 is torn: x is visible in a-0, y is missing from b-0';

const CASES: readonly ClaimCase[] = [
  ['committed, all there', `${SENT}A#1 commit 1 => ok\n${BOTH}`, null],
  ['committed, one missing', `${SENT}A#1 commit 1 => ok\n${TORN}`, ONE_IS_MISSING],
  [
    'committed, none there',
    `${SENT}A#1 commit 1 => ok\n${NONE}`,
    'x of transaction 1 of A#1, which was committed, is missing from a-0',
  ],
  ['unknown, all there', `${SENT}A#1 commit 1 => unknown\n${BOTH}`, null],
  ['unknown, none there', `${SENT}A#1 commit 1 => unknown\n${NONE}`, null],
  ['unknown, torn', `${SENT}A#1 commit 1 => unknown\n${TORN}`, IS_TORN],
  ['crashed in the commit, torn', `${SENT}A#1 commit 1\nA#1 crash\n${TORN}`, IS_TORN],
  ['aborted, none there', `${SENT}A#1 abort 1 => ok\n${NONE}`, null],
  [
    'aborted, one there',
    `${SENT}A#1 abort 1 => ok\n${TORN}`,
    'x of transaction 1 of A#1, which was aborted, is visible in a-0',
  ],
  [
    'aborted, an unacknowledged record there',
    `${SENT.replace('x => ok 0', 'x => unknown')}A#1 abort 1 => ok\n${TORN}`,
    'x of transaction 1 of A#1, which was aborted, is visible in a-0',
  ],
  [
    'committed, an unacknowledged record missing',
    `${SENT.replace('y => ok 0', 'y => unknown')}A#1 commit 1 => ok\n${TORN}`,
    null,
  ],
  [
    'unknown, an unacknowledged record missing',
    `${SENT.replace('y => ok 0', 'y')}A#1 commit 1 => unknown\n${TORN}`,
    null,
  ],
  [
    'unknown, only an unacknowledged record there',
    `${SENT.replace('x => ok 0', 'x => unknown')}A#1 commit 1 => unknown\n${TORN}`,
    IS_TORN,
  ],
  [
    'torn before quiescence only',
    `${SENT}A#1 commit 1 => ok\n${TORN.replaceAll('final', 'poll')}\n${BOTH}`,
    null,
  ],
  [
    'there before quiescence, gone in the end',
    `${SENT}A#1 commit 1 => ok\nR poll committed b-0 => y@0\n${TORN}`,
    ONE_IS_MISSING,
  ],
  [
    'one partition was not read in the end',
    `${SENT}A#1 commit 1 => ok\nR final committed a-0 => x@0`,
    null,
  ],
  [
    'uncommitted readers see half',
    `${SENT}A#1 commit 1 => ok\n${BOTH}\n${TORN.replaceAll('committed', 'uncommitted')}`,
    null,
  ],
  [
    'two transactions, each with its own outcome',
    `${SENT}A#1 abort 1 => ok\nA#1 begin 2 => ok\nA#1 send 2 a-0 z => ok 2\nA#1 commit 2 => ok
     R final committed a-0 => z@2\nR final committed b-0 => hw 2`,
    null,
  ],
  [
    'sends outside any transaction',
    'A#1 init - => ok\nA#1 send - a-0 x => ok 0\nR final committed a-0 => hw 0',
    null,
  ],
];

describe('AtomicVisibility (KIP-98)', () => {
  test.each(CASES)('%s', (_, history, message) => {
    expect(judge(atomicVisibility, history)).toBe(message);
  });

  const LOST = 'A#1 request EndTxn\nA#1 response 0 lost';
  test.each([
    ['a request went unanswered', `${SENT}c: A#1 commit 1\n${LOST}\nc => ok\n${BOTH}`, true],
    ['a producer crashed', `${SENT}A#1 commit 1\nA#1 crash\n${BOTH}`, true],
    ['nothing went wrong', `${SENT}A#1 commit 1 => ok\n${BOTH}`, false],
    [
      'it went wrong before the transaction began',
      `A#0 init A\nA#0 crash\n${SENT}A#1 commit 1 => ok\n${BOTH}`,
      false,
    ],
    [
      'it went wrong after the transaction had ended',
      `${SENT}A#1 commit 1 => ok\nA#1 begin 2 => ok\n${LOST}\nA#1 crash\n${BOTH}`,
      false,
    ],
    [
      'it went wrong for another producer',
      `A#2 init A => ok 7 1\n${SENT}A#2 crash\nA#1 commit 1 => ok\n${BOTH}`,
      false,
    ],
    ['nothing became visible', `${SENT}A#1 commit 1\nA#1 crash\n${NONE}`, false],
    [
      'one partition only',
      `${SENT.replace('b-0', 'a-0')}A#1 commit 1\nA#1 crash\nR final committed a-0 => x@0 y@1`,
      false,
    ],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(atomicVisibility, history)).toBe(reached);
  });
});
