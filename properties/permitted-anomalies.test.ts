import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { componentsWith } from '../impl/simulation/overrides.ts';
import { readScenario } from '../reports/evidence/read.ts';
import type { Violation } from '../reports/evidence/finding.ts';
import type { Scenario } from '../reports/evidence/scenario.ts';
import type { TraceEvent } from '../reports/evidence/trace.ts';
import type { ClaimName } from './claim-names.ts';
import { atomicVisibility } from './claims/atomic-visibility.ts';
import { JudgedHistory } from './claims/judged-history.ts';
import { noAbortedRead } from './claims/no-aborted-read.ts';
import { noHangingTransaction } from './claims/no-hanging-transaction.ts';
import { RecordedHistory } from './history/recorded-history.ts';
import { permittedAnomaly } from './permitted-anomalies.ts';
import { runScenario } from './scenarios/run-scenario.ts';

interface Seen {
  readonly scenario: Scenario;
  readonly history: RecordedHistory;
  readonly trace: readonly TraceEvent[];
}

function run(name: string): Seen {
  const file = new URL(`./scenarios/corpus/${name}.json`, import.meta.url);
  const scenario = readScenario(readFileSync(file, 'utf8'), name).value;
  const options = { components: componentsWith({}), trace: true, coordinatorObserver: null };
  const { history, trace } = runScenario(scenario, options);
  return { scenario, history: new RecordedHistory(history), trace };
}

function excuse({ scenario, history, trace }: Seen, claim: ClaimName, violation: Violation | null) {
  if (violation === null) throw new Error(`${claim} holds`);
  return permittedAnomaly(scenario, history, trace, claim, violation)?.name ?? null;
}

/** A violation made up about this value of the history, as AtomicVisibility reports a missing record. */
function missing({ history }: Seen, value: string): Violation {
  const send = history.sendOf(value);
  if (send === undefined) throw new Error(`nobody sent ${value}`);
  const poll = history.finalReads.committed.get(send.invocation.partition)!.poll;
  return { message: '', events: [send.completedAt, poll.completedAt], why: ['made up'] };
}

const endTxn = run('kafka-17754-late-end-txn-commit');
const produceNext = run('kip-890-late-produce-next');
const produceAfter = run('kip-890-late-produce-after');
const marker = run('late-marker-tv1');

function hanging({ history }: Seen): Violation | null {
  return JudgedHistory.of(history.events, [noHangingTransaction]).violationOf(noHangingTransaction);
}

/** What really went wrong in each run, and the anomaly that excuses it. */
const EXCUSED: readonly [Seen, ClaimName, Violation | null, string][] = [
  [endTxn, 'NoAbortedRead', noAbortedRead.violation(endTxn.history), 'LateEndTxn'],
  [produceNext, 'NoAbortedRead', noAbortedRead.violation(produceNext.history), 'LateProduceNext'],
  [produceNext, 'AtomicVisibility', missing(produceNext, 'A#1.2.1'), 'LateProduceNext'],
  [produceAfter, 'NoHangingTransaction', hanging(produceAfter), 'LateProduceAfter'],
  [marker, 'AtomicVisibility', atomicVisibility.violation(marker.history), 'LateMarker'],
];

describe('a permitted anomaly', () => {
  test.each(EXCUSED)('excuses what it caused (%#)', (seen, claim, violation, anomaly) => {
    expect(excuse(seen, claim, violation)).toBe(anomaly);
  });

  test.each(EXCUSED)(
    'excuses nothing under transaction version 2 (%#)',
    (seen, claim, violation) => {
      const scenario: Scenario = { ...seen.scenario, transactionVersion: 2 };
      expect(excuse({ ...seen, scenario }, claim, violation)).toBeNull();
    },
  );

  test.each(EXCUSED)('excuses nothing if no message came late (%#)', (seen, claim, violation) => {
    const trace = seen.trace.map((event) =>
      event.kind === 'delivered' ? { ...event, late: false } : event,
    );
    const history = new RecordedHistory(
      seen.history.events.map((event) =>
        event.type === 'unknown' ? { ...event, type: 'ok', offset: 0 } : event,
      ),
    );
    expect(excuse({ ...seen, trace, history }, claim, violation)).toBeNull();
  });

  test('does not excuse a claim that it cannot break', () => {
    const violation = noAbortedRead.violation(endTxn.history);
    expect(excuse(endTxn, 'ZombieFencing', violation)).toBeNull();
    expect(excuse(endTxn, 'NoDuplicates', violation)).toBeNull();
  });

  test('a late EndTxn does not excuse the transaction that it was sent for', () => {
    expect(excuse(endTxn, 'AtomicVisibility', missing(endTxn, 'A#1.1.1'))).toBeNull();
    expect(excuse(endTxn, 'AtomicVisibility', missing(endTxn, 'A#1.2.1'))).toBe('LateEndTxn');
  });

  test('a late marker does not excuse the transaction that it was sent for', () => {
    expect(excuse(marker, 'AtomicVisibility', missing(marker, 'A#1.1.1'))).toBeNull();
    expect(excuse(marker, 'AtomicVisibility', missing(marker, 'A#1.2.1'))).toBe('LateMarker');
  });

  test('a late Produce excuses the loss of the record that it replaced, and of no other', () => {
    const events = produceNext.history.events.map((event) =>
      event.type === 'ok' && event.offset === 1 ? { ...event, offset: 9 } : event,
    );
    const elsewhere = { ...produceNext, history: new RecordedHistory(events) };
    expect(excuse(elsewhere, 'AtomicVisibility', missing(elsewhere, 'A#1.2.1'))).toBeNull();
  });

  test('a late Produce that hangs is not excused while partition verification is on (KIP-890)', () => {
    const violation = hanging(produceAfter);
    const scenario: Scenario = { ...produceAfter.scenario, partitionVerification: true };
    expect(excuse({ ...produceAfter, scenario }, 'NoHangingTransaction', violation)).toBeNull();
  });

  test.each([
    ['EndTxn', endTxn, 'A#1.2.1'],
    ['Produce', produceNext, 'A#1.2.1'],
    ['WriteTxnMarkers', marker, 'A#1.2.1'],
  ] as const)(
    'a late %s that was accepted under a stale epoch is a defect, not an anomaly',
    (_, seen, value) => {
      const second = seen.history.transaction('A#1', 2)!.begin.invokedAt;
      const events = seen.history.events.map((event, position) =>
        event.type === 'request' && position > second ? { ...event, producerEpoch: 1 } : event,
      );
      const bumped = { ...seen, history: new RecordedHistory(events) };
      expect(excuse(bumped, 'AtomicVisibility', missing(bumped, value))).toBeNull();
    },
  );

  test('a record that nobody sent is never excused', () => {
    const read = endTxn.history.finalReads.committed.get('a-0')!.poll;
    const violation = {
      message: '',
      events: [read.invokedAt, read.completedAt] as [number, number],
      why: ['made up'],
    };
    expect(excuse(endTxn, 'NoAbortedRead', violation)).toBeNull();
  });
});
