/**
 * The partition does not look at the epoch of data. Where verification is on, the coordinator still refuses a zombie's
 * first batch; a late batch of an idempotent producer that has renumbered it meets nobody who would.
 */

import type { Mutant } from './mutant.ts';

export const P08: Mutant = {
  id: 'P08',
  name: 'stale-epoch-data',
  change: 'The leader accepts data of a lower producer epoch than it knows.',
  source: 'ProducerAppendInfo.checkProducerEpoch, KIP-98',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['ZombieFencing', 'NoHangingTransaction', 'NoAbortedRead', 'NoDuplicates'],
  overrides: {
    partitionLeader: {
      decisions: { epochIsStale: () => false },
    },
  },
};
