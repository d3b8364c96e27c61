/** The leader wrote the record, its answer was lost, the record expires: the application is told that it certainly failed. */

import type { Mutant } from './mutant.ts';

export const R19: Mutant = {
  id: 'R19',
  name: 'ambiguous-error-told-as-failure',
  change: 'No error leaves open that a record was written',
  source: 'KAFKA-13574; Sender.failBatch',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['HonestErrors'],
  overrides: {
    producer: {
      decisions: {
        isAmbiguous: () => false,
      },
    },
  },
};
