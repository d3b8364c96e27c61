/**
 * The sender counts acknowledgements instead of crossing off the partition that acknowledged, and so forgets one
 * that did not.
 */

import type { Mutant } from './mutant.ts';

export const M11: Mutant = {
  id: 'M11',
  name: 'markers-counted-not-named',
  change: 'An acknowledged marker crosses off the first outstanding partition, whichever it is',
  source: 'KIP-98; TransactionMarkerRequestCompletionHandler.onComplete',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['AtomicVisibility', 'NoHangingTransaction'],
  overrides: {
    transactionCoordinator: {
      decisions: { outstandingAfter: (outstanding) => outstanding.slice(1) },
    },
  },
};
