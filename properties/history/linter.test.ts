import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../reports/evidence/history.ts';
import { historyFrom } from './history-notation.ts';
import {
  firstMalformation,
  HISTORY_RULES,
  HistoryLinter,
  RULE_FIELDS,
  type HistoryRule,
} from './linter.ts';
import { OpenHistory } from './open-history.ts';

const WELL_FORMED = `
  A#1 init A => ok 7 0
  A#1 begin 1 => ok
  x: A#1 send 1 a-0 x
  A#1 request Produce a-0 0
  y: A#1 send 1 b-0 y
  A#1 request Produce b-0 0
  y => ok 0
  A#1 copy 1
  A#1 response 1 NONE
  A#1 response 0 lost
  A#1 request Produce a-0 0
  A#1 response 2 NONE
  x => ok 0
  c: A#1 commit 1
  A#1 request EndTxn
  A#1 response 3 lost
  A#1 request EndTxn
  A#1 response 4 INVALID_PRODUCER_EPOCH
  c => unknown INVALID_PRODUCER_EPOCH
  B#1 init -
  B#1 crash
  C#1 init C => ok 9 0
  C#1 join g => ok 1 m
  C#1 fetch-offsets g in-0 => in-0=-1
  C#1 poll committed in-0 => i@0 hw 1
  C#1 begin 1 => ok
  C#1 send 1 a-0 z from in-0@0 => ok 3
  C#1 send-offsets 1 g 1 m in-0=1 => ok
  C#1 commit 1 => ok
  C#1 commit-offsets g 1 m in-0=1 => ok
  R end committed a-0 => ok 2
  R final committed a-0 => x@0 lso 2 hw 2
  operator describe A => ok CompleteCommit
  A#2 probe A 60000 => ok 7 2
  A#2 begin 1 => ok
  G final-offsets g in-0 => in-0=1
`;

/** Without a completion for the send, so that its fields can be bent. */
const [INIT, INIT_OK, BEGIN, BEGIN_OK, SEND, SEND_OK] = historyFrom(
  `A#1 init A => ok 7 0\nA#1 begin 1 => ok\nA#1 send 1 a-0 x => ok 0`,
) as [HistoryEvent, HistoryEvent, HistoryEvent, HistoryEvent, HistoryEvent, HistoryEvent];

const REFUSED: readonly [HistoryRule, string | readonly HistoryEvent[], number][] = [
  [
    'time-goes-back',
    [
      { ...INIT, time: 5 },
      { ...INIT_OK, time: 4 },
    ],
    1,
  ],
  ['event-after-crash', 'A#1 init A => ok\nA#1 crash\nA#1 begin 1', 3],
  ['event-after-crash', 'A#1 init A => ok\nx: A#1 send - a-0 x\nA#1 crash\nx => ok 0', 4],
  ['operation-reused', [INIT, INIT_OK, { ...BEGIN, op: 0 } as HistoryEvent], 2],
  ['completion-without-invocation', [INIT_OK], 0],
  ['completed-twice', [INIT, INIT_OK, INIT_OK], 2],
  ['completed-elsewhere', [INIT, { ...INIT_OK, process: 'A#2' }], 1],
  ['concurrent-calls', 'A#1 init A\nA#1 begin 1', 1],
  ['concurrent-calls', 'A#1 init A => ok\nA#1 begin 1 => ok\nA#1 commit 1\nA#1 abort 1', 5],
  ['concurrent-calls', 'A#1 init A => ok\nA#1 begin 1 => ok\nA#1 abort 1\nA#1 send 1 a-0 x', 5],
  ['value-reused', 'A#1 init - => ok\nA#1 send - a-0 x => ok\nA#1 send - a-0 x', 4],
  ['before-init', 'A#1 begin 1', 0],
  ['no-transactional-id', 'A#1 init - => ok\nA#1 begin 1', 2],
  ['transaction-out-of-order', 'A#1 init A => ok\nA#1 begin 2', 2],
  ['transaction-out-of-order', 'A#1 init A => ok\nA#1 begin 1 => ok\nA#1 begin 1', 4],
  ['transaction-not-current', 'A#1 init A => ok\nA#1 send 1 a-0 x', 2],
  ['transaction-not-current', 'A#1 init A => ok\nA#1 begin 1 => ok\nA#1 commit 2', 4],
  [
    'poll-without-records',
    historyFrom('R poll committed a-0 => lso 0').map((event) =>
      event.type === 'ok' ? { type: 'ok', time: 0, process: 'R', op: 0 } : event,
    ),
    1,
  ],
  [
    'final-read-without-offsets',
    historyFrom('R final committed a-0 => x@0').map((event) =>
      event.type === 'ok' ? { type: 'ok', time: 0, process: 'R', op: 0, records: [] } : event,
    ),
    1,
  ],
  ['concurrent-calls', 'C#1 join g\nC#1 fetch-offsets g in-0', 1],
  ['before-init', 'C#1 send-offsets 1 g - in-0=1', 0],
  ['transaction-not-current', 'C#1 init C => ok\nC#1 send-offsets 1 g - in-0=1', 2],
  ['join-without-member', 'C#1 join g => ok', 1],
  ['fetch-without-offsets', 'C#1 fetch-offsets g in-0 in-1 => in-0=1', 1],
  ['call-after-final-read', 'G final-offsets g in-0 => in-0=1\nC#1 join g', 2],
  ['call-after-final-read', 'R final committed a-0 => hw 0\nA#1 init A', 2],
  [
    'end-offset-missing',
    historyFrom('R end committed a-0 => ok 0').map((event) =>
      event.type === 'ok' ? { type: 'ok', time: 0, process: 'R', op: 0 } : event,
    ),
    1,
  ],
  [
    'state-missing',
    historyFrom('operator describe A => ok Empty').map((event) =>
      event.type === 'ok' ? { type: 'ok', time: 0, process: 'operator', op: 0 } : event,
    ),
    1,
  ],
  ['request-out-of-place', historyFrom('A#1 request EndTxn\nA#1 request EndTxn').slice(1), 0],
  ['response-without-request', 'A#1 response 0 NONE', 0],
  ['response-without-request', 'A#1 request EndTxn\nA#2 response 0 NONE', 1],
  ['copy-without-request', 'A#1 request EndTxn\nA#2 copy 0', 1],
  ['copy-without-request', 'A#1 request EndTxn\nA#1 response 0 NONE\nA#1 copy 0', 2],
  ['answered-twice', 'A#1 request EndTxn\nA#1 response 0 lost\nA#1 response 0 NONE', 2],
  [
    'resent-end-failed',
    `A#1 init A => ok
     A#1 begin 1 => ok
     c: A#1 commit 1
     A#1 request EndTxn
     A#1 request EndTxn
     c => failed PRODUCER_FENCED`,
    7,
  ],
  [
    'resent-end-failed',
    `A#1 init A => ok
     A#1 begin 1 => ok
     c: A#1 commit 1
     A#1 request EndTxn
     c => unknown
     d: A#1 commit 1
     A#1 request EndTxn
     d => failed PRODUCER_FENCED`,
    9,
  ],
];

describe('the linter', () => {
  test('accepts what real clients do: overlapping sends, retries, a crash with a call outstanding', () => {
    expect(firstMalformation(historyFrom(WELL_FORMED))).toBeNull();
  });

  test.each(REFUSED)('refuses %s', (rule, history, event) => {
    const events = typeof history === 'string' ? historyFrom(history) : history;
    expect(firstMalformation(events)).toMatchObject({ rule, event });
    const field = RULE_FIELDS[rule];
    if (field !== '' && field !== 'offsets') expect(events[event]).toHaveProperty(field);
  });

  test('has a case for every rule', () => {
    expect(new Set(REFUSED.map(([rule]) => rule))).toEqual(new Set(Object.keys(HISTORY_RULES)));
  });

  test('names the event, its process and the rule', () => {
    expect(firstMalformation([INIT, INIT_OK, BEGIN, BEGIN_OK, SEND, SEND_OK, SEND_OK])).toEqual({
      event: 6,
      rule: 'completed-twice',
      message: 'event 6 (ok of A#1 at 2 ms): an operation completes at most once',
    });
  });

  test('accepts a definite error on an EndTxn sent once, and on an abort after a refused commit', () => {
    const events = historyFrom(`
      A#1 init A => ok
      A#1 begin 1 => ok
      c: A#1 commit 1
      A#1 request EndTxn
      A#1 response 0 INVALID_TXN_STATE
      c => failed INVALID_TXN_STATE
      d: A#1 abort 1
      A#1 request EndTxn
      A#1 response 1 PRODUCER_FENCED
      d => failed PRODUCER_FENCED`);
    expect(firstMalformation(events)).toBeNull();
  });
});

/** Of a history that forgets what is over: where it is refused, by which rule, and which were not checked everywhere. */
function forgetful(events: readonly HistoryEvent[]) {
  const history = new OpenHistory();
  const linter = new HistoryLinter(history, null);
  let broken: { readonly rule: HistoryRule; readonly event: number } | null = null;
  for (const [event, entry] of events.entries()) {
    const rule = linter.brokenBy(entry);
    if (rule !== null) broken ??= { rule, event };
    if (broken !== null) break;
    history.add(entry);
  }
  return { broken, unchecked: linter.unchecked.map(({ rule }) => rule) };
}

describe('the linter of a history that forgets what is over', () => {
  test.each(REFUSED)('refuses %s, or says that it does not look', (rule, history, event) => {
    const events = typeof history === 'string' ? historyFrom(history) : history;
    const { broken, unchecked } = forgetful(events);
    if (rule === 'value-reused' || rule === 'event-after-crash') {
      expect(unchecked).toContain(rule);
      // What a crashed process does is taken for the doing of one that was never heard of.
      const instead = events[event]!.type === 'ok' ? 'completed-twice' : 'before-init';
      expect(broken).toEqual(rule === 'value-reused' ? null : { rule: instead, event });
    } else expect(broken).toEqual({ rule, event });
  });

  test('knows a superseded producer until it crashes', () => {
    const superseded = 'A#1 init A => ok\nA#1 begin 1 => ok\nA#2 init A => ok\n';
    const back = `${superseded}A#1 init A => ok\n`;
    expect(forgetful(historyFrom(`${back}A#1 begin 2 => ok`))).toEqual({
      broken: null,
      unchecked: ['value-reused'],
    });
    const broken = { rule: 'transaction-out-of-order', event: 8 };
    expect(forgetful(historyFrom(`${back}A#1 begin 1 => ok`)).broken).toEqual(broken);
    const gone = forgetful(historyFrom(`${superseded}A#1 crash\nA#2 begin 1 => ok`));
    expect(gone).toEqual({ broken: null, unchecked: ['value-reused', 'event-after-crash'] });
  });
});
