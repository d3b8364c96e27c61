/** Whoever takes over starts from an offset that a transaction under way is about to move. */

import type { Mutant } from './mutant.ts';

export const G05: Mutant = {
  id: 'G05',
  name: 'require-stable-ignored',
  change: 'OffsetFetch returns offsets that an open transaction may still move',
  source: 'KAFKA-9346, KIP-447; OffsetMetadataManager.fetchOffsets',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['NoDuplicates', 'OffsetAtomicity'],
  overrides: {
    groupCoordinator: {
      decisions: { isUnstable: () => false },
    },
  },
};
