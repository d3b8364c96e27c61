/** A committed transaction's offsets are thrown away, and its input is processed again. */

import type { Mutant } from './mutant.ts';

export const G03: Mutant = {
  id: 'G03',
  name: 'commit-drops',
  change: 'a COMMIT marker discards the pending offsets',
  source: 'KIP-98; OffsetMetadataManager.replayEndTransactionMarker',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['OffsetAtomicity', 'NoDuplicates'],
  overrides: {
    groupCoordinator: {
      decisions: { materialises: () => false },
    },
  },
};
