/** The batch at the last stable offset, the first of an open transaction, is read as committed. */

import type { Mutant } from './mutant.ts';

export const P17: Mutant = {
  id: 'P17',
  name: 'stable-offset-inclusive',
  change: 'A read_committed fetch includes the last stable offset',
  source: 'UnifiedLog.read, FetchIsolation',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['NoAbortedRead'],
  overrides: {
    partitionLeader: {
      decisions: {
        fetchUpperBound: (isolationLevel, highWatermark, lastStableOffset) =>
          isolationLevel === 'read_committed'
            ? Math.min(lastStableOffset + 1, highWatermark)
            : highWatermark,
      },
    },
  },
};
