/** The decision is in the log, and nobody tells the leaders. */

import type { Mutant } from './mutant.ts';

export const F01: Mutant = {
  id: 'F01',
  name: 'load-ignores-prepared',
  change: 'The load of a partition does not resume Prepare*',
  source: 'KAFKA-5131; TransactionStateManager.loadTransactionsForTxnTopicPartition',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['PreparedCompletes'],
  overrides: { transactionCoordinator: { decisions: { resumesOnLoad: () => false } } },
};
