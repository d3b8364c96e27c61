import { describe, expect, test } from 'vitest';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { noLoss } from './no-loss.ts';

const OUTSIDE = `
  I#1 init - => ok
  I#1 send - a-0 x => ok 0
  I#1 send - a-0 y => ok 1
`;
const INSIDE = `
  A#1 init A => ok 7 0
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => ok 0
`;
const X_IS_LOST =
  'x, acknowledged at offset 0 of a-0, is not there for readers of committed records';

const CASES: readonly ClaimCase[] = [
  ['outside any transaction, there', `${OUTSIDE}R final committed a-0 => x@0 y@1`, null],
  ['outside any transaction, lost', `${OUTSIDE}R final committed a-0 => y@1`, X_IS_LOST],
  [
    'outside any transaction, behind what is open in the end',
    `${OUTSIDE}R final committed a-0 => position 0 lso 0 hw 2`,
    X_IS_LOST,
  ],
  [
    'outside any transaction, not acknowledged',
    `${OUTSIDE.replace('x => ok 0', 'x => unknown')}R final committed a-0 => y@1`,
    null,
  ],
  [
    'outside any transaction, failed',
    `${OUTSIDE.replace('x => ok 0', 'x => failed')}R final committed a-0 => y@1`,
    null,
  ],
  [
    'outside any transaction, acknowledged without an offset',
    `${OUTSIDE.replace('x => ok 0', 'x => ok -1')}R final committed a-0 => y@1`,
    'x, acknowledged of a-0, is not there for readers of committed records',
  ],
  ['committed, there', `${INSIDE}A#1 commit 1 => ok\nR final committed a-0 => x@0`, null],
  [
    'committed, lost',
    `${INSIDE}A#1 commit 1 => ok\nR final committed a-0 => position 2`,
    X_IS_LOST,
  ],
  ['aborted', `${INSIDE}A#1 abort 1 => ok\nR final committed a-0 => position 2`, null],
  [
    'of unknown outcome, lost',
    `${INSIDE}A#1 commit 1 => unknown\nR final committed a-0 => position 2`,
    null,
  ],
  ['left open', `${INSIDE}A#1 crash\nR final committed a-0 => position 2`, null],
  ['not read in the end', `${OUTSIDE}R final committed b-0 => hw 0`, null],
  [
    'gone past by an early reader, who alone missed it',
    `${OUTSIDE}R poll committed a-0 => y@1 position 2\nR final committed a-0 => x@0 y@1`,
    X_IS_LOST,
  ],
  [
    'not yet reached by an early reader',
    `${OUTSIDE}R poll committed a-0 => position 0\nR final committed a-0 => x@0 y@1`,
    null,
  ],
  [
    'returned by an early reader at another offset',
    `${OUTSIDE}R poll committed a-0 => x@1 position 2\nR final committed a-0 => x@0 y@1`,
    'y, acknowledged at offset 1 of a-0, is not there for readers of committed records',
  ],
  [
    'gone past by a reader of all records, who sees more and not less',
    `${OUTSIDE}R poll uncommitted a-0 => y@1\nR final committed a-0 => x@0 y@1`,
    null,
  ],
  [
    'of a probe, after the final reads',
    `${OUTSIDE}R final committed a-0 => x@0 y@1
     A#1 probe A => ok
     A#1 begin 1 => ok
     A#1 send 1 a-0 z => ok 2
     A#1 commit 1 => ok`,
    null,
  ],
];

const RETRIED = `
  I#1 init - => ok
  x: I#1 send - a-0 x
  I#1 request Produce a-0 0
  I#1 response 0 lost
  I#1 request Produce a-0 0
  I#1 response 1 NONE
  x => ok 0
`;

describe('NoLoss (KIP-98)', () => {
  test.each(CASES)('%s', (_, history, message) => {
    expect(judge(noLoss, history)).toBe(message);
  });

  test.each([
    ['written at the second attempt', `${RETRIED}R final committed a-0 => x@0`, true],
    ['written at the second attempt, and lost', `${RETRIED}R final committed a-0 => hw 0`, false],
    [
      'written at the first attempt',
      `${RETRIED.replace('lost', 'NONE')}R final committed a-0 => x@0`,
      false,
    ],
    [
      'another record had gone unanswered before',
      `${RETRIED.replace('x: I#1 send', 'w: I#1 send').replace('a-0 x', 'a-0 w').replace('x =>', 'w =>')}
       I#1 send - a-0 x => ok 1
       R final committed a-0 => x@1`,
      false,
    ],
    [
      'a record on another partition had gone unanswered',
      `${RETRIED.replaceAll('Produce a-0', 'Produce b-0')}R final committed a-0 => x@0`,
      false,
    ],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(noLoss, history)).toBe(reached);
  });
});
