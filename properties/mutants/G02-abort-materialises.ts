/** An aborted transaction's offsets count all the same, and its input is never read again. */

import type { Mutant } from './mutant.ts';

export const G02: Mutant = {
  id: 'G02',
  name: 'abort-materialises',
  change: 'an ABORT marker commits the pending offsets',
  source: 'KIP-98; OffsetMetadataManager.replayEndTransactionMarker',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['OffsetAtomicity'],
  overrides: {
    groupCoordinator: {
      decisions: { materialises: () => true },
    },
  },
};
