/** The records of a partition that the coordinator never got to know are ended by nobody. Partition verification refuses them, so the defect shows with verification off. */

import type { Mutant } from './mutant.ts';

export const R08: Mutant = {
  id: 'R08',
  name: 'partition-used-before-added',
  change: 'Batches of a partition are sent before AddPartitionsToTxn is answered.',
  source: 'TransactionManager.isSendToPartitionAllowed, KIP-98',
  transactionVersions: [0, 1],
  minFaults: 1,
  killedBy: ['AtomicVisibility', 'NoHangingTransaction'],
  overrides: { producer: { decisions: { mayDrain: (facts) => facts.added || facts.pendingAdd } } },
};
