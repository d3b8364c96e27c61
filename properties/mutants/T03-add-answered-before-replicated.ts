/**
 * Batches are written to a partition of which the successor of a dead coordinator does not know that it belongs to
 * the transaction. TV0 and TV1 leaders verify first, and the coordinator does not count the partition in yet.
 */

import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import type { Mutant } from './mutant.ts';

export const T03: Mutant = {
  id: 'T03',
  name: 'add-answered-before-replicated',
  change: 'AddPartitionsToTxn is answered before Ongoing is replicated',
  source: 'KIP-98; TransactionStateManager.appendTransactionToLog',
  transactionVersions: [2],
  minFaults: 1,
  killedBy: ['AtomicVisibility', 'NoHangingTransaction'],
  overrides: {
    transactionCoordinator: {
      handlers: {
        writeOngoing: (coordinator, pending, done) => {
          HANDLERS.writeOngoing(coordinator, pending, () => {});
          done('NONE');
        },
      },
    },
  },
};
