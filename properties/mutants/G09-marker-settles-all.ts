/** One producer's marker decides another one's transaction. */

import type { Mutant } from './mutant.ts';

export const G09: Mutant = {
  id: 'G09',
  name: 'marker-settles-all',
  change: 'pending offsets are not kept by producer: any marker settles them',
  source: 'KIP-98; OffsetMetadataManager.replayEndTransactionMarker',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['OffsetAtomicity'],
  overrides: {
    groupCoordinator: {
      decisions: { settledBy: (_, open) => open },
    },
  },
};
