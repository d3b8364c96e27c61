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
  killedBy: ['OneDecision', 'ZombieFencing'],
  survives:
    'Who asks during a load starts the id anew under another producer id, and that record is the last one that the load reads: the old producer can neither commit nor be read any more. The transaction that it leaves open is what NoHangingTransaction and NoSpuriousFencing see, which the row does not name.',
  overrides: {
    transactionCoordinator: {
      decisions: {
        partitionGate: (isOwned) => (isOwned ? 'NONE' : 'NOT_COORDINATOR'),
      },
    },
  },
};
