/**
 * The new instance gets its epoch while the open transaction of the old one is forgotten, so no marker will ever
 * end it.
 */

import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import type { Mutant } from './mutant.ts';

export const C04: Mutant = {
  id: 'C04',
  name: 'init-over-ongoing-without-abort',
  change: 'InitProducerId over Ongoing returns the new epoch without aborting',
  source: 'KIP-98; TransactionCoordinator.handleInitProducerId',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['AtomicVisibility', 'NoHangingTransaction'],
  overrides: {
    transactionCoordinator: {
      handlers: {
        initProducerId: (coordinator, request, reply) => {
          const transactionalId = request.body.transactionalId ?? '';
          const owned = coordinator.state.ownerOf(transactionalId);
          const metadata = owned?.transactions.get(transactionalId);
          if (metadata?.state === 'Ongoing' && metadata.pendingState === null) {
            metadata.state = 'CompleteAbort';
            metadata.topicPartitions = [];
          }
          HANDLERS.initProducerId(coordinator, request, reply);
        },
      },
    },
  },
};
