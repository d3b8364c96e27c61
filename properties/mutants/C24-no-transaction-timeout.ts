/** A producer that died inside a transaction holds its readers up for ever. */

import type { Mutant } from './mutant.ts';

export const C24: Mutant = {
  id: 'C24',
  name: 'no-transaction-timeout',
  change: 'Transactions are never timed out',
  source: 'KIP-98; TransactionStateManager.timedOutTransactions',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['NoHangingTransaction'],
  overrides: { transactionCoordinator: { decisions: { isTimedOut: () => false } } },
};
