/** From 32,766 the second bump of a short leads to -32,768, which no transition accepts. */

import type { Mutant } from './mutant.ts';

export const C17: Mutant = {
  id: 'C17',
  name: 'fence-bumps-twice',
  change:
    'InitProducerId over an open transaction bumps the epoch once in memory and once in the record',
  source: 'KIP-890 part 2, KAFKA-19367; TransactionMetadata.prepareFenceProducerEpoch',
  transactionVersions: [2],
  minFaults: 1,
  // The last is of the bug that the row descends from.
  killedBy: ['NoSpuriousFencing', 'PreparedCompletes', 'TransactionalIdReusable'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        fencedEpoch: ({ producerEpoch }) => ((producerEpoch + 2) << 16) >> 16,
      },
    },
  },
};
