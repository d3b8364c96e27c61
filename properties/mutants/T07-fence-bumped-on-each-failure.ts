/**
 * Near the last epoch one failure is enough: the next fence would have to go beyond Short.MAX_VALUE, and throws
 * (TransactionMetadata.prepareFenceProducerEpoch).
 */

import {
  IllegalTransitionError,
  type TransactionMetadata,
} from '../../impl/transaction-coordinator/transaction-metadata.ts';
import { MAX_PRODUCER_EPOCH } from '../../protocol/limits.ts';
import type { Mutant } from './mutant.ts';

function bumped({ transactionalId, producerEpoch }: TransactionMetadata): number {
  if (producerEpoch === MAX_PRODUCER_EPOCH) {
    throw new IllegalTransitionError(
      `${transactionalId} may not be fenced beyond ${producerEpoch}`,
    );
  }
  return producerEpoch + 1;
}

export const T07: Mutant = {
  id: 'T07',
  name: 'fence-bumped-on-each-failure',
  change: 'The epoch in memory is bumped again though the last fence could not be logged',
  source: 'KAFKA-9666; TransactionMetadata.prepareFenceProducerEpoch',
  transactionVersions: [0, 1],
  minFaults: 1,
  killedBy: ['TransactionalIdReusable'],
  overrides: {
    transactionCoordinator: {
      decisions: { fencedEpoch: bumped },
    },
  },
};
