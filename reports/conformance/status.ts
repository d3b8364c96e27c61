/** How statuses add up. In a tree the worst of the parts is the whole's, so that folding only moves upward. */

import type { ClaimResult } from '../evidence/run-result.ts';

export type Status = ClaimResult['status'];

/** From what says least against a subject to what says most. */
const SEVERITY: readonly Status[] = [
  'not-applicable',
  'holds',
  'expected',
  'inconclusive',
  'unavailable',
  'violated',
];

export function worstOf(statuses: readonly Status[]): Status {
  const severities = statuses.map((status) => SEVERITY.indexOf(status));
  return SEVERITY[Math.max(0, ...severities)]!;
}

/** A permitted anomaly is no failure. */
export function isHeld(status: Status): boolean {
  return status === 'holds' || status === 'expected';
}
