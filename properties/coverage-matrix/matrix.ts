/** From counts to the coverage matrix: each cell and transition exercised, missed, listed with its reason, or impossible. */

import type { ChartTransition } from '../../model/checker/chart-transitions.ts';
import type {
  CellCoverage,
  CoverageStatus,
  MachineCoverage,
  TransitionCoverage,
} from '../../reports/evidence/coverage.ts';
import type { CoverageCount, RunResult } from '../../reports/evidence/run-result.ts';
import type { MachineCounts } from './coverage-record.ts';
import type { CoverageScope, Unexercised } from './unexercised.ts';
import { reasonFor } from './unexercised.ts';

export function machineCoverage(
  { machine, times }: MachineCounts,
  chart: readonly ChartTransition[],
  reasons: readonly Unexercised[],
  scope: CoverageScope,
): MachineCoverage {
  const cells = new Map<string, TransitionCoverage[]>();
  for (const [number, transition] of chart.entries()) {
    const key = JSON.stringify([transition.state, transition.event]);
    const cell = cells.get(key) ?? [];
    cells.set(key, cell);
    cell.push(transitionCoverage(transition, times[number]!, reasons, scope));
  }
  return { machine, cells: [...cells].map(([key, transitions]) => cellOf(key, transitions)) };
}

function transitionCoverage(
  transition: ChartTransition,
  times: number,
  reasons: readonly Unexercised[],
  scope: CoverageScope,
): TransitionCoverage {
  const { guard, target, actions, outcome } = transition;
  const described = { guard, target, actions: [...actions], times, reason: null };
  if (times > 0) return { ...described, status: 'exercised' };
  if (outcome === 'unexpected') return { ...described, status: 'impossible' };
  const found = reasonFor(reasons, transition, scope);
  if (found === null) return { ...described, status: 'missed' };
  const { reason, isRare = false } = found;
  return { ...described, status: isRare ? 'missed' : 'listed', reason };
}

function cellOf(key: string, transitions: TransitionCoverage[]): CellCoverage {
  const [state, event] = JSON.parse(key) as [string, string];
  const statuses = transitions.map(({ status }) => status);
  return { state, event, status: cellStatus(statuses), transitions };
}

/** What is within reach decides; a cell is impossible only if each way to leave it is. */
function cellStatus(statuses: readonly CoverageStatus[]): CoverageStatus {
  const order: readonly CoverageStatus[] = ['exercised', 'missed', 'listed'];
  return order.find((status) => statuses.includes(status)) ?? 'impossible';
}

export function coverageCounts(
  machines: readonly MachineCoverage[],
): NonNullable<RunResult['coverage']> {
  const cells = machines.flatMap((machine) => machine.cells);
  return {
    cells: countOf(cells),
    transitions: countOf(cells.flatMap(({ transitions }) => transitions)),
  };
}

function countOf(covered: readonly { readonly status: CoverageStatus }[]): CoverageCount {
  const count = (wanted: CoverageStatus): number =>
    covered.filter(({ status }) => status === wanted).length;
  const exercised = count('exercised');
  return { exercised, reachable: exercised + count('missed'), listed: count('listed') };
}
