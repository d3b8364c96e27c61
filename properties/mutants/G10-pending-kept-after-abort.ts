/** An aborted transaction's offsets stay pending for ever: no one can fetch the group's offsets. */

import type { Mutant } from './mutant.ts';

export const G10: Mutant = {
  id: 'G10',
  name: 'pending-kept-after-abort',
  change: 'an ABORT marker leaves the pending offsets as they are',
  source: 'KAFKA-7296; OffsetMetadataManager.replayEndTransactionMarker',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['OffsetAtomicity'],
  overrides: {
    groupCoordinator: {
      decisions: { clearsPending: (result) => result === 'COMMIT' },
    },
  },
};
