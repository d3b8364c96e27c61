import { describe, expect, test } from 'vitest';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { producerOrder } from './producer-order.ts';

const SENT = `
  I#1 init - => ok
  I#1 send - a-0 x => ok 0
  I#1 send - a-0 y => ok 1
`;

const CASES: readonly ClaimCase[] = [
  ['in order', `${SENT}R final committed a-0 => x@0 y@1`, null],
  [
    'acknowledged in reverse',
    SENT.replace('x => ok 0', 'x => ok 2'),
    'I#1 sent x before y, and in a-0 they stand at offsets 2 and 1',
  ],
  [
    'both acknowledged at one offset',
    SENT.replace('x => ok 0', 'x => ok 1'),
    'x and y of I#1 were both acknowledged at offset 1 of a-0',
  ],
  ['on two partitions', SENT.replace('a-0 x => ok 0', 'b-0 x => ok 7'), null],
  ['by two producers', `${SENT}I#2 init - => ok\nI#2 send - a-0 z => ok 0`, null],
  ['the first not acknowledged', SENT.replace('x => ok 0', 'x => unknown'), null],
  [
    'the first not acknowledged, and behind the second',
    `${SENT.replace('x => ok 0', 'x => unknown')}R final committed a-0 => y@1 x@2`,
    null,
  ],
  [
    'acknowledged without an offset',
    `${SENT.replace('x => ok 0', 'x => ok -1')}R final committed a-0 => y@1 x@2`,
    null,
  ],
  [
    'another record at the offset, for readers of committed records',
    `${SENT}R poll committed a-0 => y@0`,
    'x was acknowledged at offset 0 of a-0, where y stands',
  ],
  [
    'another record at the offset, for readers of all records',
    `${SENT}R poll uncommitted a-0 => null@0`,
    'x was acknowledged at offset 0 of a-0, where a record without value stands',
  ],
  ['nothing at the offset', `${SENT}R final committed a-0 => y@1 position 2`, null],
  [
    'another record at that offset of another partition',
    `${SENT}R poll committed b-0 => z@0`,
    null,
  ],
];

const TWO_UNDER_WAY = `
  I#1 init - => ok
  x: I#1 send - a-0 x
  I#1 request Produce a-0 0
  y: I#1 send - a-0 y
  I#1 request Produce a-0 1
  I#1 response 0 lost
  I#1 request Produce a-0 0
  I#1 response 1 lost
  I#1 request Produce a-0 1
  x => ok 0
  y => ok 1
`;

describe('ProducerOrder (KIP-98)', () => {
  test.each(CASES)('%s', (_, history, message) => {
    expect(judge(producerOrder, history)).toBe(message);
  });

  test.each([
    ['two batches under way, sent again', TWO_UNDER_WAY, true],
    [
      'two batches under way, answered at once',
      TWO_UNDER_WAY.replaceAll(/.*(lost|request).*\n/g, ''),
      false,
    ],
    ['the second given up', TWO_UNDER_WAY.replace('y => ok 1', 'y => unknown'), false],
    ['one after the other', SENT, false],
    [
      'on two partitions',
      TWO_UNDER_WAY.replace('a-0 y', 'b-0 y').replaceAll('Produce a-0 1', 'Produce b-0 0'),
      false,
    ],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(producerOrder, history)).toBe(reached);
  });
});
