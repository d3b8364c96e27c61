/**
 * What Kafka permits before transaction version 2, each as a named predicate over the trace. A violation that one of
 * them recognises is `expected`; every other one is `violated`. Under transaction version 2 nothing is permitted.
 */

import type { Violation } from '../reports/evidence/finding.ts';
import type { Scenario } from '../reports/evidence/scenario.ts';
import type { TraceEvent } from '../reports/evidence/trace.ts';
import type { ClaimName } from './claim-names.ts';
import type { RecordedHistory } from './history/recorded-history.ts';
import type { PermittedAnomaly } from './permitted-anomalies/anomaly.ts';
import { lateEndTxn } from './permitted-anomalies/late-end-txn.ts';
import { lateMarker } from './permitted-anomalies/late-marker.ts';
import { lateProduceAfter } from './permitted-anomalies/late-produce-after.ts';
import { lateProduceNext } from './permitted-anomalies/late-produce-next.ts';
import { lateTxnOffsetCommit } from './permitted-anomalies/late-txn-offset-commit.ts';
import { zombieAppend } from './permitted-anomalies/zombie-append.ts';
import { TraceIndex } from './permitted-anomalies/trace-index.ts';
import { violationSubject } from './permitted-anomalies/violation-subject.ts';

export const PERMITTED_ANOMALIES: readonly PermittedAnomaly[] = [
  lateEndTxn,
  lateProduceNext,
  lateProduceAfter,
  lateMarker,
  zombieAppend,
  lateTxnOffsetCommit,
];

/** The permitted anomaly that caused a violation of `claim` in this run; null: none did. */
export function permittedAnomaly(
  scenario: Scenario,
  history: RecordedHistory,
  trace: readonly TraceEvent[],
  claim: ClaimName,
  violation: Violation,
): PermittedAnomaly | null {
  if (scenario.transactionVersion === 2) return null;
  const candidates = PERMITTED_ANOMALIES.filter(({ explains }) => explains.includes(claim));
  const subject = violationSubject(history, claim, violation);
  if (candidates.length === 0 || subject === null) return null;
  const evidence = { scenario, trace: new TraceIndex(trace, history), subject };
  return candidates.find(({ recognises }) => recognises(evidence)) ?? null;
}
