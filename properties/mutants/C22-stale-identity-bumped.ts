/** A zombie that asks for a new epoch gets one, and is the newest again. */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const C22: Mutant = {
  id: 'C22',
  name: 'stale-identity-bumped',
  change: 'InitProducerId that presents a stale epoch is answered with a new one',
  source: 'KIP-360; TransactionMetadata.prepareIncrementProducerEpoch',
  transactionVersions: [0, 1],
  minFaults: 1,
  killedBy: ['ZombieFencing'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        nextEpochs: (metadata, expected) =>
          DECISIONS.nextEpochs(metadata, expected) ?? {
            producerEpoch: metadata.producerEpoch + 1,
            lastProducerEpoch: metadata.producerEpoch,
          },
      },
    },
  },
};
