/** The transaction counts as ended although a partition still waits for its marker. */

import type { Mutant } from './mutant.ts';

export const T08: Mutant = {
  id: 'T08',
  name: 'complete-after-any-marker',
  change: 'Complete* is written when any rather than all markers are acknowledged',
  source: 'KIP-98; TransactionMarkerChannelManager.maybeWriteTxnCompletion',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['AtomicVisibility', 'NoHangingTransaction'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        isFullyMarked: (outstanding, all) => all.length === 0 || outstanding.length < all.length,
      },
    },
  },
};
