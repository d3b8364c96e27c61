/** The commit succeeds without the record. */

import type { Mutant } from './mutant.ts';

export const R10: Mutant = {
  id: 'R10',
  name: 'failed-send-forgotten',
  change: 'A record that failed does not keep its transaction from being committed',
  source: 'KAFKA-9279; TransactionManager.transitionToAbortableError',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['AtomicVisibility', 'HonestErrors'],
  overrides: {
    producer: {
      handlers: {
        abortableError: () => undefined,
      },
    },
  },
};
