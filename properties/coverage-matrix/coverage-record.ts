/** What a chunk's refinement saw the specification's machines do. */

import type { ChartTransition } from '../../model/checker/chart-transitions.ts';
import { TransitionCounter } from '../../model/checker/transition-counter.ts';
import { groupCoordinator } from '../../model/group-coordinator.machine.ts';
import { partitionLeader } from '../../model/partition-leader.machine.ts';
import { producer } from '../../model/producer.machine.ts';
import { transactionCoordinator } from '../../model/transaction-coordinator.machine.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { COORDINATOR_TABLES, type CoordinatorCounter } from '../refinement/coordinator-tables.ts';
import { GROUP_TABLES, type GroupCounter } from '../refinement/group-tables.ts';
import { LEADER_TABLES, type LeaderCounter } from '../refinement/leader-tables.ts';
import { producerChart, ProducerCounter } from '../refinement/producer-tables.ts';

/** How often each transition of a machine was taken, by its number in the chart. Travels between threads. */
export interface MachineCounts {
  readonly machine: string;
  readonly times: readonly number[];
}

/** The settings that decide which tables are walked. */
export interface CountedSettings {
  readonly transactionVersion: TransactionVersion;
  readonly partitionVerification: boolean;
}

export class CoverageRecord {
  readonly transactionCoordinator: CoordinatorCounter;
  readonly partitionLeader: LeaderCounter;
  readonly groupCoordinator: GroupCounter;
  readonly producer = new ProducerCounter();

  constructor(settings: CountedSettings) {
    const tables = tablesOf(settings);
    this.transactionCoordinator = new TransitionCounter(tables.transactionCoordinator);
    this.partitionLeader = new TransitionCounter(tables.partitionLeader);
    this.groupCoordinator = new TransitionCounter(tables.groupCoordinator);
  }

  counts(): readonly MachineCounts[] {
    return [
      { machine: transactionCoordinator.id, times: this.transactionCoordinator.totals() },
      { machine: partitionLeader.id, times: this.partitionLeader.totals() },
      { machine: groupCoordinator.id, times: this.groupCoordinator.totals() },
      { machine: producer.id, times: this.producer.totals() },
    ];
  }
}

/** The transitions that are counted, machine by machine. */
export function countedCharts(
  settings: CountedSettings,
): ReadonlyMap<string, readonly ChartTransition[]> {
  const tables = tablesOf(settings);
  return new Map([
    [transactionCoordinator.id, tables.transactionCoordinator.chart.all],
    [partitionLeader.id, tables.partitionLeader.chart.all],
    [groupCoordinator.id, tables.groupCoordinator.chart.all],
    [producer.id, producerChart().all],
  ]);
}

function tablesOf({ transactionVersion, partitionVerification }: CountedSettings) {
  return {
    transactionCoordinator: COORDINATOR_TABLES[transactionVersion],
    partitionLeader: LEADER_TABLES[partitionVerification ? 1 : 0],
    groupCoordinator: GROUP_TABLES[partitionVerification ? 1 : 0],
  };
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
