/**
 * librdkafka before 1.8.2 (its issue 3575): the coordinator aborts what was sent so far, the client goes on as if it
 * had not, and commits the rest. Before transaction version 2 the coordinator fences the request that follows its
 * own abort, and the client notices.
 */

import { HANDLERS } from '../../impl/producer/handlers.ts';
import type { Mutant } from './mutant.ts';

export const R17: Mutant = {
  id: 'R17',
  name: 'new-epoch-inside-the-transaction',
  change: 'After a failed batch the client obtains a new epoch and carries on with the transaction',
  source: 'TransactionManager.transitionToAbortableError, KIP-360',
  transactionVersions: [2],
  minFaults: 1,
  killedBy: ['AtomicVisibility', 'NoLoss'],
  overrides: {
    producer: {
      handlers: {
        abortableError(producer, error) {
          if (producer.state !== 'InTransaction') return HANDLERS.abortableError(producer, error);
          producer.partitions.reset([]);
          producer.requests.initProducerId(producer.identity, true, null);
        },
      },
    },
  },
};
