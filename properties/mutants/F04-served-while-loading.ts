/**
 * A request is answered from an empty cache, as if its transactional id had never existed. Shows where a load takes
 * time.
 */

import type { Mutant } from './mutant.ts';

export const F04: Mutant = {
  id: 'F04',
  name: 'served-while-loading',
  change: 'Requests are served while their partition is being loaded',
  source: 'KIP-98; TransactionStateManager.getAndMaybeAddTransactionState',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['ZombieFencing', 'AtomicVisibility', 'NoHangingTransaction'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        partitionGate: (isOwned) => (isOwned ? 'NONE' : 'NOT_COORDINATOR'),
      },
    },
  },
};
