/** The id has no epoch left to give, and InitProducerId fails for ever. */

import type { Mutant } from './mutant.ts';

export const C18: Mutant = {
  id: 'C18',
  name: 'exhausted-id-not-rotated',
  change: 'InitProducerId at the last epoch does not take a new producer id',
  source: 'KAFKA-5283, KIP-360; TransactionCoordinator.prepareInitProducerIdTransit',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['TransactionalIdReusable'],
  overrides: {
    transactionCoordinator: {
      decisions: { rotatesProducerId: () => false },
    },
  },
};
