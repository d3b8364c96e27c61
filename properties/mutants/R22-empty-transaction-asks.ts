/** The coordinator knows of no transaction and refuses; the producer takes that for fatal. */

import type { Mutant } from './mutant.ts';

export const R22: Mutant = {
  id: 'R22',
  name: 'empty-transaction-asks',
  change: 'A transaction to which nothing was added is ended by a request',
  source: 'TransactionManager.nextRequest',
  transactionVersions: [0, 1],
  minFaults: 0,
  killedBy: ['HonestErrors'],
  overrides: {
    producer: {
      decisions: {
        endsLocally: () => false,
      },
    },
  },
};
