/**
 * The coordinator's transition tables with Kafka's real constants, one for each level of the server. All runs of a
 * process share them, so that XState is asked only for what no run met before.
 */

import { MAX_PRODUCER_EPOCH } from '../../protocol/limits.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { TransitionCounter } from '../../model/checker/transition-counter.ts';
import { TransitionTable } from '../../model/checker/transition-table.ts';
import type { CoordinatorAction } from '../../model/transaction-coordinator-cells.ts';
import { createTransactionCoordinator } from '../../model/transaction-coordinator.machine.ts';

export type CoordinatorTable = TransitionTable<
  ReturnType<typeof createTransactionCoordinator>,
  CoordinatorAction
>;

export type CoordinatorCounter = TransitionCounter<
  ReturnType<typeof createTransactionCoordinator>,
  CoordinatorAction
>;

function tableAt(serverTransactionVersion: TransactionVersion): CoordinatorTable {
  const scope = { maxEpoch: MAX_PRODUCER_EPOCH, serverTransactionVersion };
  return new TransitionTable(createTransactionCoordinator(scope));
}

export const COORDINATOR_TABLES: Readonly<Record<TransactionVersion, CoordinatorTable>> = {
  0: tableAt(0),
  1: tableAt(1),
  2: tableAt(2),
};

/** The cells that runs of this process exercised, sorted, as `Ongoing EndTxnRequest`: the coverage direction of refinement. */
export function exercisedCells(): readonly string[] {
  const cells = new Set<string>();
  for (const table of Object.values(COORDINATOR_TABLES)) {
    for (const { state, event } of table.evaluated()) {
      cells.add(`${table.stateOf(state).value} ${table.eventOf(event).type}`);
    }
  }
  return [...cells].sort();
}
