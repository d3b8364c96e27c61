/**
 * A marker that a replaced coordinator sent ends a later transaction. Under TV2 the producer epoch alone refuses it.
 */

import type { Mutant } from './mutant.ts';

export const P12: Mutant = {
  id: 'P12',
  name: 'stale-coordinator-marker',
  change: 'The leader does not compare the coordinator epochs of markers',
  source: 'ProducerAppendInfo.checkCoordinatorEpoch, KIP-98',
  transactionVersions: [0, 1],
  minFaults: 2,
  killedBy: ['OneDecision'],
  overrides: {
    partitionLeader: {
      decisions: { coordinatorEpochIsStale: () => false },
    },
  },
};
