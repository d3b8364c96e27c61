/**
 * A fenced instance adds its partitions to the transaction of the present one, or begins one that nobody will end.
 * Before TV2 the leaders' verification compares the epoch by itself and refuses its batches.
 */

import type { Mutant } from './mutant.ts';

export const C03: Mutant = {
  id: 'C03',
  name: 'add-without-epoch-check',
  change: 'AddPartitionsToTxn does not compare the epoch',
  source: 'KIP-98; TransactionCoordinator.handleAddPartitionsToTransaction',
  transactionVersions: [2],
  minFaults: 1,
  killedBy: ['ZombieFencing', 'NoHangingTransaction'],
  overrides: { transactionCoordinator: { decisions: { addPartitionsEpochIsValid: () => true } } },
};
