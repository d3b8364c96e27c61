/**
 * The client is told that its commit happened, and nothing of it is visible. Before transaction version 2 the abort of a
 * timeout raises the epoch, so that no commit reaches this cell.
 */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const C09: Mutant = {
  id: 'C09',
  name: 'commit-of-an-aborted-succeeds',
  change: 'A commit that comes after the coordinator aborted the transaction is answered NONE',
  source: 'TransactionCoordinator.endTransaction',
  transactionVersions: [2],
  minFaults: 1,
  killedBy: ['HonestErrors', 'NoLoss'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        endOutcome: (state, result, transactionVersion, age) =>
          state === 'CompleteAbort' && result === 'COMMIT'
            ? 'NONE'
            : DECISIONS.endOutcome(state, result, transactionVersion, age),
      },
    },
  },
};
