import { describe, expect, test } from 'vitest';
import type { ApiName } from '../../protocol/messages/rpc.ts';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import type { TraceEvent } from '../../reports/evidence/trace.ts';
import { CLAIMS } from '../claims/all-claims.ts';
import { JudgedHistory } from '../claims/judged-history.ts';
import { RecordedHistory } from '../history/recorded-history.ts';
import { historyFrom } from '../history/history-notation.ts';
import { permittedAnomaly } from '../permitted-anomalies.ts';
import {
  DECIDED_NEXT,
  ENDED_AND_MARKED,
  HANGS,
  HANGS_NEXT,
  LATE_RECORD,
  REPLACED,
  SUPERSEDED,
  TWO_TRANSACTIONS,
  ZOMBIE_THEN_NEWER,
} from './causes.fixture.ts';

/**
 * A trace by hand, a row each: `begin A#1 2`, `told x` (the completion of that send), or a request with the instance
 * and transaction on whose behalf it was sent and the log and offset of what it appended, `EndTxn A#1 1 log-0 3`;
 * in front of it `late` or, for a late copy of one that had arrived in time, `copy`.
 */
function traceOf(history: RecordedHistory, rows: string): TraceEvent[] {
  const trace: TraceEvent[] = [];
  for (const row of rows.trim().split('\n')) {
    const words = row.trim().split(/\s+/);
    const manner = words[0] === 'late' || words[0] === 'copy' ? words.shift() : 'in time';
    const [api = '', instance = '', transaction = '', log = '', offset = ''] = words;
    const time = 0;
    if (api === 'begin') {
      const begin = history.transaction(instance, Number(transaction))!.begin;
      trace.push({ kind: 'history', time, event: begin.invokedAt });
      continue;
    }
    if (api === 'told') {
      trace.push({ kind: 'history', time, event: history.sendOf(instance)!.completedAt });
      continue;
    }
    const sent = trace.length * 2;
    const cause = manner === 'copy' ? sent + 1 : sent;
    trace.push({
      kind: 'sent',
      time,
      message: sent,
      leg: 'request',
      from: 'somebody',
      to: 'somebody else',
      api: api as ApiName,
      apiVersion: 0,
      text: '',
      ghost: { instance, transaction: Number(transaction) },
    });
    if (manner === 'copy') trace.push({ kind: 'duplicated', time, message: sent, copy: cause });
    trace.push(
      { kind: 'delivered', time, message: cause, late: manner !== 'in time' },
      { kind: 'appended', time, lane: '', log, offset: Number(offset), text: '', cause },
    );
  }
  return trace;
}

/** As where a message carried the markers of several producers: the append says whose transaction it ended. */
function ghostsOfAppends(trace: readonly TraceEvent[]): TraceEvent[] {
  let last: Extract<TraceEvent, { readonly kind: 'sent' }>['ghost'];
  return trace.map((event) => {
    if (event.kind === 'appended' && last !== undefined) return { ...event, ghost: last };
    if (event.kind !== 'sent') return event;
    const { ghost, ...sent } = event;
    last = event.api === 'WriteTxnMarkers' ? ghost : undefined;
    return last === undefined ? event : sent;
  });
}

/** By the name of each violated claim, what excuses it. */
function excuses(
  text: string,
  rows: string,
  partitionVerification: boolean,
  traced = (trace: readonly TraceEvent[]) => trace,
): string {
  const history = new RecordedHistory(historyFrom(text));
  const trace = traced(traceOf(history, rows));
  const scenario = { transactionVersion: 1, partitionVerification } as Scenario;
  const judged = JudgedHistory.of(history.events, CLAIMS);
  return CLAIMS.flatMap((claim) => {
    const { name } = claim;
    const found = judged.violationOf(claim);
    if (found === null) return [];
    const anomaly = permittedAnomaly(scenario, history, trace, name, found);
    return [`${name} ${anomaly?.name ?? 'violated'}`];
  }).join(', ');
}

const ON = true;
const OFF = false;

const CASES: readonly [string, string, string, boolean, string][] = [
  [
    'a superseded instance writes where the newer epoch is unknown, without verification',
    SUPERSEDED,
    ZOMBIE_THEN_NEWER,
    OFF,
    'NoAbortedRead ZombieAppend, ZombieFencing ZombieAppend, OneDecision ZombieAppend, HonestErrors ZombieAppend',
  ],
  [
    'it does so where a marker has fenced it',
    SUPERSEDED,
    `begin A#1 1\nWriteTxnMarkers A#1 1 b-0 5\n${ZOMBIE_THEN_NEWER.replace('begin A#1 1\n', '')}`,
    OFF,
    'NoAbortedRead violated, ZombieFencing violated, OneDecision violated, HonestErrors violated',
  ],
  [
    'it does so with verification',
    SUPERSEDED,
    ZOMBIE_THEN_NEWER,
    ON,
    'NoAbortedRead violated, ZombieFencing violated, OneDecision violated, HonestErrors violated',
  ],
  [
    'it does so where the newer instance has written before',
    SUPERSEDED,
    `begin A#2 1\nProduce A#2 1 b-0 1\nbegin A#1 1\nProduce A#1 1 b-0 0\nWriteTxnMarkers A#2 1 b-0 2`,
    OFF,
    'NoAbortedRead violated, ZombieFencing violated, OneDecision violated, HonestErrors violated',
  ],
  [
    'a late EndTxn decides the next transaction',
    TWO_TRANSACTIONS,
    DECIDED_NEXT,
    ON,
    'NoAbortedRead LateEndTxn, OneDecision LateEndTxn, HonestErrors LateEndTxn',
  ],
  [
    'a late copy of an EndTxn does',
    TWO_TRANSACTIONS,
    'begin A#1 1\nEndTxn A#1 1 __transaction_state-0 3\nbegin A#1 2\ncopy EndTxn A#1 1 __transaction_state-0 5',
    ON,
    'NoAbortedRead LateEndTxn, OneDecision LateEndTxn, HonestErrors LateEndTxn',
  ],
  [
    'a late EndTxn does, but it was an abort and the record is read as committed',
    TWO_TRANSACTIONS.replace('A#1 commit 1', 'A#1 abort 1'),
    DECIDED_NEXT,
    ON,
    'NoAbortedRead violated, OneDecision violated, HonestErrors violated',
  ],
  [
    'what was written after a late EndTxn had decided hangs',
    HANGS_NEXT,
    DECIDED_NEXT,
    OFF,
    'NoHangingTransaction LateEndTxn, ReadersProgress LateEndTxn',
  ],
  [
    'it stays open until a later transaction aborts there, although both were told committed',
    HANGS_NEXT.replace('commit 2 => unknown', 'commit 2 => ok')
      .replace('committed a-0 => position 1 lso 1', 'committed a-0 => position 2 lso 2')
      .replace('lso 1', 'lso 2'),
    DECIDED_NEXT,
    OFF,
    'AtomicVisibility LateEndTxn, NoLoss LateEndTxn, OneDecision LateEndTxn, HonestErrors LateEndTxn',
  ],
  [
    'it hangs although leaders verify partitions',
    HANGS_NEXT,
    DECIDED_NEXT,
    ON,
    'NoHangingTransaction violated, ReadersProgress violated',
  ],
  [
    'a late EndTxn does, but its client had begun again without an answer',
    TWO_TRANSACTIONS.replace('commit 1 => ok', 'commit 1 => unknown'),
    'begin A#1 1\nbegin A#1 2\nlate EndTxn A#1 1 __transaction_state-0 5',
    ON,
    'NoAbortedRead violated, OneDecision violated, HonestErrors violated',
  ],
  [
    'a late EndTxn does, of a transaction that an earlier late one had decided',
    TWO_TRANSACTIONS,
    'begin A#1 1\nbegin A#1 2\nlate EndTxn A#1 1 __transaction_state-0 5',
    ON,
    'NoAbortedRead LateEndTxn, OneDecision LateEndTxn, HonestErrors LateEndTxn',
  ],
  [
    'an EndTxn that came in time does',
    TWO_TRANSACTIONS,
    'begin A#1 1\nbegin A#1 2\nEndTxn A#1 1 __transaction_state-0 5',
    ON,
    'NoAbortedRead violated, OneDecision violated, HonestErrors violated',
  ],
  [
    'a late EndTxn decides its own transaction, wrongly',
    TWO_TRANSACTIONS,
    'begin A#1 1\nbegin A#1 2\nlate EndTxn A#1 2 __transaction_state-0 5',
    ON,
    'NoAbortedRead violated, OneDecision violated, HonestErrors violated',
  ],
  [
    "a late EndTxn decides another producer's transaction",
    TWO_TRANSACTIONS,
    'begin A#1 1\nbegin A#1 2\nbegin B#1 1\nbegin B#1 2\nlate EndTxn B#1 1 __transaction_state-0 5',
    ON,
    'NoAbortedRead violated, OneDecision violated, HonestErrors violated',
  ],
  [
    'a late Produce joins the next transaction',
    LATE_RECORD,
    `${ENDED_AND_MARKED}late Produce A#1 1 a-0 1\nWriteTxnMarkers A#1 2 a-0 2`,
    ON,
    'NoAbortedRead LateProduceNext, OneDecision LateProduceNext, HonestErrors LateProduceNext',
  ],
  [
    'a Produce whose record was told lost while the request was under way does',
    LATE_RECORD,
    `told x\n${ENDED_AND_MARKED}Produce A#1 1 a-0 1\nWriteTxnMarkers A#1 2 a-0 2`,
    ON,
    'NoAbortedRead LateProduceNext, OneDecision LateProduceNext, HonestErrors LateProduceNext',
  ],
  [
    'a Produce that the client still waited for does: it ended the transaction too early',
    LATE_RECORD.replace('A#1 send 1 a-0 x => unknown', 'x: A#1 send 1 a-0 x').replace(
      'R poll',
      'x => unknown\nR poll',
    ),
    `${ENDED_AND_MARKED}Produce A#1 1 a-0 1\nWriteTxnMarkers A#1 2 a-0 2\ntold x`,
    ON,
    'NoAbortedRead violated, OneDecision violated, HonestErrors violated',
  ],
  [
    'a late Produce comes before its own marker, which is the wrong one',
    LATE_RECORD,
    `begin A#1 1\nEndTxn A#1 1 __transaction_state-0 2\nlate Produce A#1 1 a-0 1\nWriteTxnMarkers A#1 1 a-0 2`,
    OFF,
    'NoAbortedRead violated, OneDecision violated, HonestErrors violated',
  ],
  [
    'a late Produce is closed by a second marker of its own transaction',
    LATE_RECORD,
    `${ENDED_AND_MARKED}late Produce A#1 1 a-0 1\nWriteTxnMarkers A#1 1 a-0 2`,
    ON,
    'NoAbortedRead violated, OneDecision violated, HonestErrors violated',
  ],
  [
    'the late Produce was on another partition',
    LATE_RECORD,
    `${ENDED_AND_MARKED}WriteTxnMarkers A#1 1 b-0 0\nlate Produce A#1 1 b-0 1\nWriteTxnMarkers A#1 2 b-0 2`,
    ON,
    'NoAbortedRead violated, OneDecision violated, HonestErrors violated',
  ],
  [
    'a late Produce hangs, and blocks what others committed',
    HANGS,
    `${ENDED_AND_MARKED.replace('begin A#1 2', '')}late Produce A#1 1 a-0 1`,
    OFF,
    'AtomicVisibility LateProduceAfter, NoHangingTransaction LateProduceAfter, NoLoss LateProduceAfter, ReadersProgress LateProduceAfter',
  ],
  [
    'it hangs although the coordinator had ended the transaction under a higher epoch',
    HANGS,
    'begin A#1 1\nWriteTxnMarkers A#1 1 a-0 0\nlate Produce A#1 1 a-0 1',
    OFF,
    'AtomicVisibility violated, NoHangingTransaction violated, NoLoss violated, ReadersProgress violated',
  ],
  [
    'something else hangs than the late Produce',
    HANGS,
    `${ENDED_AND_MARKED.replace('begin A#1 2', '')}late Produce A#1 1 a-0 3`,
    OFF,
    'AtomicVisibility violated, NoHangingTransaction violated, NoLoss violated, ReadersProgress violated',
  ],
  [
    'a late Produce hangs although its retry had been appended, of which it is a duplicate',
    HANGS.replace('uncommitted a-0 => x@1', 'uncommitted a-0 => x@0 x@1'),
    `${ENDED_AND_MARKED.replace('begin A#1 2', '')}late Produce A#1 1 a-0 1`,
    OFF,
    'AtomicVisibility violated, NoHangingTransaction violated, NoLoss violated, ReadersProgress violated',
  ],
  [
    'a record is taken for a duplicate of the late one',
    REPLACED,
    `${ENDED_AND_MARKED}begin A#1 3\nlate Produce A#1 1 a-0 1\nWriteTxnMarkers A#1 3 a-0 2`,
    ON,
    'AtomicVisibility LateProduceNext, NoLoss LateProduceNext, OneDecision LateProduceNext, HonestErrors LateProduceNext, ProducerOrder LateProduceNext',
  ],
  [
    'a record is taken for a duplicate of one that was decided before',
    REPLACED,
    `${ENDED_AND_MARKED}late Produce A#1 1 a-0 1\nWriteTxnMarkers A#1 2 a-0 2\nbegin A#1 3`,
    ON,
    'AtomicVisibility violated, NoLoss violated, OneDecision violated, HonestErrors violated, ProducerOrder violated',
  ],
  [
    'a late marker closes the next transaction',
    TWO_TRANSACTIONS,
    'WriteTxnMarkers A#1 1 a-0 1\nProduce A#1 2 a-0 2\nlate WriteTxnMarkers A#1 1 a-0 3',
    ON,
    'NoAbortedRead LateMarker, OneDecision LateMarker, HonestErrors LateMarker',
  ],
  [
    'a late marker does, but it was an abort and the record is read as committed',
    TWO_TRANSACTIONS.replace('A#1 commit 1', 'A#1 abort 1'),
    'WriteTxnMarkers A#1 1 a-0 1\nProduce A#1 2 a-0 2\nlate WriteTxnMarkers A#1 1 a-0 3',
    ON,
    'NoAbortedRead violated, OneDecision violated, HonestErrors violated',
  ],
  [
    'a late marker comes once the next transaction is closed',
    TWO_TRANSACTIONS,
    'Produce A#1 2 a-0 2\nWriteTxnMarkers A#1 2 a-0 3\nlate WriteTxnMarkers A#1 1 a-0 4',
    ON,
    'NoAbortedRead violated, OneDecision violated, HonestErrors violated',
  ],
  [
    'a late marker closes its own transaction, wrongly',
    TWO_TRANSACTIONS,
    'Produce A#1 2 a-0 2\nlate WriteTxnMarkers A#1 2 a-0 3',
    ON,
    'NoAbortedRead violated, OneDecision violated, HonestErrors violated',
  ],
  [
    'a late abort moves the last stable offset past what its client then commits',
    `A#1 init A => ok
     A#1 begin 1 => ok
     A#1 request EndTxn
     A#1 abort 1 => ok
     A#1 begin 2 => ok
     A#1 request EndTxn
     A#1 send 2 a-0 x => ok 2
     R end committed a-0 => ok 3
     A#1 commit 2 => ok`,
    DECIDED_NEXT,
    ON,
    'LastStableOffset LateEndTxn',
  ],
  [
    'something else moves it',
    `A#1 init A => ok
     A#1 begin 1 => ok
     A#1 send 1 a-0 x => ok 2
     R end committed a-0 => ok 3
     A#1 commit 1 => ok`,
    'begin A#1 1',
    ON,
    'LastStableOffset violated',
  ],
];

describe('the cause of a violation under transaction version 1', () => {
  test.each(CASES)('%s', (_, history, rows, partitionVerification, verdict) => {
    expect(excuses(history, rows, partitionVerification)).toBe(verdict);
  });

  test.each(CASES.filter(([, , rows]) => rows.includes('WriteTxnMarkers')))(
    '%s, in a request with the markers of another producer',
    (_, history, rows, partitionVerification, verdict) => {
      expect(excuses(history, rows, partitionVerification, ghostsOfAppends)).toBe(verdict);
    },
  );
});
