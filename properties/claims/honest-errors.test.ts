import { describe, expect, test } from 'vitest';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { honestErrors } from './honest-errors.ts';

const SENT = `
  A#1 init A => ok 7 0
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => ok 0
`;
const FAILED = SENT.replace('x => ok 0', 'x => failed');
const UNKNOWN = SENT.replace('x => ok 0', 'x => unknown');
const VISIBLE =
  'R final committed a-0 => x@0 position 2\nR final uncommitted a-0 => x@0 position 2';
const ABORTED = 'R final committed a-0 => position 2\nR final uncommitted a-0 => x@0 position 2';
const GONE = 'R final committed a-0 => position 2\nR final uncommitted a-0 => position 2';
const FAILED_AND_READ = 'the send of x was told to have failed for certain, and x is in a-0';

const OUTCOMES: readonly ClaimCase[] = [
  ['a failed send that is nowhere', `${FAILED}A#1 abort 1 => ok\n${GONE}`, null],
  [
    'a failed send that is visible',
    `${FAILED}A#1 commit 1 => unknown\n${VISIBLE}`,
    FAILED_AND_READ,
  ],
  [
    'a failed send in the log of an aborted one',
    `${FAILED}A#1 abort 1 => ok\n${ABORTED}`,
    FAILED_AND_READ,
  ],
  [
    'a failed send whose request the network copied',
    `${SENT.replace('A#1 send 1 a-0 x => ok 0', 'x: A#1 send 1 a-0 x')}
     A#1 request Produce a-0 0
     A#1 copy 0
     A#1 response 0 CONCURRENT_TRANSACTIONS
     x => failed
     A#1 abort 1 => ok
     ${ABORTED}`,
    null,
  ],
  ['a send of unknown outcome in the log', `${UNKNOWN}A#1 abort 1 => ok\n${ABORTED}`, null],
  [
    'an acknowledged record that the log has not',
    `${SENT}A#1 abort 1 => ok\n${GONE}`,
    'the send of x was told to have succeeded, and x is not in a-0',
  ],
  [
    'an acknowledged record that the final read did not reach',
    `${SENT}A#1 abort 1 => ok\nR final uncommitted a-0 => position 0`,
    null,
  ],
  ['a commit that is complete', `${SENT}A#1 commit 1 => ok\n${VISIBLE}`, null],
  [
    'a commit that is not visible',
    `${SENT}A#1 commit 1 => ok\n${ABORTED}`,
    'the commit of transaction 1 of A#1 was told to have succeeded, and x of it is not visible in a-0',
  ],
  [
    'a commit that leaves out a record of unknown outcome',
    `${UNKNOWN}A#1 commit 1 => ok\n${GONE}`,
    'the commit of transaction 1 of A#1 was told to have succeeded without x, whose send had not',
  ],
  [
    'a commit before the acknowledgement of a record',
    `${SENT.replace('A#1 send 1 a-0 x => ok 0', 'x: A#1 send 1 a-0 x')}A#1 commit 1 => ok\nx => ok 0\n${VISIBLE}`,
    'the commit of transaction 1 of A#1 was told to have succeeded without x, whose send had not',
  ],
  ['an abort', `${SENT}A#1 abort 1 => ok\n${ABORTED}`, null],
  [
    'an abort of what is visible',
    `${SENT}A#1 abort 1 => ok\n${VISIBLE}`,
    'the abort of transaction 1 of A#1 was told to have succeeded, and x of it is visible in a-0',
  ],
  [
    'a refused commit of what is visible',
    `${SENT}A#1 commit 1 => failed INVALID_TXN_STATE\n${VISIBLE}`,
    'the commit of transaction 1 of A#1 was told to have failed for certain, and x of it is visible in a-0',
  ],
  [
    'a refused commit after one of unknown outcome',
    `${SENT}A#1 commit 1 => unknown\nA#1 commit 1 => failed PRODUCER_FENCED\n${VISIBLE}`,
    null,
  ],
  ['a commit of unknown outcome', `${SENT}A#1 commit 1 => unknown\n${VISIBLE}`, null],
  ['a commit of unknown outcome, aborted', `${SENT}A#1 commit 1 => unknown\n${ABORTED}`, null],
];

const FENCED = `
  A#1 init A => ok 7 0
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => ok 0
  c: A#1 commit 1
  A#1 request EndTxn
  A#1 response 0 PRODUCER_FENCED
`;
const INIT = `
  i: A#1 init A
  A#1 request InitProducerId
`;

const CLASSES: readonly ClaimCase[] = [
  ['fenced, and told so', `${FENCED}c => failed PRODUCER_FENCED`, null],
  [
    'fenced, and sent again',
    `${FENCED}A#1 request EndTxn`,
    'A#1 was told PRODUCER_FENCED, which is fatal, and sent EndTxn all the same',
  ],
  [
    'fenced with a batch under way',
    `${FENCED.replace('c:', 'A#1 request Produce a-0 0\nc:').replace('response 0', 'response 1')}c => failed PRODUCER_FENCED`,
    null,
  ],
  ['fenced, and reading on', `${FENCED}A#1 request Fetch`, null],
  ['another instance goes on', `${FENCED}A#2 request InitProducerId`, null],
  [
    'a stale epoch in an answer to Produce is not fatal',
    `${FENCED.replace('EndTxn', 'Produce a-0 0').replace('PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH')}A#1 request EndTxn`,
    null,
  ],
  [
    'retriable, and told to the caller',
    `${INIT}A#1 response 0 CONCURRENT_TRANSACTIONS\ni => failed CONCURRENT_TRANSACTIONS`,
    'A#1 gave up its init on CONCURRENT_TRANSACTIONS, which can be retried',
  ],
  [
    'retriable, and sent again until the caller lost patience',
    `${INIT}A#1 response 0 CONCURRENT_TRANSACTIONS\nA#1 request InitProducerId\ni => unknown retriable-timeout`,
    null,
  ],
  [
    'an empty transaction that is refused',
    'A#1 init A => ok\nA#1 begin 1 => ok\nA#1 commit 1 => failed INVALID_TXN_STATE',
    'A#1 was told INVALID_TXN_STATE by its commit of transaction 1 of A#1, to which nothing had been added',
  ],
  [
    'an empty transaction that has no answer',
    'A#1 init A => ok\nA#1 begin 1 => ok\nA#1 commit 1 => unknown retriable-timeout',
    null,
  ],
  [
    'the same error of a record, told by the commit',
    `A#1 init A => ok
     A#1 begin 1 => ok
     x: A#1 send 1 a-0 x
     A#1 request Produce a-0 0
     A#1 response 0 NOT_LEADER_OR_FOLLOWER
     x => unknown NOT_LEADER_OR_FOLLOWER
     A#1 commit 1 => failed NOT_LEADER_OR_FOLLOWER`,
    null,
  ],
];

describe('HonestErrors (KIP-1050)', () => {
  test.each(OUTCOMES)('outcome: %s', (_, history, message) => {
    expect(judge(honestErrors, history)).toBe(message);
  });

  test.each(CLASSES)('class: %s', (_, history, message) => {
    expect(judge(honestErrors, history)).toBe(message);
  });

  test.each([
    ["a commit was told a broker's error", `${FENCED}c => failed PRODUCER_FENCED`, true],
    [
      "a send was told a broker's error",
      SENT.replace('x => ok 0', 'x => failed INVALID_PRODUCER_EPOCH'),
      true,
    ],
    ['an error was answered and retried', `${FENCED}A#1 request EndTxn\nc => ok`, false],
    ['a time-out was told', `${FENCED}c => unknown retriable-timeout`, false],
    ['nothing went wrong', `${SENT}A#1 commit 1 => ok`, false],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(honestErrors, history)).toBe(reached);
  });
});
