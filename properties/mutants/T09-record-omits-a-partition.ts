/** After a failover one partition of the transaction gets no marker. */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const T09: Mutant = {
  id: 'T09',
  name: 'record-omits-a-partition',
  change: 'The Ongoing record of several partitions omits the last',
  source: 'KIP-98; TransactionLog.valueToBytes',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['AtomicVisibility', 'NoHangingTransaction'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        logValue: (metadata, transit) => {
          const value = DECISIONS.logValue(metadata, transit);
          const { state, topicPartitions } = transit;
          return state === 'Ongoing' && topicPartitions.length > 1
            ? { ...value, transactionPartitions: topicPartitions.slice(0, -1) }
            : value;
        },
      },
    },
  },
};
