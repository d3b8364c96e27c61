import { describe, expect, test } from 'vitest';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { preparedCompletes } from './prepared-completes.ts';

const COMMITTED = `
  A#1 init A => ok 7 0
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => ok 0
  c: A#1 commit 1
  A#1 request EndTxn
  A#1 response 0 lost
  c => unknown
`;
const READ = 'R final committed a-0 => position 0 lso 0 hw 1';
const LEFT = 'A is left in PrepareCommit after everything has come to rest';

const CASES: readonly ClaimCase[] = [
  ['completed', `${COMMITTED}${READ}\noperator describe A => ok CompleteCommit`, null],
  ['left in PrepareCommit', `${COMMITTED}${READ}\noperator describe A => ok PrepareCommit`, LEFT],
  [
    'left in PrepareAbort',
    `${COMMITTED}${READ}\noperator describe A => ok PrepareAbort`,
    'A is left in PrepareAbort after everything has come to rest',
  ],
  [
    'prepared before quiescence',
    `${COMMITTED}operator describe A => ok PrepareCommit\n${READ}`,
    null,
  ],
  [
    'prepared, and nobody read in the end',
    `${COMMITTED}operator describe A => ok PrepareCommit`,
    null,
  ],
  ['still Ongoing', `${COMMITTED}${READ}\noperator describe A => ok Ongoing`, null],
  ['not known', `${COMMITTED}${READ}\noperator describe A => ok unknown`, null],
  ['not answered', `${COMMITTED}${READ}\noperator describe A => failed NOT_COORDINATOR`, null],
  [
    'left by somebody of whom the history knows nothing',
    `${READ}\noperator describe A => ok PrepareCommit`,
    LEFT,
  ],
];

describe('PreparedCompletes (KIP-98)', () => {
  test.each(CASES)('%s', (_, history, message) => {
    expect(judge(preparedCompletes, history)).toBe(message);
  });

  const COMPLETE = `${READ}\noperator describe A => ok CompleteCommit`;
  test.each([
    ['an end went unanswered, and was completed', `${COMMITTED}${COMPLETE}`, true],
    ['an end was answered', `${COMMITTED.replace('lost', 'NONE')}${COMPLETE}`, false],
    ['left prepared', `${COMMITTED}${COMPLETE.replace('CompleteC', 'PrepareC')}`, false],
    ['another id was asked about', `${COMMITTED}${COMPLETE.replace(' A ', ' B ')}`, false],
    [
      'asked before quiescence',
      `${COMMITTED}operator describe A => ok CompleteCommit\n${READ}`,
      false,
    ],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(preparedCompletes, history)).toBe(reached);
  });
});
