/**
 * The producer does not learn that its transaction timed out: what it sends afterwards begins another one under
 * the same epoch, and its commit seals half of what it sent.
 */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const C06: Mutant = {
  id: 'C06',
  name: 'timeout-keeps-the-epoch',
  change: 'The abort after a timeout does not bump the epoch',
  source: 'KAFKA-6119; TransactionCoordinator.abortTimedOutTransactions',
  transactionVersions: [0, 1],
  partitionVerification: false,
  minFaults: 1,
  killedBy: ['ZombieFencing', 'NoHangingTransaction'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        fencedEpoch: (metadata, transactionVersion, cause) =>
          cause === 'timeout'
            ? metadata.producerEpoch
            : DECISIONS.fencedEpoch(metadata, transactionVersion, cause),
      },
    },
  },
};
