/** The leader died, or its answer was lost, and nobody asks whether it ever wrote the marker. */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const M01: Mutant = {
  id: 'M01',
  name: 'closed-connection-counts-as-written',
  change: 'A retriable error of a marker, the closed connection, is treated as done',
  source: 'KAFKA-9749; TransactionMarkerRequestCompletionHandler.onComplete',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['NoHangingTransaction', 'AtomicVisibility'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        markerAnswer: (errorCode) =>
          errorCode === 'NETWORK_EXCEPTION' ? 'written' : DECISIONS.markerAnswer(errorCode),
      },
    },
  },
};
