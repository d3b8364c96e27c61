/**
 * The next transaction is aborted while the last one is still being completed: its epoch, which is the one that the end
 * was answered with, looks stale.
 */

import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import type { Mutant } from './mutant.ts';

export const C23: Mutant = {
  id: 'C23',
  name: 'epoch-tested-before-pending',
  change: 'An EndTxn is tested for its epoch before the pending transition is',
  source: 'KAFKA-18464; TransactionCoordinator.endTransaction',
  transactionVersions: [2],
  minFaults: 0,
  killedBy: ['NoSpuriousFencing'],
  overrides: {
    transactionCoordinator: {
      handlers: {
        endTransaction: (coordinator, end, done) => {
          const owned = coordinator.state.ownerOf(end.transactionalId);
          const metadata = owned?.transactions.get(end.transactionalId);
          const isStale =
            metadata !== undefined &&
            metadata.pendingState !== null &&
            coordinator.decisions.requestAge(metadata, end, end.transactionVersion, end.cause) ===
              'stale';
          if (isStale) done({ errorCode: 'PRODUCER_FENCED', producerId: -1, producerEpoch: -1 });
          else HANDLERS.endTransaction(coordinator, end, done);
        },
      },
    },
  },
};
