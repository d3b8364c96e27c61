/** What is not replicated is told to be stable, and read as committed. */

import { NO_OFFSET } from '../../protocol/ids.ts';
import type { Mutant } from './mutant.ts';

export const P18: Mutant = {
  id: 'P18',
  name: 'stable-offset-beyond-high-watermark',
  change: 'The last stable offset is not bounded by the high watermark',
  source: 'UnifiedLog.lastStableOffset',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['NoAbortedRead', 'LastStableOffset'],
  overrides: {
    partitionLeader: {
      decisions: {
        lastStableOffset: (firstUnstableOffset, _highWatermark, logEndOffset) =>
          firstUnstableOffset === NO_OFFSET ? logEndOffset : firstUnstableOffset,
      },
    },
  },
};
