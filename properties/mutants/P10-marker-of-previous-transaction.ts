/**
 * A TV2 marker carries the epoch that the next transaction then uses, so that a late one ends the next transaction.
 */

import type { Mutant } from './mutant.ts';

export const P10: Mutant = {
  id: 'P10',
  name: 'marker-of-previous-transaction',
  change:
    'The leader accepts a marker of the current epoch although a transaction of that epoch is open',
  source: 'ProducerAppendInfo.checkProducerEpoch, KIP-890, KIP-1228',
  transactionVersions: [2],
  minFaults: 1,
  killedBy: ['OneDecision'],
  overrides: {
    partitionLeader: {
      decisions: {
        markerEpochIsStale: (entry, markerEpoch) => markerEpoch < entry.producerEpoch,
      },
    },
  },
};
