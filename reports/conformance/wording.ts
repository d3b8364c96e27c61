/** Numbers and evidence as all views of a report word them. */

import type { ConformanceReport, Strength } from '../evidence/conformance-report.ts';
import { CLAIM_STATUSES, type ClaimResult } from '../evidence/run-result.ts';

export function number(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

export function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

export function strengthText(strength: Strength): string {
  if (strength.kind === 'directed') {
    return `directed: ${count(strength.tests, 'test')}, ${count(strength.steps, 'step')}`;
  }
  if (strength.kind === 'observed') {
    const { histories, operations, witnessed } = strength;
    return `observed: witnessed in ${number(witnessed)} of ${count(histories, 'history', 'histories')}, ${count(operations, 'operation')}`;
  }
  const { scenarios, seeds, witnessed, bound } = strength;
  const limit = bound === null ? '' : `, 3/n bound ${share(bound)} (95 %)`;
  const of = seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} seeds`;
  return `sampled: witnessed in ${number(witnessed)} of ${count(scenarios, 'scenario')} (${of})${limit}`;
}

/** Two significant digits: 3/n is an estimate. */
function share(bound: number): string {
  return String(Number(bound.toPrecision(2)));
}

/** A clause rests on several: each in few words. */
export function clauseEvidenceText(evidence: readonly Strength[]): string {
  return evidence
    .map((strength) =>
      strength.kind === 'directed'
        ? strengthText(strength)
        : strength.kind === 'observed'
          ? `${strength.claim}: witnessed in ${count(strength.witnessed, 'history', 'histories')}`
          : `${strength.claim}: witnessed in ${count(strength.witnessed, 'scenario')}`,
    )
    .join('; ');
}

/** How often an anomaly was found; of what was not looked for nobody knows. */
export function timesText({
  status,
  count: times,
}: ConformanceReport['anomalies'][number]): string {
  return status === 'absent' || status === 'found' ? number(times) : '-';
}

/** All statuses, those of nobody too: what is not listed might have been forgotten. */
export function statusCounts(of: readonly { readonly status: ClaimResult['status'] }[]): string {
  return CLAIM_STATUSES.map(
    (status) => `${of.filter((each) => each.status === status).length} ${status}`,
  ).join(', ');
}
