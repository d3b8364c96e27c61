import { describe, expect, test } from 'vitest';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { offsetAtomicity } from './offset-atomicity.ts';

/** It has read records 0 and 1 of in-0, which is committed nothing of, and has sent their outputs and offsets. */
const SENT = `
  A#1 init A => ok 7 0
  A#1 join g => ok 1 m
  A#1 fetch-offsets g in-0 => in-0=-1
  A#1 poll committed in-0 => i@0 j@1 hw 2
  A#1 begin 1 => ok
  A#1 send 1 a-0 x from in-0@0 => ok 0
  A#1 send 1 a-0 y from in-0@1 => ok 1
  A#1 send-offsets 1 g 1 m in-0=2 => ok
`;
const COMMITTED = `${SENT}A#1 commit 1 => ok\n`;
const ABORTED = `${SENT}A#1 abort 1 => ok\n`;
const UNANSWERED = `${SENT}A#1 commit 1 => unknown\n`;
const READ = 'R final committed a-0 => x@0 y@1 hw 3\n';
const NOT_READ = 'R final committed a-0 => hw 3\n';
/** The same process goes on: record 2. */
const NEXT = `
  A#1 begin 2 => ok
  A#1 send 2 a-0 z from in-0@2 => ok 3
  A#1 send-offsets 2 g 1 m in-0=3 => ok
`;
const FINAL = (offset: number) => `G final-offsets g in-0 => in-0=${offset}`;

const BEFORE_COMMIT =
  'group g has offset 2 of in-0, which only transaction 1 of A#1 had sent, and that was not committed';
const LOST = (found: string, offset: number, by: string) =>
  `group g has ${found} of in-0, although offset ${offset} had been committed after it by ${by}`;
const UNDECIDED = 'the offsets of group g never become stable: a transaction is undecided there';

const MOVES: readonly ClaimCase[] = [
  ['a committed transaction moves the offset', COMMITTED + FINAL(2), null],
  ['it did not move', COMMITTED + FINAL(-1), LOST('no offset', 2, 'transaction 1 of A#1')],
  ['an aborted transaction does not', ABORTED + FINAL(-1), null],
  ['it moved all the same', ABORTED + FINAL(2), BEFORE_COMMIT],
  [
    'it moved before a commit was asked for',
    `${SENT}B fetch-offsets g in-0 => in-0=2`,
    BEFORE_COMMIT,
  ],
  ['a commit that certainly failed', `${SENT}A#1 commit 1 => failed\n${FINAL(2)}`, BEFORE_COMMIT],
  ['a commit without answer may have moved it', UNANSWERED + FINAL(2), null],
  ['or may not', UNANSWERED + FINAL(-1), null],
  ['a commit that is under way may have moved it', `${SENT}c: A#1 commit 1\n${FINAL(2)}`, null],
  [
    'an offset that nobody sent',
    COMMITTED + FINAL(1),
    'group g has offset 1 of in-0, which nobody had committed',
  ],
  [
    'a send of offsets that failed for certain',
    `${SENT.replace('in-0=2 => ok', 'in-0=2 => failed ILLEGAL_GENERATION')}A#1 commit 1 => unknown\n${FINAL(2)}`,
    BEFORE_COMMIT,
  ],
  [
    'what the group had committed before is known from its first fetch',
    COMMITTED.replace('in-0=-1', 'in-0=5').replace('in-0=2', 'in-0=7') + FINAL(7),
    null,
  ],
  [
    'it went back to that',
    COMMITTED.replace('in-0=-1', 'in-0=5').replace('in-0=2', 'in-0=7') + FINAL(5),
    LOST('offset 5', 7, 'transaction 1 of A#1'),
  ],
];

const ORDER: readonly ClaimCase[] = [
  ['the last transaction counts', `${COMMITTED}${NEXT}A#1 commit 2 => ok\n${FINAL(3)}`, null],
  [
    'an earlier one came back',
    `${COMMITTED}${NEXT}A#1 commit 2 => ok\n${FINAL(2)}`,
    LOST('offset 2', 3, 'transaction 2 of A#1'),
  ],
  [
    'the last one, unknown, was seen in effect: then nothing older',
    `${COMMITTED}${NEXT}A#1 commit 2 => unknown\nB fetch-offsets g in-0 => in-0=3\n${FINAL(2)}`,
    LOST('offset 2', 3, 'transaction 2 of A#1'),
  ],
  [
    'a transaction whose record was read was committed, and its offsets with it',
    `${UNANSWERED}${READ}${FINAL(-1)}`,
    LOST('no offset', 2, 'transaction 1 of A#1'),
  ],
  [
    'a newer plain commit wins',
    `${SENT}B commit-offsets g - in-0=1 => ok\nA#1 commit 1 => ok\n${FINAL(1)}`,
    null,
  ],
  [
    'the marker won over the newer plain commit',
    `${SENT}B commit-offsets g - in-0=1 => ok\nA#1 commit 1 => ok\n${FINAL(2)}`,
    LOST('offset 2', 1, 'B'),
  ],
  [
    'a plain commit without answer may come at any time',
    `B commit-offsets g - in-0=1 => unknown\n${COMMITTED}${FINAL(1)}`,
    null,
  ],
  [
    'and so may a first attempt that went unanswered',
    `b: B commit-offsets g - in-0=1
     B request OffsetCommit
     B response 0 lost
     B request OffsetCommit
     B response 1 NONE
     b => ok
     ${COMMITTED.replace('in-0=-1', 'in-0=1')}${FINAL(1)}`,
    null,
  ],
  [
    'but not one whose only attempt was answered',
    `b: B commit-offsets g - in-0=1
     B request OffsetCommit
     B response 0 NONE
     b => ok
     ${COMMITTED.replace('in-0=-1', 'in-0=1')}${FINAL(1)}`,
    LOST('offset 1', 2, 'transaction 1 of A#1'),
  ],
  [
    'a fetch that does not wait for markers may see the older offset',
    `${COMMITTED}B fetch-offsets g in-0 unstable => in-0=-1\n${FINAL(2)}`,
    null,
  ],
  [
    'one that waits may not',
    `${COMMITTED}B fetch-offsets g in-0 => in-0=-1`,
    LOST('no offset', 2, 'transaction 1 of A#1'),
  ],
  [
    'a fetch that began before the commit returned may',
    `${SENT}c: A#1 commit 1\nf: B fetch-offsets g in-0\nc => ok\nf => in-0=-1`,
    null,
  ],
];

const TOGETHER: readonly ClaimCase[] = [
  ['outputs and offsets of a committed transaction', COMMITTED + READ + FINAL(2), null],
  [
    'the offset was seen in effect, an output is missing',
    `${UNANSWERED}${NOT_READ}${FINAL(2)}`,
    'transaction 1 of A#1 is torn: its offset 2 of in-0 is committed for group g, x is missing from a-0',
  ],
  [
    'after an abort the application goes back and makes the outputs again',
    `${ABORTED}A#1 begin 2 => ok
     A#1 send 2 a-0 x2 from in-0@0 => ok 3
     A#1 send 2 a-0 y2 from in-0@1 => ok 4
     A#1 send-offsets 2 g 1 m in-0=2 => ok
     A#1 commit 2 => ok
     ${FINAL(2)}`,
    null,
  ],
  [
    'it did not go back: the offset passes inputs whose outputs were aborted',
    `${ABORTED}${NEXT}A#1 commit 2 => ok\n${FINAL(3)}`,
    'group g has passed record 0 of in-0, whose output was only ever in transaction 1 of A#1, and that was not committed',
  ],
  [
    'another group may pass what this one has not processed',
    `${ABORTED}B#1 init B => ok 8 0
     B#1 join h => ok 1 n
     B#1 begin 1 => ok
     B#1 send-offsets 1 h 1 n in-0=3 => ok
     B#1 commit 1 => ok
     G final-offsets h in-0 => in-0=3`,
    null,
  ],
  [
    'a plain commit may pass what it likes',
    `${ABORTED}A#1 commit-offsets g 1 m in-0=2 => ok\n${FINAL(2)}`,
    null,
  ],
  ['never stable', `${SENT}G final-offsets g in-0 => failed UNSTABLE_OFFSET_COMMIT`, UNDECIDED],
  ['not stable yet', `${SENT}B fetch-offsets g in-0 => failed UNSTABLE_OFFSET_COMMIT`, null],
];

describe('OffsetAtomicity', () => {
  test.each(MOVES)(
    'an offset moves iff its transaction commits (KIP-98): %s',
    (_, history, message) => {
      expect(judge(offsetAtomicity, history)).toBe(message);
    },
  );

  test.each(ORDER)('the last write counts (OffsetMetadataManager): %s', (_, history, message) => {
    expect(judge(offsetAtomicity, history)).toBe(message);
  });

  test.each(TOGETHER)('all or nothing: %s', (_, history, message) => {
    expect(judge(offsetAtomicity, history)).toBe(message);
  });

  test.each([
    ['an aborted transaction had sent offsets, then they were fetched', ABORTED + FINAL(-1), true],
    ['one cut short', SENT + FINAL(-1), true],
    ['only committed ones', COMMITTED + FINAL(2), false],
    ['fetched before only', ABORTED, false],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(offsetAtomicity, history)).toBe(reached);
  });
});
