import { describe, expect, test } from 'vitest';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { noSpuriousFencing } from './no-spurious-fencing.ts';

/** The timeout is in lines: none of these histories is that long, unless it says so. */
const STARTED = `
  i: A#1 init A 1000
  A#1 request InitProducerId
  A#1 response 0 NONE
  i => ok 7 0
`;
const FENCED = `
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => ok 0
  A#1 commit 1 => failed PRODUCER_FENCED
`;
const SPURIOUS = 'A#1 was told PRODUCER_FENCED by its commit, and nothing had taken its place';

const CASES: readonly ClaimCase[] = [
  ['fenced for nothing', `${STARTED}${FENCED}`, SPURIOUS],
  ['not fenced', `${STARTED}${FENCED.replace('failed PRODUCER_FENCED', 'ok')}`, null],
  [
    'fenced by a send',
    `${STARTED}${FENCED.replace('x => ok 0', 'x => failed INVALID_PRODUCER_EPOCH')}`,
    'A#1 was told INVALID_PRODUCER_EPOCH by its send, and nothing had taken its place',
  ],
  [
    'told of another producer id',
    `${STARTED}${FENCED.replace('PRODUCER_FENCED', 'INVALID_PRODUCER_ID_MAPPING')}`,
    'A#1 was told INVALID_PRODUCER_ID_MAPPING by its commit, and nothing had taken its place',
  ],
  ['another error', `${STARTED}${FENCED.replace('PRODUCER_FENCED', 'INVALID_TXN_STATE')}`, null],
  [
    'a newer instance',
    `${STARTED}j: A#2 init A 1000\nA#2 request InitProducerId\nA#2 response 1 NONE\nj => ok 7 1${FENCED}`,
    null,
  ],
  [
    'a newer instance that was told to wait while the older one is aborted',
    `${STARTED}A#2 init A 1000\nA#2 request InitProducerId\nA#2 response 1 CONCURRENT_TRANSACTIONS${FENCED}`,
    null,
  ],
  [
    'a newer instance that was never answered',
    `${STARTED}A#2 init A 1000\nA#2 request InitProducerId\nA#2 crash${FENCED}`,
    null,
  ],
  [
    'an instance of another id',
    `${STARTED}j: B#1 init B 1000\nB#1 request InitProducerId\nB#1 response 1 NONE\nj => ok 8 0${FENCED}`,
    SPURIOUS,
  ],
  [
    'an older instance, answered before',
    `j: A#0 init A 1000
     A#0 request InitProducerId
     A#0 response 0 NONE
     j => ok 7 0
     ${STARTED.replace('response 0', 'response 1').replace('ok 7 0', 'ok 7 1')}${FENCED}`,
    SPURIOUS,
  ],
  [
    'an older instance, one attempt of which may come late',
    `j: A#0 init A 1000
     A#0 request InitProducerId
     A#0 response 0 lost
     A#0 request InitProducerId
     A#0 response 1 NONE
     j => ok 7 0
     ${STARTED.replace('response 0', 'response 2').replace('ok 7 0', 'ok 7 1')}${FENCED}`,
    null,
  ],
  [
    'an attempt of its own that may come late (KIP-360)',
    `i: A#1 init A 1000
     A#1 request InitProducerId
     A#1 response 0 lost
     A#1 request InitProducerId
     A#1 response 1 NONE
     i => ok 7 1
     ${FENCED}`,
    null,
  ],
  [
    'an attempt of its own that the network copied',
    `${STARTED.replace('A#1 response', 'A#1 copy 0\n  A#1 response')}${FENCED}`,
    null,
  ],
  [
    'an attempt of its own that had told it to wait',
    `i: A#1 init A 1000
     A#1 request InitProducerId
     A#1 response 0 CONCURRENT_TRANSACTIONS
     A#1 request InitProducerId
     A#1 response 1 NONE
     i => ok 7 1
     ${FENCED}`,
    SPURIOUS,
  ],
  [
    'an older instance asks for a new epoch (KIP-360), and is told to wait while this one is aborted',
    `j: A#0 init A 1000
     A#0 request InitProducerId
     A#0 response 0 NONE
     j => ok 7 0
     ${STARTED.replace('response 0', 'response 1').replace('ok 7 0', 'ok 7 1')}
     A#0 request InitProducerId
     A#0 response 2 CONCURRENT_TRANSACTIONS
     ${FENCED}`,
    null,
  ],
  [
    'an older instance of another id asks for a new epoch, and is not answered',
    `j: B#0 init B 1000
     B#0 request InitProducerId
     B#0 response 0 NONE
     j => ok 8 0
     k: B#1 init B 1000
     B#1 request InitProducerId
     B#1 response 1 NONE
     k => ok 8 1
     ${STARTED.replace('response 0', 'response 2')}
     B#0 request InitProducerId
     B#0 response 3 lost
     ${FENCED}`,
    SPURIOUS,
  ],
  ['a transaction that may have timed out', `${STARTED.replace('1000', '2')}${FENCED}`, null],
  ['a timeout that is not known', `${STARTED.replace('A 1000', 'A')}${FENCED}`, null],
  [
    'an earlier transaction that may have timed out, and be heard of late',
    `${STARTED.replace('1000', '3')}A#1 begin 1 => ok\nA#1 abort 1 => ok${FENCED.replaceAll(' 1', ' 2')}`.replaceAll(
      'A#2',
      'A#1',
    ),
    null,
  ],
];

describe('NoSpuriousFencing (KIP-360, KIP-890)', () => {
  test.each(CASES)('%s', (_, history, message) => {
    expect(judge(noSpuriousFencing, history)).toBe(message);
  });

  const LOST = 'A#1 begin 1 => ok\nA#1 request EndTxn\nA#1 response 1 lost\n';
  test.each([
    [
      'an end went unanswered, and another was told',
      `${STARTED}${LOST}A#1 begin 2 => ok\nA#1 abort 2 => ok`,
      true,
    ],
    ['an end went unanswered, and that was all', `${STARTED}${LOST}A#1 abort 1 => ok`, false],
    [
      'an end was answered, and another was told',
      `${STARTED}${LOST.replace('lost', 'NONE')}A#1 begin 2 => ok\nA#1 abort 2 => ok`,
      false,
    ],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(noSpuriousFencing, history)).toBe(reached);
  });
});
