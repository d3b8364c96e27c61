/**
 * A decision was durable, and part of its markers may be written, when an abort turns it round. A client does not
 * abort what it has asked to commit, so the abort is a late one or a zombie's: it is accepted from anyone.
 */

import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import type { Mutant } from './mutant.ts';

export const C08: Mutant = {
  id: 'C08',
  name: 'abort-in-prepare-commit',
  change: 'EndTxn(abort) in PrepareCommit is accepted, whoever sends it',
  source: 'KIP-98; TransactionCoordinator.endTransaction',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['OneDecision'],
  overrides: {
    transactionCoordinator: {
      handlers: {
        endTxn: (coordinator, request, reply) => {
          const { transactionalId, committed } = request.body;
          const owned = coordinator.state.ownerOf(transactionalId);
          const metadata = owned?.transactions.get(transactionalId);
          const isFlipped =
            !committed &&
            metadata?.state === 'PrepareCommit' &&
            coordinator.markers.isMarking(transactionalId);
          if (owned === undefined || !isFlipped) {
            HANDLERS.endTxn(coordinator, request, reply);
            return;
          }
          // Markers under way belong to the object that is replaced, and are not followed up.
          const undecided = { ...metadata, state: 'Ongoing', pendingState: null } as const;
          owned.transactions.set(transactionalId, undecided);
          const { producerId, producerEpoch } = metadata;
          const body = { ...request.body, producerId, producerEpoch };
          HANDLERS.endTxn(coordinator, { ...request, body }, reply);
        },
      },
    },
  },
};
