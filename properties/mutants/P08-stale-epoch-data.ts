/**
 * The partition does not look at the epoch of data. Where verification is on, the coordinator refuses a zombie's first
 * batch all the same, so that this shows where nobody is asked.
 */

import type { Mutant } from './mutant.ts';

export const P08: Mutant = {
  id: 'P08',
  name: 'stale-epoch-data',
  change: 'The leader accepts data of a lower producer epoch than it knows',
  source: 'ProducerAppendInfo.checkProducerEpoch, KIP-98',
  transactionVersions: [0, 1],
  partitionVerification: false,
  minFaults: 1,
  killedBy: ['ZombieFencing'],
  overrides: {
    partitionLeader: {
      decisions: { epochIsStale: () => false },
    },
  },
};
