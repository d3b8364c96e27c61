/**
 * The leader has seen a higher epoch and refuses the marker, or accepts it and does not shut the old instance out.
 */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const M05: Mutant = {
  id: 'M05',
  name: 'marker-of-the-previous-epoch',
  change: 'Markers carry the epoch before the one that was logged',
  source: 'KIP-98, KIP-890; TransactionMarkerChannelManager.addTxnMarkersToSend',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['ZombieFencing', 'AtomicVisibility', 'NoHangingTransaction'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        marker: (marking, partitions) => ({
          ...DECISIONS.marker(marking, partitions),
          producerEpoch: Math.max(0, marking.producerEpoch - 1),
        }),
      },
    },
  },
};
