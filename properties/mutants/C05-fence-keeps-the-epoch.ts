/**
 * The abort that makes way for a new instance does not shut the old one out: its markers carry the epoch that the
 * old instance still has.
 */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const C05: Mutant = {
  id: 'C05',
  name: 'fence-keeps-the-epoch',
  change: 'The abort of a fencing InitProducerId keeps the old epoch',
  source: 'KAFKA-5231; TransactionMetadata.prepareFenceProducerEpoch',
  transactionVersions: [0, 1],
  partitionVerification: false,
  minFaults: 1,
  killedBy: ['ZombieFencing', 'NoAbortedRead'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        fencedEpoch: (metadata, transactionVersion, cause) =>
          cause === 'fence'
            ? metadata.producerEpoch
            : DECISIONS.fencedEpoch(metadata, transactionVersion, cause),
      },
    },
  },
};
