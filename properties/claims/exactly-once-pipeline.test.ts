import { describe, expect, test } from 'vitest';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { exactlyOncePipeline } from './exactly-once-pipeline.ts';

const JOINED = `
  A#1 init A => ok 7 0
  A#1 join g => ok 1 m
  A#1 fetch-offsets g in-0 => in-0=-1
`;
/** Records 0 and 1 of in-0 are processed in one transaction. */
const PROCESSED = `${JOINED}
  A#1 begin 1 => ok
  A#1 send 1 a-0 x from in-0@0 => ok 0
  A#1 send 1 a-0 y from in-0@1 => ok 1
  A#1 send-offsets 1 g 1 m in-0=2 => ok
`;
/** Another instance processes record 1 again. */
const AGAIN = `
  A#2 init A => ok 7 2
  A#2 join g => ok 2 n
  A#2 begin 1 => ok
  A#2 send 1 a-0 y2 from in-0@1 => ok 3
  A#2 send-offsets 1 g 2 n in-0=2 => ok
  A#2 commit 1 => ok
`;
const INPUTS = 'R final committed in-0 => i@0 j@1 k@2 hw 3\n';
const OUTPUTS = (values: string) => `R final committed a-0 => ${values} hw 6\n`;
const END = (offset: number) => `G final-offsets g in-0 => in-0=${offset}`;

const TWICE = 'y and y2 were both made from in-0@1 for group g, and both are committed';
const SKIPPED = (offset: number) =>
  `group g has passed in-0@${offset}, and no output of it is committed`;

const NEVER_TWO: readonly ClaimCase[] = [
  [
    'one output each',
    `${PROCESSED}A#1 commit 1 => ok\n${INPUTS}${OUTPUTS('x@0 y@1')}${END(2)}`,
    null,
  ],
  [
    'two outputs of one input, in one transaction',
    `${PROCESSED}A#1 send 1 a-0 z from in-0@1 => ok 2\nA#1 commit 1 => ok\n${INPUTS}${OUTPUTS('x@0 y@1 z@2')}${END(2)}`,
    null,
  ],
  [
    'the first attempt was aborted',
    `${PROCESSED}A#1 abort 1 => ok\n${AGAIN}${OUTPUTS('y2@3')}`,
    null,
  ],
  [
    'both are committed',
    `${PROCESSED}A#1 commit 1 => ok\n${AGAIN}${OUTPUTS('x@0 y@1 y2@3')}`,
    TWICE,
  ],
  [
    'both are committed, of the first its client was not told',
    `${PROCESSED}A#1 commit 1 => unknown\n${AGAIN}${OUTPUTS('x@0 y@1 y2@3')}`,
    TWICE,
  ],
  [
    'another group makes its own',
    `${PROCESSED}A#1 commit 1 => ok\n${AGAIN.replaceAll(' g ', ' h ')}${OUTPUTS('x@0 y@1 y2@3')}`,
    null,
  ],
  [
    'the offset was committed plainly too',
    `${PROCESSED}A#1 commit-offsets g 1 m in-0=1 => ok\nA#1 commit 1 => ok\n${AGAIN}${OUTPUTS('x@0 y@1 y2@3')}`,
    null,
  ],
  [
    'a plain commit that certainly failed changes nothing',
    `${PROCESSED}A#1 commit-offsets g 1 m in-0=1 => failed\nA#1 commit 1 => ok\n${AGAIN}${OUTPUTS('x@0 y@1 y2@3')}`,
    TWICE,
  ],
  [
    'two transactional ids that give the group alone: Kafka fences neither',
    `${PROCESSED}A#1 commit 1 => ok\n${AGAIN.replaceAll('A#2', 'B#1').replace('init A', 'init B').replace('g 2 n in', 'g - in')}${OUTPUTS('x@0 y@1 y2@3')}`,
    null,
  ],
  [
    'two transactional ids that give their generation',
    `${PROCESSED}A#1 commit 1 => ok\n${AGAIN.replaceAll('A#2', 'B#1').replace('init A', 'init B')}${OUTPUTS('x@0 y@1 y2@3')}`,
    TWICE,
  ],
  [
    'one transactional id that gives the group alone: its epoch fences',
    `${PROCESSED}A#1 commit 1 => ok\n${AGAIN.replace('g 2 n in', 'g - in')}${OUTPUTS('x@0 y@1 y2@3')}`,
    TWICE,
  ],
];

const NEVER_NONE: readonly ClaimCase[] = [
  [
    'the offset passed a record that nobody processed',
    `${PROCESSED}A#1 commit 1 => ok\n${INPUTS}${OUTPUTS('x@0 y@1')}${END(3)}`,
    SKIPPED(2),
  ],
  [
    'an output is missing',
    `${PROCESSED}A#1 commit 1 => unknown\n${INPUTS}${OUTPUTS('x@0')}${END(2)}`,
    SKIPPED(1),
  ],
  [
    'an output stands behind an open transaction',
    `${PROCESSED}A#1 commit 1 => ok\n${INPUTS}R final committed a-0 => x@0 lso 1 hw 6\n${END(2)}`,
    null,
  ],
  [
    'what is not readable as committed is no input',
    `${PROCESSED}A#1 commit 1 => ok\nR final committed in-0 => i@0 j@1 hw 3\n${OUTPUTS('x@0 y@1')}${END(3)}`,
    null,
  ],
  [
    'the group had begun further on',
    `${PROCESSED.replace('in-0=-1', 'in-0=1')}A#1 commit 1 => ok\n${INPUTS}${OUTPUTS('y@1')}${END(2)}`,
    null,
  ],
  [
    'a plain commit passed it',
    `${PROCESSED}A#1 commit 1 => ok\nA#1 commit-offsets g 1 m in-0=3 => ok\n${INPUTS}${OUTPUTS('x@0 y@1')}${END(3)}`,
    null,
  ],
  [
    'nobody knows where the group began',
    `${PROCESSED.replace('A#1 fetch-offsets g in-0 => in-0=-1', '')}A#1 commit 1 => ok\n${INPUTS}${OUTPUTS('y@1')}${END(2)}`,
    null,
  ],
];

describe('ExactlyOncePipeline (KIP-447)', () => {
  test.each(NEVER_TWO)('never two outputs: %s', (_, history, message) => {
    expect(judge(exactlyOncePipeline, history)).toBe(message);
  });

  test.each(NEVER_NONE)('never none: %s', (_, history, message) => {
    expect(judge(exactlyOncePipeline, history)).toBe(message);
  });

  test.each([
    [
      'processed again after an abort',
      `${PROCESSED}A#1 abort 1 => ok\n${AGAIN}${OUTPUTS('y2@3')}`,
      true,
    ],
    ['processed once', `${PROCESSED}A#1 commit 1 => ok\n${OUTPUTS('x@0 y@1')}`, false],
    ['processed again in vain', `${PROCESSED}A#1 abort 1 => ok\n${AGAIN}${OUTPUTS('')}`, false],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(exactlyOncePipeline, history)).toBe(reached);
  });
});
