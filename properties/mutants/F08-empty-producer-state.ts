/**
 * After a restart the leader knows no producer and no open transaction: retries are appended again, and open
 * transactions are read.
 */

import type { Mutant } from './mutant.ts';

export const F08: Mutant = {
  id: 'F08',
  name: 'empty-producer-state',
  change: 'The leader starts with empty producer state',
  source: 'UnifiedLog.rebuildProducerState',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['NoDuplicates', 'NoAbortedRead'],
  overrides: {
    partitionLeader: {
      handlers: { load: () => undefined },
    },
  },
};
