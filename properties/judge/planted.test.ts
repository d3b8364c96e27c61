/** Histories with planted anomalies, each read, linted and judged as a file would be: what finds it, and nothing else. */

import { describe, expect, test } from 'vitest';
import { HistoryReader } from '../../reports/evidence/history-reader.ts';
import type { Judgement } from '../../reports/evidence/judgement.ts';
import { CLAIMS } from '../claims/all-claims.ts';
import { isFolded, type Claim } from '../claims/claim.ts';
import { ANOMALY_CHECKS } from '../history/anomalies/all-anomalies.ts';
import { historyFrom } from '../history/history-notation.ts';
import { HistoryJudge } from './history-judge.ts';

const HEADER = { kind: 'history', schemaVersion: 1, subject: 'planted' };

function judged(notation: string, ...only: readonly Claim[]): Judgement {
  const lines = [HEADER, ...historyFrom(notation)].map((line) => `${JSON.stringify(line)}\n`);
  const claims = only.length === 0 ? CLAIMS : only;
  const judge = new HistoryJudge('planted.jsonl', claims, { anomalies: only.length === 0 });
  const reader = new HistoryReader('planted.jsonl', (event, columnOf) =>
    judge.add(event, columnOf),
  );
  reader.push(Buffer.from(lines.join('')));
  return judge.judgement(reader.end(), () => undefined);
}

/** Names of violated claims and of forbidden anomalies. */
function alarms({ claims, anomalies }: Judgement): readonly string[] {
  return [
    ...claims.filter(({ status }) => status === 'violated'),
    ...anomalies.filter(({ status, verdict }) => status === 'found' && verdict === 'forbidden'),
  ].map(({ name }) => name);
}

/** A transaction of two records in `a-0` and one in `b-0`, at offsets 0, 1 and 0; markers follow. */
const SENT = `
  A#1 init A => ok 7 0
  A#1 begin 1 => ok
  A#1 send 1 a-0 w => ok 0
  A#1 send 1 a-0 x => ok 1
  A#1 send 1 b-0 y => ok 0
`;
const COMMITTED = `${SENT}A#1 commit 1 => ok\n`;
const ABORTED = `${SENT}A#1 abort 1 => ok\n`;
const END =
  'R2 final committed a-0 => w@0 x@1 position 3 hw 3\nR2 final committed b-0 => y@0 position 2 hw 2';
const NOTHING =
  'R2 final committed a-0 => position 3 hw 3\nR2 final committed b-0 => position 2 hw 2';

const CLEAN: readonly (readonly [string, string])[] = [
  ['a committed transaction', `${COMMITTED}R poll committed a-0 => w@0 x@1 hw 3\n${END}`],
  ['an aborted one', `${ABORTED}R poll committed a-0 => position 3 hw 3\n${NOTHING}`],
  ['one of which the outcome is unknown', `${SENT}A#1 commit 1 => unknown\n${END}`],
  [
    'sends outside any transaction',
    'A#1 init - => ok\nA#1 send - a-0 x => ok 0\nR final committed a-0 => x@0',
  ],
  [
    'G0: transactions whose records lie between each other, in two orders',
    `A#1 init A => ok 7 0\nB#1 init B => ok 8 0\nA#1 begin 1 => ok\nB#1 begin 1 => ok
       A#1 send 1 a-0 w => ok 0\nB#1 send 1 a-0 x => ok 1\nB#1 send 1 b-0 y => ok 0\nA#1 send 1 b-0 z => ok 1
       A#1 commit 1 => ok\nB#1 commit 1 => ok\nR final committed a-0 => w@0 x@1 position 4 hw 4
       R final committed b-0 => y@0 z@1 position 4 hw 4`,
  ],
  [
    'polls that follow each other',
    `${COMMITTED}R poll committed a-0 => w@0 position 1 hw 3\nR poll committed a-0 from 1 => x@1 position 3 hw 3\n${END}`,
  ],
  [
    'a reader that has not come so far',
    `${COMMITTED}R poll committed a-0 => w@0 position 1 hw 3\n${END}`,
  ],
  [
    'an application that goes back after an abort',
    `${COMMITTED}A#1 poll committed a-0 => w@0 x@1 hw 3\nA#1 begin 2 => ok\nA#1 abort 2 => ok
       A#1 poll committed a-0 => w@0 x@1 hw 3\n${END}`,
  ],
  [
    'a member of a group that goes where its assignment is',
    `${COMMITTED}C join g => ok 1 m\nC poll committed a-0 => w@0 position 1 hw 3
       C poll committed a-0 from 2 => position 3 hw 3\nC poll committed a-0 => w@0 x@1 hw 3\n${END}`,
  ],
];

describe('what nothing flags', () => {
  test.each(CLEAN)('%s', (_, notation) => {
    expect(alarms(judged(notation))).toEqual([]);
  });
});

/** An application that has read input 0 of `in-0` for its group, and its first transaction up to the commit. */
const PIPELINE = `
  S init - => ok
  S send - in-0 i => ok 0
  A#1 init A => ok 7 0
  A#1 join g => ok 1 m
  A#1 fetch-offsets g in-0 => in-0=-1
  A#1 begin 1 => ok
  A#1 send 1 out-0 x from in-0@0 => ok 0
  A#1 send-offsets 1 g 1 m in-0=1 => ok
`;

/** Jepsen's name, or the claim's; the history; what finds it: the claims that must, and all checks that do. */
const PLANTED: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'inconsistent-offsets: two readers',
    `${COMMITTED}R poll uncommitted b-0 => z@0\n${END}`,
    ['ProducerOrder', 'inconsistent-offsets'],
  ],
  [
    'inconsistent-offsets: an acknowledgement and a reader',
    `${COMMITTED}B#1 init - => ok\nB#1 send - a-0 z => ok 1\n${END}`,
    ['NoLoss', 'ProducerOrder', 'inconsistent-offsets', 'unseen'],
  ],
  [
    'duplicate',
    `${COMMITTED}${END.replace('x@1 position 3 hw 3', 'x@1 x@3 position 4 hw 4')}`,
    ['NoDuplicates'],
  ],
  [
    'duplicate-nonzero',
    `${COMMITTED}R poll committed a-0 from 3 => x@3 hw 4\n${END.replace('x@1 position 3 hw 3', 'x@1 x@3 position 4 hw 4')}`,
    ['NoDuplicates'],
  ],
  [
    'G1a',
    `${ABORTED}R poll committed a-0 => w@0 position 1 hw 3\n${NOTHING}`,
    ['NoAbortedRead', 'OneDecision', 'HonestErrors'],
  ],
  [
    'G1a: the send had failed',
    `A#1 init - => ok\nA#1 send - a-0 x => failed\nR final committed a-0 => x@0`,
    ['NoAbortedRead', 'HonestErrors'],
  ],
  [
    'precommitted-read',
    `${SENT}A#1 poll committed a-0 => w@0 x@1\nA#1 commit 1 => ok\n${END}`,
    ['NoAbortedRead', 'OneDecision', 'LastStableOffset'],
  ],
  [
    'G1c: two transactions that read each other',
    `${SENT}B#1 init B => ok 8 0\nB#1 begin 1 => ok\nB#1 send 1 b-0 z => ok 1
     A#1 poll committed b-0 from 1 => z@1 hw 2\nB#1 poll committed a-0 => w@0 position 1 hw 2
     A#1 commit 1 => ok\nB#1 commit 1 => ok\n${END.replace('y@0 position 2 hw 2', 'y@0 z@1 position 4 hw 4')}`,
    ['NoAbortedRead', 'OneDecision', 'LastStableOffset'],
  ],
  [
    'garbage-read',
    `${COMMITTED}R poll committed b-0 from 2 => nobody@2 hw 3\n${END}`,
    ['NoAbortedRead'],
  ],
  [
    'lost-write',
    `${COMMITTED}R poll committed a-0 => x@1 position 3 hw 3`,
    ['NoLoss', 'OneDecision', 'HonestErrors', 'lost-write', 'int-poll-skip'],
  ],
  [
    'unseen',
    `A#1 init - => ok\nA#1 send - a-0 x => ok\nR final committed a-0 => hw 0`,
    ['NoLoss', 'unseen'],
  ],
  [
    'int-poll-skip',
    `${COMMITTED}R poll committed a-0 => w@0 position 3 hw 3\n${END}`,
    ['NoLoss', 'int-poll-skip'],
  ],
  [
    'int-nonmonotonic-poll',
    `${COMMITTED}R poll committed a-0 => x@1 w@0 position 3 hw 3\n${END}`,
    ['int-poll-skip', 'int-nonmonotonic-poll'],
  ],
  [
    'int-nonmonotonic-poll: before the poll began',
    `${COMMITTED}R poll uncommitted a-0 from 1 => w@0 x@1\n${END}`,
    ['int-nonmonotonic-poll'],
  ],
  [
    'poll-skip',
    `${COMMITTED}R poll committed a-0 => w@0 position 1 hw 3\nR poll committed a-0 from 2 => position 3 hw 3\n${END}`,
    ['poll-skip'],
  ],
  [
    'nonmonotonic-poll',
    `${COMMITTED}R poll committed a-0 => w@0 x@1 hw 3\nR poll committed a-0 => w@0 x@1 hw 3\n${END}`,
    ['nonmonotonic-poll'],
  ],
  [
    'int-nonmonotonic-send',
    `${COMMITTED.replace('w => ok 0', 'w => ok 1').replace('x => ok 1', 'x => ok 0')}
     R2 final committed a-0 => x@0 w@1 position 3 hw 3\nR2 final committed b-0 => y@0 position 2 hw 2`,
    ['ProducerOrder', 'int-nonmonotonic-send'],
  ],
  [
    'nonmonotonic-send',
    `A#1 init - => ok\nA#1 send - a-0 x => ok 1\nA#1 send - a-0 y => ok 0\nR final committed a-0 => y@0 x@1`,
    ['ProducerOrder', 'nonmonotonic-send'],
  ],
  [
    'an aborted record in the final read',
    `${ABORTED}${END}`,
    ['AtomicVisibility', 'NoAbortedRead', 'OneDecision', 'HonestErrors'],
  ],
  [
    'a torn transaction',
    `${SENT}A#1 commit 1 => unknown\nR2 final committed a-0 => w@0 x@1 position 3 hw 3\nR2 final committed b-0 => position 2 hw 2`,
    ['AtomicVisibility', 'OneDecision'],
  ],
  [
    'a zombie that commits',
    `${SENT}A#2 init A => ok 7 1\nA#1 commit 1 => ok\n${END}`,
    ['ZombieFencing'],
  ],
  [
    'a hanging transaction',
    `${SENT}A#1 crash\nR2 final committed a-0 => lso 0 hw 2\nR2 final committed b-0 => lso 0 hw 1`,
    ['NoHangingTransaction', 'ReadersProgress'],
  ],
  [
    'OffsetAtomicity: the offset of an aborted transaction',
    `${PIPELINE}A#1 abort 1 => ok\nR final committed in-0 => i@0
     R final committed out-0 => position 2 hw 2\nR final-offsets g in-0 => in-0=1`,
    ['OffsetAtomicity'],
  ],
  [
    'ExactlyOncePipeline: one input, two committed transactions',
    `${PIPELINE}A#1 commit 1 => ok\nA#1 begin 2 => ok\nA#1 send 2 out-0 y from in-0@0 => ok 2
     A#1 send-offsets 2 g 1 m in-0=1 => ok\nA#1 commit 2 => ok\nR final committed in-0 => i@0
     R final committed out-0 => x@0 y@2 position 4 hw 4\nR final-offsets g in-0 => in-0=1`,
    ['ExactlyOncePipeline'],
  ],
  [
    'PreparedCompletes: a decision that is never carried out',
    `${COMMITTED}${END}\noperator describe A => ok PrepareCommit`,
    ['PreparedCompletes'],
  ],
  [
    'NoSpuriousFencing: fenced by nobody',
    `i: A#1 init A 60000\nA#1 request InitProducerId\nA#1 response 0 NONE\ni => ok 7 0
     A#1 begin 1 => ok\nA#1 send 1 a-0 x => ok 0
     c: A#1 commit 1\nA#1 request EndTxn\nA#1 response 1 PRODUCER_FENCED\nc => failed PRODUCER_FENCED
     R final committed a-0 => position 2 hw 2`,
    ['NoSpuriousFencing'],
  ],
  [
    'TransactionalIdReusable: an id that is used up',
    `${COMMITTED}${END}\nA#2 probe A => failed CONCURRENT_TRANSACTIONS`,
    ['TransactionalIdReusable'],
  ],
  [
    'ReadersProgress: a reader that stays where it is',
    `${COMMITTED}R poll committed a-0 from 2 => position 2 hw 3\n${END}`,
    ['ReadersProgress'],
  ],
  [
    'LastStableOffset: it goes back',
    `${COMMITTED}R poll committed a-0 from 3 => position 3 lso 3 hw 3
     R poll committed a-0 from 3 => position 3 lso 2 hw 3\n${END}`,
    ['LastStableOffset'],
  ],
  [
    'HonestErrors: acknowledged and gone',
    'A#1 init - => ok\nA#1 send - a-0 x => ok 0\nR final uncommitted a-0 => position 1 hw 1',
    ['HonestErrors'],
  ],
];

/** What Jepsen's workload reports (`analysis` of jepsen/tests/kafka.clj) and is more than a figure. */
const JEPSEN = [
  'inconsistent-offsets',
  'duplicate',
  'duplicate-nonzero',
  'G1a',
  'G1c',
  'precommitted-read',
  'garbage-read',
  'lost-write',
  'unseen',
  'int-poll-skip',
  'poll-skip',
  'int-nonmonotonic-poll',
  'nonmonotonic-poll',
  'int-nonmonotonic-send',
  'nonmonotonic-send',
];

test('every claim, every check of what is forbidden and every anomaly of Jepsen has a row', () => {
  const finders = new Set(PLANTED.flatMap(([, , expected]) => expected));
  const forbidden = ANOMALY_CHECKS.filter(({ verdict }) => verdict === 'forbidden');
  const names = [...CLAIMS, ...forbidden].map(({ name }) => name);
  expect(names.filter((name) => !finders.has(name))).toEqual([]);
  const rows = new Set(PLANTED.map(([row]) => row.split(':')[0]));
  expect(JEPSEN.filter((name) => !rows.has(name))).toEqual([]);
});

describe('what is planted is found', () => {
  test.each(PLANTED)('%s', (_, notation, expected) => {
    const judgement = judged(notation);
    const found = alarms(judgement);
    expect(found).toEqual(expect.arrayContaining([...expected]));
    // Claims overlap: what is lost is also missing from its transaction. Checks are for one thing each.
    const isCheck = (name: string): boolean =>
      judgement.anomalies.some((check) => check.name === name);
    expect(found.filter(isCheck)).toEqual(expected.filter(isCheck));
    expect(judgement.verdict).toBe('violated');
  });

  test('int-send-skip is allowed, and reported', () => {
    const { anomalies, verdict, claims } = judged(
      `${COMMITTED.replace('x => ok 1', 'x => ok 2')}${END.replace('x@1 position 3 hw 3', 'x@2 position 4 hw 4')}`,
    );
    const skip = anomalies.find(({ name }) => name === 'int-send-skip')!;
    expect(skip).toMatchObject({ status: 'found', verdict: 'allowed', count: 1 });
    expect(claims.filter(({ status }) => status === 'violated')).toEqual([]);
    expect(verdict).toBe('inconclusive');
  });
});

describe('a claim that is judged alone says the same as with all others', () => {
  const histories = [...CLEAN, ...PLANTED.map(([name, notation]) => [name, notation] as const)];
  test.each(histories)('%s', (_, notation) => {
    const together = judged(notation);
    for (const [index, claim] of CLAIMS.entries()) {
      expect(judged(notation, claim).claims, claim.name).toEqual([together.claims[index]]);
    }
    const folded = CLAIMS.filter(isFolded);
    const names: ReadonlySet<string> = new Set(folded.map(({ name }) => name));
    const { claims, scope } = judged(notation, ...folded);
    expect(claims).toEqual(together.claims.filter(({ name }) => names.has(name)));
    expect(scope).toEqual(together.scope);
  });
});

test('what is forgotten for want of a claim that needs it is said not to have been checked', () => {
  const notation = `${COMMITTED}A#1 crash\n${END}`;
  expect(judged(notation).unchecked).toEqual([]);
  const { unchecked, anomalies } = judged(notation, ...CLAIMS.filter(isFolded));
  expect(unchecked.map(({ rule }) => rule)).toEqual(['value-reused', 'event-after-crash']);
  expect(new Set(anomalies.map(({ status }) => status))).toEqual(new Set(['not-asked']));
});

test('a violation cites the lines of the file', () => {
  const { claims } = judged(`A#1 init A => ok 7 0\nA#1 begin 1 => ok\nA#1 send 1 a-0 x => ok 0
    A#1 abort 1 => ok\nR poll committed a-0 => x@0`);
  const { violation } = claims.find(({ name }) => name === 'NoAbortedRead')!;
  expect(violation?.events.map(({ line }) => line)).toEqual([9, 11]);
  expect(violation?.why.join(' ')).toContain('was told that it happened (line 9)');
});

test('a claim that a history has no events for is not applicable, with the reason; a witness likewise', () => {
  const { claims, verdict } = judged('A#1 init A => ok\nA#1 begin 1 => ok\nA#1 send 1 a-0 x => ok');
  expect(claims.map(({ status }) => status)).not.toContain('holds');
  expect(claims.find(({ name }) => name === 'NoDuplicates')).toMatchObject({
    status: 'not-applicable',
    reason: 'the history has no read of committed records',
  });
  expect(verdict).toBe('inconclusive');
  const read = judged('A#1 init - => ok\nA#1 send - a-0 x => ok 0\nR poll committed a-0 => x@0');
  expect(read.claims.find(({ name }) => name === 'NoDuplicates')).toMatchObject({
    status: 'inconclusive',
    reason: 'the history has no attempt on the wire',
  });
});

test('a malformed history is refused with its line and the rule', () => {
  expect(() => judged('A#1 init A => ok\nA#1 send 1 a-0 x => ok')).toThrow(
    'planted.jsonl, line 4, column 64, at transaction: expected a history in which a send, send-offsets, commit or abort names the ' +
      'transaction that its process began last; found send of A#1 at 1 ms, which breaks that rule (transaction-not-current).',
  );
  expect(() => judged('A#1 init - => ok\nA#1 send - a-0 x => ok\nA#1 send - a-0 x => ok')).toThrow(
    '(value-reused)',
  );
});
