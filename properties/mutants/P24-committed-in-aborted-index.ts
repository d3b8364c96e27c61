/** Readers of committed records drop what was committed. */

import type { Mutant } from './mutant.ts';

export const P24: Mutant = {
  id: 'P24',
  name: 'committed-in-aborted-index',
  change: 'The aborted index gets an entry for commits, too',
  source: 'UnifiedLog.append, TransactionIndex',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['NoLoss'],
  overrides: {
    partitionLeader: {
      decisions: { entersTransactionIndex: () => true },
    },
  },
};
