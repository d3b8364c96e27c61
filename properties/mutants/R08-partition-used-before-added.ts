/**
 * The coordinator does not know of a partition that has records: nobody ends them, or the marker of the transaction
 * before, still under way, does. With partition verification only the latter is left.
 */

import type { Mutant } from './mutant.ts';

export const R08: Mutant = {
  id: 'R08',
  name: 'partition-used-before-added',
  change: 'Batches of a partition are sent before AddPartitionsToTxn is answered',
  source: 'TransactionManager.isSendToPartitionAllowed, KIP-98',
  transactionVersions: [0, 1],
  minFaults: 1,
  killedBy: ['AtomicVisibility', 'NoHangingTransaction'],
  overrides: { producer: { decisions: { mayDrain: (facts) => facts.added || facts.pendingAdd } } },
};
