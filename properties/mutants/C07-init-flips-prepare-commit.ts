/** A decision was durable, and part of its markers may be written, when the next instance turns it round. */

import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import type { Mutant } from './mutant.ts';

export const C07: Mutant = {
  id: 'C07',
  name: 'init-flips-prepare-commit',
  change: 'InitProducerId in PrepareCommit flips the decision to abort',
  source: 'KIP-98; TransactionCoordinator.handleInitProducerId',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['OneDecision', 'AtomicVisibility'],
  overrides: {
    transactionCoordinator: {
      handlers: {
        initProducerId: (coordinator, request, reply) => {
          const transactionalId = request.body.transactionalId ?? '';
          const owned = coordinator.state.ownerOf(transactionalId);
          const metadata = owned?.transactions.get(transactionalId);
          const isMarking = coordinator.markers.isMarking(transactionalId);
          if (owned !== undefined && metadata?.state === 'PrepareCommit' && isMarking) {
            // Markers under way belong to the object that is replaced, and are not followed up.
            const undecided = { ...metadata, state: 'Ongoing', pendingState: null } as const;
            owned.transactions.set(transactionalId, undecided);
          }
          HANDLERS.initProducerId(coordinator, request, reply);
        },
      },
    },
  },
};
