import { describe, expect, test } from 'vitest';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { readersProgress } from './readers-progress.ts';

const CASES: readonly ClaimCase[] = [
  ['to the end', 'R final committed a-0 => x@0 position 2 hw 2', null],
  ['an empty partition', 'R final committed a-0 => position 0 hw 0', null],
  [
    'held up by what is open in the end',
    'R final committed a-0 => position 1 lso 1 hw 3',
    'the final read of committed records on a-0 ends at offset 1, before the high watermark 3',
  ],
  [
    'stopped although everything is stable',
    'R final committed a-0 => x@0 position 1 lso 3 hw 3',
    'the final read of committed records on a-0 ends at offset 1, before the high watermark 3',
  ],
  [
    'not moved at all',
    'R final committed a-0 => position 0 lso 3 hw 3',
    'a reader of committed records stays at offset 0 of a-0, although everything below 3 is stable',
  ],
  [
    'not moved by an early poll',
    'R poll committed a-0 => position 0 lso 3 hw 3\nR final committed a-0 => x@0 position 3 hw 3',
    'a reader of committed records stays at offset 0 of a-0, although everything below 3 is stable',
  ],
  [
    'nothing stable at an early poll',
    'R poll committed a-0 => position 0 lso 0 hw 3\nR final committed a-0 => x@0 position 3 hw 3',
    null,
  ],
  [
    'a reader of all records that stays behind',
    'R final uncommitted a-0 => position 0 lso 3 hw 3',
    null,
  ],
  [
    'in two reads',
    'R final committed a-0 => x@0 position 1 hw 3\nR final committed a-0 => position 3 hw 3',
    null,
  ],
];

describe('ReadersProgress (KIP-98)', () => {
  test.each(CASES)('%s', (_, history, message) => {
    expect(judge(readersProgress, history)).toBe(message);
  });

  const ALL = 'R final uncommitted a-0 => x@0 y@1 position 3 hw 3';
  test.each([
    ['something was passed over', `${ALL}\nS final committed a-0 => y@1 position 3 hw 3`, true],
    ['everything was returned', `${ALL}\nS final committed a-0 => x@0 y@1 position 3 hw 3`, false],
    ['it did not come to the end', `${ALL}\nS final committed a-0 => position 0 lso 0 hw 3`, false],
    ['nobody read all records', 'S final committed a-0 => position 3 hw 3', false],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(readersProgress, history)).toBe(reached);
  });
});
