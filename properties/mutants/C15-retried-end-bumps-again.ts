/**
 * An end whose answer was lost is repeated late, when its client has been answered long since: the epoch that the client
 * holds is no longer the current one.
 */

import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import type { Mutant } from './mutant.ts';

export const C15: Mutant = {
  id: 'C15',
  name: 'retried-end-bumps-again',
  change: 'A repeated EndTxn that is answered NONE raises the epoch once more',
  source: 'KIP-890 part 2; TransactionCoordinator.endTransaction',
  transactionVersions: [2],
  minFaults: 1,
  killedBy: ['NoSpuriousFencing', 'TransactionalIdReusable'],
  overrides: {
    transactionCoordinator: {
      handlers: {
        endTransaction: (coordinator, end, done) => {
          HANDLERS.endTransaction(coordinator, end, (answer) => {
            const owned = coordinator.state.ownerOf(end.transactionalId);
            const metadata = owned?.transactions.get(end.transactionalId);
            const isRepeated =
              answer.errorCode === 'NONE' &&
              metadata !== undefined &&
              metadata.pendingState === null &&
              metadata.state.startsWith('Complete') &&
              end.producerEpoch + 1 === metadata.producerEpoch;
            if (isRepeated) metadata.producerEpoch += 1;
            done(isRepeated ? { ...answer, producerEpoch: metadata.producerEpoch } : answer);
          });
        },
      },
    },
  },
};
