/**
 * The partition does not look at the epoch of data. With verification on the coordinator still does, so that this
 * shows where nobody is asked.
 */

import type { Mutant } from './mutant.ts';

export const P08: Mutant = {
  id: 'P08',
  name: 'stale-epoch-data',
  change: 'The leader accepts data of a lower producer epoch than it knows.',
  source: 'ProducerAppendInfo.checkProducerEpoch, KIP-98',
  transactionVersions: [0, 1],
  minFaults: 1,
  killedBy: ['ZombieFencing', 'NoHangingTransaction', 'NoAbortedRead'],
  overrides: {
    partitionLeader: {
      decisions: { epochIsStale: () => false },
    },
  },
};
