/** What a chunk's refinement saw the specification's machines do. */

import type { ChartTransition } from '../../model/checker/chart-transitions.ts';
import { TransitionCounter } from '../../model/checker/transition-counter.ts';
import { transactionCoordinator } from '../../model/transaction-coordinator.machine.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { COORDINATOR_TABLES, type CoordinatorCounter } from '../refinement/coordinator-tables.ts';

/** How often each transition of a machine was taken, by its number in the chart. Travels between threads. */
export interface MachineCounts {
  readonly machine: string;
  readonly times: readonly number[];
}

export class CoverageRecord {
  readonly transactionCoordinator: CoordinatorCounter;

  constructor(transactionVersion: TransactionVersion) {
    this.transactionCoordinator = new TransitionCounter(COORDINATOR_TABLES[transactionVersion]);
  }

  counts(): readonly MachineCounts[] {
    return [{ machine: transactionCoordinator.id, times: this.transactionCoordinator.totals() }];
  }
}

/** The transitions that are counted, machine by machine. */
export function countedCharts(
  transactionVersion: TransactionVersion,
): ReadonlyMap<string, readonly ChartTransition[]> {
  const { chart } = COORDINATOR_TABLES[transactionVersion];
  return new Map([[transactionCoordinator.id, chart.all]]);
}

/** The sum of what several chunks saw. */
export function summed(chunks: readonly (readonly MachineCounts[])[]): readonly MachineCounts[] {
  const sums = new Map<string, number[]>();
  for (const { machine, times } of chunks.flat()) {
    const sum = sums.get(machine);
    if (sum === undefined) sums.set(machine, [...times]);
    else for (const [number, count] of times.entries()) sum[number]! += count;
  }
  return [...sums].map(([machine, times]) => ({ machine, times }));
}
