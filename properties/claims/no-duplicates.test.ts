import { describe, expect, test } from 'vitest';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { noDuplicates } from './no-duplicates.ts';

const SENT = `
  A#1 init - => ok 7 0
  A#1 send - a-0 x => ok 0
  A#1 send - a-0 y => ok 1
`;

const CASES: readonly ClaimCase[] = [
  ['each record once', `${SENT}R final committed a-0 => x@0 y@1`, null],
  [
    'the same offset in two reads',
    `${SENT}R poll committed a-0 => x@0\nR final committed a-0 => x@0 y@1`,
    null,
  ],
  [
    'one send at two offsets of one read',
    `${SENT}R final committed a-0 => x@0 y@1 x@2`,
    'x, sent once by A#1, is readable at offset 0 of a-0 and at offset 2 of a-0',
  ],
  [
    'one send at two offsets of two reads by different readers',
    `${SENT}R poll committed a-0 => x@0\nS poll committed a-0 => y@1 x@2`,
    'x, sent once by A#1, is readable at offset 0 of a-0 and at offset 2 of a-0',
  ],
  [
    'one send in two partitions',
    `${SENT}R poll committed a-0 => x@0\nR poll committed b-0 => x@0`,
    'x, sent once by A#1, is readable at offset 0 of a-0 and at offset 0 of b-0',
  ],
  [
    'the second copy belongs to an aborted transaction: only readers of uncommitted records see it',
    `${SENT}R final uncommitted a-0 => x@0 y@1 x@2\nR final committed a-0 => x@0 y@1`,
    null,
  ],
  ['two records without value', `${SENT}R final committed a-0 => null@0 null@1`, null],
];

const RETRIED = `
  A#1 init - => ok 7 0
  x: A#1 send - a-0 x
  A#1 request Produce a-0 0
  A#1 response 0 lost
  A#1 request Produce a-0 0
  A#1 response 1 NONE
  x => ok 0
`;

describe('NoDuplicates (KIP-98)', () => {
  test.each(CASES)('%s', (_, history, message) => {
    expect(judge(noDuplicates, history)).toBe(message);
  });

  test.each([
    ['a retried batch that is visible', `${RETRIED}R final committed a-0 => x@0`, true],
    ['a retried batch that never became visible', `${RETRIED}R final committed a-0 => hw 0`, false],
    [
      'a retried batch whose record stayed invisible, beside one that was done before',
      `${RETRIED.replace('x: ', 'A#1 send - a-0 w => ok 0\n  x: ')}R final committed a-0 => w@0`,
      false,
    ],
    [
      'a retried batch whose record stayed invisible, beside one that came after',
      `${RETRIED}A#1 send - a-0 z\nR final committed a-0 => z@1`,
      false,
    ],
    [
      'two batches, each sent once',
      `A#1 init - => ok
       x: A#1 send - a-0 x
       A#1 request Produce a-0 0
       x => ok
       y: A#1 send - a-0 y
       A#1 request Produce a-0 1
       y => ok
       R final committed a-0 => x@0 y@1`,
      false,
    ],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(noDuplicates, history)).toBe(reached);
  });
});
