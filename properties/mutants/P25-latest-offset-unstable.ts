/** A reader of committed records that asks for the end is placed beyond what is stable. */

import type { Mutant } from './mutant.ts';

export const P25: Mutant = {
  id: 'P25',
  name: 'latest-offset-unstable',
  change: 'ListOffsets answers the high watermark under read_committed, too',
  source: 'KAFKA-5522; Partition.fetchOffsetForTimestamp',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['LastStableOffset', 'ReadersProgress'],
  overrides: {
    partitionLeader: {
      decisions: {
        latestOffset: (_isolationLevel, highWatermark) => highWatermark,
      },
    },
  },
};
