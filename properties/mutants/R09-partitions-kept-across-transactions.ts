/**
 * The second transaction writes to a partition that the coordinator does not know of, and, with nothing added,
 * commits without asking it. With partition verification the records are refused, unless the marker of the first
 * transaction is still under way; then it decides them too.
 */

import type { Mutant } from './mutant.ts';

export const R09: Mutant = {
  id: 'R09',
  name: 'partitions-kept-across-transactions',
  change: 'The partitions of a transaction are not forgotten at its end',
  source: 'TransactionManager.resetTransactionState',
  transactionVersions: [0, 1],
  minFaults: 0,
  killedBy: ['AtomicVisibility', 'NoHangingTransaction'],
  overrides: { producer: { decisions: { partitionsAfterCompletion: (partitions) => partitions } } },
};
