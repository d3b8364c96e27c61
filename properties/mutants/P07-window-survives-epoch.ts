/**
 * The batches of the previous epoch stay in the window, so that the next transaction's first batch looks like a retry
 * and is not appended.
 */

import type { Mutant } from './mutant.ts';

export const P07: Mutant = {
  id: 'P07',
  name: 'window-survives-epoch',
  change: 'The window of batches survives a change of the producer epoch',
  source: 'ProducerStateEntry.maybeUpdateProducerEpoch, KIP-890',
  transactionVersions: [2],
  minFaults: 0,
  killedBy: ['NoLoss'],
  overrides: {
    partitionLeader: {
      decisions: { batchesAfterEpochChange: (batches) => batches },
    },
  },
};
