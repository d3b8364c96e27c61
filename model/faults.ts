/** What can go wrong, and how often: a scope bounds each kind. Recovery from any of them is never bounded. */

export const FAULTS = [
  /** A request, or its answer, is lost, and its sender gives the connection up. */
  'loss',
  /** A request arrives after its sender gave the connection up. */
  'delay',
  /** A second copy of a request arrives later, on a connection of its own. */
  'duplication',
  'producerCrash',
  /** The coordinator crashes, and its successor loads the log. */
  'coordinatorCrash',
  /** A leader crashes, and its successor loads the log. */
  'leaderCrash',
  /** A transaction is older than `transaction.timeout.ms`. */
  'transactionTimeout',
  /** A new instance starts while the one before is still alive. */
  'zombie',
] as const;

export type Fault = (typeof FAULTS)[number];

export type FaultBudget = Readonly<Record<Fault, number>>;

export const NO_FAULTS: FaultBudget = {
  loss: 0,
  delay: 0,
  duplication: 0,
  producerCrash: 0,
  coordinatorCrash: 0,
  leaderCrash: 0,
  transactionTimeout: 0,
  zombie: 0,
};

/** Late requests that can be under way at once. */
export function lateSlots(budget: FaultBudget): number {
  return budget.delay + budget.duplication;
}
