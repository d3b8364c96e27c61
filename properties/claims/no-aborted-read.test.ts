import { describe, expect, test } from 'vitest';
import { HistoryIndex } from '../history/history-index.ts';
import { historyFrom } from '../history/history-notation.ts';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { noAbortedRead } from './no-aborted-read.ts';

const SENT = `
  A#1 init A => ok 7 0
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => ok 0
`;
const READ = 'R poll committed a-0 => x@0';
const UNDECIDED =
  'x of transaction 1 of A#1 was read as committed from a-0, but nobody could have committed it';

const CASES: readonly ClaimCase[] = [
  ['a committed record', `${SENT}A#1 commit 1 => ok\n${READ}`, null],
  ['a commit whose answer is outstanding', `${SENT}A#1 commit 1\n${READ}`, null],
  ['a commit with unknown result', `${SENT}A#1 commit 1 => unknown\n${READ}`, null],
  [
    'a poll that overlaps the commit',
    `${SENT}p: ${READ.split(' =>')[0]}\nA#1 commit 1\np => x@0`,
    null,
  ],
  [
    'a record whose send was not acknowledged',
    SENT.replace('ok 0\n', 'unknown\n') + `A#1 commit 1 => ok\n${READ}`,
    null,
  ],
  ['a record outside any transaction', `A#1 init - => ok\nA#1 send - a-0 x\n${READ}`, null],
  [
    'an aborted record, uncommitted readers only',
    `${SENT}A#1 abort 1 => ok\nR poll uncommitted a-0 => x@0`,
    null,
  ],
  [
    'an aborted record',
    `${SENT}A#1 abort 1 => ok\n${READ}`,
    'x of transaction 1 of A#1, which was aborted, was read as committed from a-0',
  ],
  [
    'a record read before its transaction was told aborted after an unknown commit',
    `${SENT}A#1 commit 1 => unknown\n${READ}\nA#1 abort 1 => ok`,
    'x of transaction 1 of A#1, which was aborted, was read as committed from a-0',
  ],
  ['an abort with unknown result', `${SENT}A#1 abort 1 => unknown\n${READ}`, UNDECIDED],
  ['no end asked for', `${SENT}${READ}`, UNDECIDED],
  ['no end asked for, and the producer crashed', `${SENT}A#1 crash\n${READ}`, UNDECIDED],
  ['a commit asked for only after the read', `${SENT}${READ}\nA#1 commit 1 => ok`, UNDECIDED],
  [
    'a commit that certainly failed',
    `${SENT}A#1 commit 1 => failed PRODUCER_FENCED\n${READ}`,
    UNDECIDED,
  ],
  [
    'a first commit unknown, the second one failed',
    `${SENT}A#1 commit 1 => unknown\nA#1 commit 1 => failed\n${READ}`,
    null,
  ],
  [
    'a commit of the next transaction',
    `${SENT}A#1 abort 1 => unknown\nA#1 begin 2 => ok\nA#1 commit 2 => ok\n${READ}`,
    UNDECIDED,
  ],
  [
    'a send that certainly failed',
    `A#1 init - => ok\nA#1 send - a-0 x => failed INVALID_RECORD\n${READ}`,
    'x is readable although its send was told to have failed',
  ],
  [
    'a value that nobody sent',
    READ,
    'x, read at offset 0 of a-0, is a record that nobody had sent there',
  ],
  [
    'a value sent after it was read',
    `A#1 init - => ok\n${READ}\nA#1 send - a-0 x => ok 0`,
    'x, read at offset 0 of a-0, is a record that nobody had sent there',
  ],
  [
    'a value sent to another partition',
    `A#1 init - => ok\nA#1 send - b-0 x => ok 0\n${READ}`,
    'x, read at offset 0 of a-0, is a record that nobody had sent there',
  ],
  [
    'the payload of a control record',
    `${SENT}A#1 commit 1 => ok\nR poll committed a-0 => x@0 null@1`,
    'a record without value, read at offset 1 of a-0, is a record that nobody had sent there',
  ],
];

describe('NoAbortedRead (KIP-98)', () => {
  test.each(CASES)('%s', (_, history, message) => {
    expect(judge(noAbortedRead, history)).toBe(message);
  });

  test('the argument names the two events that cannot both be', () => {
    const history = new HistoryIndex(historyFrom(`${SENT}A#1 abort 1 => ok\n${READ}`));
    expect(noAbortedRead.violation(history)).toEqual({
      message: 'x of transaction 1 of A#1, which was aborted, was read as committed from a-0',
      events: [7, 9],
      why: [
        'A#1 sent x in transaction 1 of A#1 (begun at event 2).',
        'It asked for an abort of that transaction (event 6) and was told that it happened (event 7).',
        'A reader of committed records returned x from offset 0 of a-0 (event 9).',
        'The transaction is aborted, yet a record of it was read as committed: a contradiction.',
      ],
    });
  });

  test.each([
    ['committed readers passed over a record', 'x@0 hw 2', 'position 2 hw 2', true],
    ['they have not come that far', 'x@0 hw 2', 'position 0 lso 0 hw 2', false],
    ['they saw it as well', 'x@0 hw 2', 'x@0 position 2 hw 2', false],
  ])('witness: %s', (_, uncommitted, committed, reached) => {
    const history = `R final uncommitted a-0 => ${uncommitted}\nR final committed a-0 => ${committed}`;
    expect(witnessed(noAbortedRead, history)).toBe(reached);
  });
});
