/** A plain commit that came after a transaction's offsets is undone when the transaction's marker arrives. */

import type { Mutant } from './mutant.ts';

export const G04: Mutant = {
  id: 'G04',
  name: 'marker-order-wins',
  change: 'a marker materialises its offsets over a commit that is later in the log',
  source: 'KAFKA-5247; OffsetMetadataManager.replayEndTransactionMarker',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['OffsetAtomicity'],
  overrides: {
    groupCoordinator: {
      decisions: { isNewer: () => true },
    },
  },
};
