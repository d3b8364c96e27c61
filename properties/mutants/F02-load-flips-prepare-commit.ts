/** The old coordinator committed some partitions, the new one aborts the others. */

import type { Mutant } from './mutant.ts';

export const F02: Mutant = {
  id: 'F02',
  name: 'load-flips-prepare-commit',
  change: 'The load of a partition takes PrepareCommit for PrepareAbort',
  source: 'KIP-98; TransactionStateManager.loadTransactionsForTxnTopicPartition',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['OneDecision', 'AtomicVisibility'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        loadedState: (logged) => (logged === 'PrepareCommit' ? 'PrepareAbort' : logged),
      },
    },
  },
};
