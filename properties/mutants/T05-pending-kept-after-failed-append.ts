/** Every later request of the id is answered CONCURRENT_TRANSACTIONS, until the coordinator is loaded again. */

import type { Mutant } from './mutant.ts';

export const T05: Mutant = {
  id: 'T05',
  name: 'pending-kept-after-failed-append',
  change: 'The pending state is not cleared when the append failed',
  source: 'KAFKA-5351, KAFKA-7519; TransactionStateManager.appendTransactionToLog',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['TransactionalIdReusable'],
  overrides: {
    transactionCoordinator: {
      decisions: { isFreedByFailedAppend: () => false },
    },
  },
};
