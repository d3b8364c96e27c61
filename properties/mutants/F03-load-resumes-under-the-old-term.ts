/**
 * Markers of an old term are not followed up: the first answer finds that the term has changed, and what is still
 * outstanding is dropped.
 */

import type { Mutant } from './mutant.ts';

export const F03: Mutant = {
  id: 'F03',
  name: 'load-resumes-under-the-old-term',
  change: 'The load of a partition resumes Prepare* with the old coordinator epoch',
  source: 'KIP-98; TransactionStateManager.loadTransactionsForTxnTopicPartition',
  transactionVersions: [0, 1, 2],
  minFaults: 2,
  killedBy: ['PreparedCompletes', 'OneDecision'],
  overrides: {
    transactionCoordinator: {
      decisions: { resumedCoordinatorEpoch: (electedAt) => electedAt - 1 },
    },
  },
};
