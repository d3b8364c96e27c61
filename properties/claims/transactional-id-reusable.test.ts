import { describe, expect, test } from 'vitest';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { transactionalIdReusable } from './transactional-id-reusable.ts';

const LEFT_OPEN = `
  A#1 init A => ok 7 0
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => ok 0
  A#1 crash
  R final committed a-0 => position 2
`;
const PROBED = `
  A#2 probe A => ok 7 2
  A#2 begin 1 => ok
  A#2 send 1 a-0 p => ok 2
  A#2 commit 1 => ok
`;

const CASES: readonly ClaimCase[] = [
  ['initialised and committed', `${LEFT_OPEN}${PROBED}`, null],
  ['not probed', LEFT_OPEN, null],
  [
    'not initialised within its time',
    `${LEFT_OPEN}A#2 probe A => unknown retriable-timeout`,
    'after quiescence the transactional id A cannot be used: init of A#2 was told retriable-timeout',
  ],
  [
    'never answered',
    `${LEFT_OPEN}A#2 probe A`,
    'after quiescence the transactional id A cannot be used: init of A#2 never returned',
  ],
  [
    'initialised, and its record refused',
    `${LEFT_OPEN}${PROBED.replace('p => ok 2', 'p => failed INVALID_PRODUCER_EPOCH')}`,
    'after quiescence the transactional id A cannot be used: send of A#2 was told INVALID_PRODUCER_EPOCH',
  ],
  [
    'initialised, and its commit refused',
    `${LEFT_OPEN}${PROBED.replace('commit 1 => ok', 'commit 1 => failed PRODUCER_FENCED')}`,
    'after quiescence the transactional id A cannot be used: commit of A#2 was told PRODUCER_FENCED',
  ],
  ['a probe of an id that nobody had used', `${PROBED.replace('ok 7 2', 'failed')}`, null],
  [
    'refused to the next instance',
    'A#1 init A => ok 7 0\nA#1 crash\nA#2 init A => failed CONCURRENT_TRANSACTIONS',
    'A#2 was refused the transactional id A: CONCURRENT_TRANSACTIONS',
  ],
  [
    'not yet had by the next instance',
    'A#1 init A => ok 7 0\nA#2 init A => unknown retriable-timeout',
    null,
  ],
  ['refused for another reason', 'A#1 init A => failed INVALID_TRANSACTION_TIMEOUT', null],
];

describe('TransactionalIdReusable (KIP-98)', () => {
  test.each(CASES)('%s', (_, history, message) => {
    expect(judge(transactionalIdReusable, history)).toBe(message);
  });

  test.each([
    ['a transaction was left open', `${LEFT_OPEN}${PROBED}`, true],
    [
      'a transaction was left without an answer',
      `${LEFT_OPEN.replace('A#1 crash', 'A#1 commit 1 => unknown')}${PROBED}`,
      true,
    ],
    [
      'everything had ended',
      `${LEFT_OPEN.replace('A#1 crash', 'A#1 abort 1 => ok')}${PROBED}`,
      false,
    ],
    ['an empty transaction was left', `${LEFT_OPEN.replace(/.*send.*\n/, '')}${PROBED}`, false],
    ['the probe failed', `${LEFT_OPEN}A#2 probe A => unknown`, false],
    ['another id was probed', `${LEFT_OPEN}${PROBED.replace('probe A', 'probe B')}`, false],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(transactionalIdReusable, history)).toBe(reached);
  });
});
