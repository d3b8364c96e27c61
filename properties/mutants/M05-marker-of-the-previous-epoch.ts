/** Leaders refuse the marker as stale, and the coordinator gives up. */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const M05: Mutant = {
  id: 'M05',
  name: 'marker-of-the-previous-epoch',
  change: 'A marker carries the epoch before the one of the decision',
  source: 'KIP-890 part 2; TransactionMarkerChannelManager.addTxnMarkersToSend',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['ZombieFencing', 'PreparedCompletes'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        marker: (marking, partitions) =>
          DECISIONS.marker({ ...marking, producerEpoch: marking.producerEpoch - 1 }, partitions),
      },
    },
  },
};
