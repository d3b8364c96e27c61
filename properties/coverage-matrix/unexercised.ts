/** Why a run does not take a transition of the specification's chart. Each reason is tested: a stale one fails. */

import type { ChartTransition } from '../../model/checker/chart-transitions.ts';
import type { RunResult } from '../../reports/evidence/run-result.ts';

export type CoverageScope = RunResult['scope'];

export interface Unexercised {
  /** Absent: in every state. */
  readonly states?: readonly string[];
  readonly events: readonly string[];
  /** With params; null is the candidate without a guard. Absent: every way to leave the cell. */
  readonly guards?: readonly (string | null)[];
  /** A clause: what it would take. */
  readonly reason: string;
  /** It is within reach, but needs a coincidence that most runs do not meet. */
  readonly isRare?: true;
  /** Under which settings it is within reach all the same. Absent: none. */
  readonly unless?: (scope: CoverageScope) => boolean;
}

export function concerns(
  { states, events, guards }: Unexercised,
  { state, event, guard }: ChartTransition,
): boolean {
  return (
    events.includes(event) &&
    (states === undefined || states.includes(state)) &&
    (guards === undefined || guards.includes(guard))
  );
}

/** Why `transition` is out of reach under `scope`, or rarely met; null: it is within reach. */
export function reasonFor(
  reasons: readonly Unexercised[],
  transition: ChartTransition,
  scope: CoverageScope,
): Unexercised | null {
  const found = reasons.find(
    (candidate) => concerns(candidate, transition) && candidate.unless?.(scope) !== true,
  );
  return found ?? null;
}
