/**
 * Leaders cannot tell a coordinator from the one that it replaced. Under TV2 the producer epoch alone refuses what the old
 * one had sent.
 */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const M06: Mutant = {
  id: 'M06',
  name: 'marker-without-coordinator-epoch',
  change: 'A marker carries coordinator epoch 0, whoever sends it',
  source: 'KIP-98; TransactionMarkerChannelManager.addTxnMarkersToSend',
  transactionVersions: [0, 1],
  minFaults: 2,
  killedBy: ['PreparedCompletes', 'OneDecision'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        marker: (marking, partitions) =>
          DECISIONS.marker({ ...marking, coordinatorEpoch: 0 }, partitions),
      },
    },
  },
};
