/** A late batch is taken for the first of an ongoing transaction, which nobody will end. */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const C28: Mutant = {
  id: 'C28',
  name: 'verified-after-the-end',
  change: 'Verification answers yes although the transaction has ended',
  source: 'KIP-890 part 1; TransactionCoordinator.handleVerifyPartitionsInTransaction',
  transactionVersions: [0, 1],
  minFaults: 1,
  killedBy: ['NoHangingTransaction'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        verifyPartition: (metadata, partition) =>
          metadata.state.startsWith('Complete')
            ? 'NONE'
            : DECISIONS.verifyPartition(metadata, partition),
      },
    },
  },
};
