/** Reasons by machine, for what a run of the simulation does not take. */

import { transactionCoordinator } from '../../model/transaction-coordinator.machine.ts';
import { TRANSACTION_COORDINATOR_REASONS } from './transaction-coordinator-reasons.ts';
import type { Unexercised } from './unexercised.ts';

export const REASONS: ReadonlyMap<string, readonly Unexercised[]> = new Map([
  [transactionCoordinator.id, TRANSACTION_COORDINATOR_REASONS],
]);
