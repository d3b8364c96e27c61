/**
 * What is not replicated is read as committed. After a crash it is gone, and its retry may be read at another offset.
 */

import { NO_OFFSET } from '../../protocol/ids.ts';
import type { Mutant } from './mutant.ts';

export const P18: Mutant = {
  id: 'P18',
  name: 'stable-offset-beyond-high-watermark',
  change: 'The last stable offset is not bounded by the high watermark.',
  source: 'UnifiedLog.lastStableOffset',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['NoDuplicates', 'NoAbortedRead'],
  overrides: {
    partitionLeader: {
      decisions: {
        lastStableOffset: (firstUnstableOffset, _highWatermark, logEndOffset) =>
          firstUnstableOffset === NO_OFFSET ? logEndOffset : firstUnstableOffset,
      },
    },
  },
};
