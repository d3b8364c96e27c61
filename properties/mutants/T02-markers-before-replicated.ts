/** Leaders act on a decision that the coordinator can still lose, after which its successor decides anew. */

import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import { markingOf } from '../../impl/transaction-coordinator/marker-channel.ts';
import { REQUEST_TIMEOUT_MS } from '../../protocol/limits.ts';
import type { Mutant } from './mutant.ts';

export const T02: Mutant = {
  id: 'T02',
  name: 'markers-before-replicated',
  change: 'Markers are sent before Prepare* is replicated',
  source: 'KIP-98; TransactionMarkerChannelManager.addTxnMarkersToSend',
  transactionVersions: [0, 1, 2],
  minFaults: 2,
  killedBy: ['OneDecision', 'AtomicVisibility'],
  overrides: {
    transactionCoordinator: {
      handlers: {
        writePrepared: (coordinator, pending, done) => {
          const { decisions, ports } = coordinator;
          const marking = markingOf(pending.owned.coordinatorEpoch, pending.transit);
          for (const partition of marking.partitions) {
            const leader = ports.metadata.leaderOf(partition);
            if (leader === null) continue;
            const markers = [decisions.marker(marking, [partition])];
            const request = { api: 'WriteTxnMarkers', apiVersion: 2, body: { markers } } as const;
            ports.outbound.call<'WriteTxnMarkers'>(leader, request, REQUEST_TIMEOUT_MS, () => {});
          }
          HANDLERS.writePrepared(coordinator, pending, done);
        },
      },
    },
  },
};
