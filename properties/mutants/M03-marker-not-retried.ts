/** The leader died before it wrote the marker, and the marker died with it. */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const M03: Mutant = {
  id: 'M03',
  name: 'marker-not-retried',
  change: 'A marker is not sent again after its leader went away',
  source: 'KAFKA-5610; TransactionMarkerRequestCompletionHandler.onComplete',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['PreparedCompletes', 'NoHangingTransaction'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        markerAnswer: (errorCode) =>
          errorCode === 'NETWORK_EXCEPTION' ? 'stop' : DECISIONS.markerAnswer(errorCode),
      },
    },
  },
};
