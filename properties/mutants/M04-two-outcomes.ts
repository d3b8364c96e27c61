/** Half of the transaction is committed, the other half aborted. */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const M04: Mutant = {
  id: 'M04',
  name: 'two-outcomes',
  change: 'The commit marker goes to one partition, an abort marker to the others',
  source: 'KIP-98; TransactionMarkerChannelManager.addTxnMarkersToBrokerQueue',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['AtomicVisibility'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        marker: (marking, partitions) => {
          const marker = DECISIONS.marker(marking, partitions);
          return partitions.includes(marking.partitions[0]!)
            ? marker
            : { ...marker, result: 'ABORT' };
        },
      },
    },
  },
};
