import { describe, expect, test } from 'vitest';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { lastStableOffset } from './last-stable-offset.ts';

const SENT = `
  A#1 init A => ok 7 0
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => ok 3
`;
const PAST_X =
  'a-0 was told to be stable up to offset 4, past x of transaction 1 of A#1, which was undecided';

const CASES: readonly ClaimCase[] = [
  ['below the high watermark', 'R poll uncommitted a-0 => position 4 lso 3 hw 4', null],
  [
    'above the high watermark',
    'R poll uncommitted a-0 => position 4 lso 5 hw 4',
    'the last stable offset of a-0 was told as 5, above its high watermark 4',
  ],
  [
    'above the high watermark for readers of committed records, in the end',
    'R final committed a-0 => position 4 lso 5 hw 4',
    'the last stable offset of a-0 was told as 5, above its high watermark 4',
  ],
  [
    'up to an undecided record',
    `${SENT}R poll committed a-0 => position 3 lso 3 hw 4\nA#1 commit 1 => ok`,
    null,
  ],
  [
    'past an undecided record, by a fetch',
    `${SENT}R poll committed a-0 => position 4 lso 4 hw 4\nA#1 commit 1 => ok`,
    PAST_X,
  ],
  [
    'past an undecided record, by a fetch of all records',
    `${SENT}R poll uncommitted a-0 => position 4 lso 4 hw 4\nA#1 commit 1 => ok`,
    PAST_X,
  ],
  [
    'past an undecided record, by ListOffsets (KAFKA-5522)',
    `${SENT}R end committed a-0 => ok 4\nA#1 commit 1 => ok`,
    PAST_X,
  ],
  [
    'past an undecided record, for readers of all records',
    `${SENT}R end uncommitted a-0 => ok 4\nA#1 commit 1 => ok`,
    null,
  ],
  [
    'past an undecided record of which its client is told when it has begun the next transaction',
    `A#1 init A => ok 7 0
     A#1 begin 1 => ok
     s: A#1 send 1 a-0 x
     R end committed a-0 => ok 4
     A#1 commit 1 => ok
     A#1 begin 2 => ok
     s => ok 3`,
    PAST_X,
  ],
  [
    'past a record of a superseded producer, whose commit is told to have happened all the same',
    `${SENT}A#2 init A => ok 7 1\nR end committed a-0 => ok 4\nA#1 commit 1 => ok`,
    PAST_X,
  ],
  ['on another partition', `${SENT}R end committed b-0 => ok 4\nA#1 commit 1 => ok`, null],
  [
    'after the commit was asked for',
    `${SENT}c: A#1 commit 1\nR end committed a-0 => ok 4\nc => ok`,
    null,
  ],
  [
    'after another end was asked for, which had no answer',
    `${SENT}A#1 abort 1 => unknown\nR end committed a-0 => ok 4\nA#1 commit 1 => ok`,
    null,
  ],
  [
    'past a record that was then aborted: perhaps it had timed out',
    `${SENT}R end committed a-0 => ok 4\nA#1 abort 1 => ok`,
    null,
  ],
  [
    'past a record that was not acknowledged',
    `${SENT.replace('ok 3', 'unknown')}R end committed a-0 => ok 4\nA#1 commit 1 => ok`,
    null,
  ],
  [
    'back for the same reader',
    'R poll committed a-0 => position 2 lso 4 hw 4\nR end committed a-0 => ok 3',
    'the last stable offset of a-0 went back from 4 to 3 for R',
  ],
  [
    'back for another reader, who may have another source',
    'R poll committed a-0 => position 2 lso 4 hw 4\nS end committed a-0 => ok 3',
    null,
  ],
  [
    'back in an answer to a question that was asked before',
    'e: R end committed a-0\nR poll committed a-0 => position 2 lso 4 hw 4\ne => ok 3',
    null,
  ],
  [
    'back from what was told while the first question was open',
    `e: R end committed a-0
     R poll committed a-0 => position 2 lso 2 hw 4
     e => ok 4
     R end committed a-0 => ok 3`,
    'the last stable offset of a-0 went back from 4 to 3 for R',
  ],
  [
    'on from what was told',
    'R end committed a-0 => ok 3\nR poll committed a-0 => position 2 lso 4 hw 4',
    null,
  ],
];

describe('LastStableOffset (KIP-98, KIP-207)', () => {
  test.each(CASES)('%s', (_, history, message) => {
    expect(judge(lastStableOffset, history)).toBe(message);
  });

  test.each([
    ['something was open', 'R poll uncommitted a-0 => position 4 lso 3 hw 4', true],
    ['nothing was open', 'R poll uncommitted a-0 => position 4 lso 4 hw 4', false],
    [
      'only ends were asked for',
      'R end committed a-0 => ok 3\nR end uncommitted a-0 => ok 4',
      false,
    ],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(lastStableOffset, history)).toBe(reached);
  });
});
