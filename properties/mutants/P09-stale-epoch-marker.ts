/** A marker of an earlier epoch ends the transaction that is open now. */

import type { Mutant } from './mutant.ts';

export const P09: Mutant = {
  id: 'P09',
  name: 'stale-epoch-marker',
  change: 'The leader accepts markers of any producer epoch',
  source: 'ProducerAppendInfo.checkProducerEpoch, KIP-98',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['OneDecision'],
  overrides: {
    partitionLeader: {
      decisions: { markerEpochIsStale: () => false },
    },
  },
};
