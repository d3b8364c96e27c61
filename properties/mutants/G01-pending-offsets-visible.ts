/** A transaction's offsets count as soon as they are written, whatever becomes of the transaction. */

import type { Mutant } from './mutant.ts';

export const G01: Mutant = {
  id: 'G01',
  name: 'pending-offsets-visible',
  change: 'offsets of an open transaction are committed before its marker',
  source: 'KIP-98; OffsetMetadataManager.replay',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['OffsetAtomicity'],
  overrides: {
    groupCoordinator: {
      decisions: { isPending: () => false },
    },
  },
};
