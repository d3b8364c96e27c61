/** Which cells of the specification's machines the reference took, over several runs: seen once is seen. */

import type { ReportedMachine } from '../evidence/conformance-report.ts';
import {
  COVERAGE_STATUSES,
  type CellCoverage,
  type CoverageStatus,
  type MachineCoverage,
} from '../evidence/coverage.ts';
import { sum } from './claims.ts';
import type { ConformanceInputs } from './inputs.ts';

type ReportedCell = ReportedMachine['cells'][number];

export function reportedMachines({ coverages }: ConformanceInputs): readonly ReportedMachine[] {
  const machines = new Map<string, ReportedMachine>();
  for (const { machine, cells } of coverages.flatMap(({ value }) => value.machines)) {
    const known = machines.get(machine);
    machines.set(machine, { machine, cells: merged(known?.cells ?? [], cells) });
  }
  return [...machines.values()];
}

function merged(
  known: readonly ReportedCell[],
  cells: MachineCoverage['cells'],
): ReportedMachine['cells'] {
  return cells.map((cell) => {
    const one = known.find(({ state, event }) => state === cell.state && event === cell.event);
    const other = reportedCell(cell);
    if (one === undefined) return other;
    const better = rank(one.status) <= rank(other.status) ? one : other;
    return { ...better, times: one.times + other.times };
  });
}

function rank(status: CoverageStatus): number {
  return COVERAGE_STATUSES.indexOf(status);
}

function reportedCell({ state, event, status, transitions }: CellCoverage): ReportedCell {
  const reason = transitions.map((transition) => transition.reason).find((each) => each !== null);
  return {
    state,
    event,
    status,
    times: sum(transitions, ({ times }) => times),
    reason: status === 'exercised' ? null : (reason ?? null),
  };
}

/** `42 exercised, 1 missed, 67 listed, 9 impossible`. */
export function cellCounts({ cells }: ReportedMachine): string {
  return COVERAGE_STATUSES.map(
    (status) => `${cells.filter((cell) => cell.status === status).length} ${status}`,
  ).join(', ');
}
