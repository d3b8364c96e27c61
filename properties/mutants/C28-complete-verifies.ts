/**
 * A late batch is taken for one of the transaction that has just ended, and opens one that nobody will end. Shows
 * with a client that keeps its epoch after an abort with unresolved batches.
 */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const C28: Mutant = {
  id: 'C28',
  name: 'complete-verifies',
  change: 'Partition verification answers yes in CompleteCommit and CompleteAbort',
  source: 'KIP-890 part 1; TransactionCoordinator.handleVerifyPartitionsInTransaction',
  transactionVersions: [0, 1],
  minFaults: 1,
  killedBy: ['NoHangingTransaction'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        verifyPartition: (metadata, partition) =>
          metadata.state === 'CompleteCommit' || metadata.state === 'CompleteAbort'
            ? 'NONE'
            : DECISIONS.verifyPartition(metadata, partition),
      },
    },
  },
};
