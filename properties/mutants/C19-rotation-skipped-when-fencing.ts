/** The epochs of the id are used up by the coordinator's own abort, and no new id is ready for Complete*. */

import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import { NO_PRODUCER_ID } from '../../protocol/ids.ts';
import type { Mutant } from './mutant.ts';

export const C19: Mutant = {
  id: 'C19',
  name: 'rotation-skipped-when-fencing',
  change: 'An abort by the coordinator at the last epoch allocates no next producer id',
  source: 'KAFKA-20090, KIP-890 part 2; TransactionCoordinator.endTransaction',
  transactionVersions: [2],
  minFaults: 1,
  killedBy: ['PreparedCompletes'],
  survives:
    'The transaction completes at 32,767, and the next InitProducerId takes a new id. Only the client that was aborted learns an epoch that nobody should hold; what it sends then is ended by the timeout.',
  overrides: {
    transactionCoordinator: {
      handlers: {
        writePrepared(coordinator, pending, done) {
          const { transit, cause } = pending;
          const skipped = { ...transit, nextProducerId: NO_PRODUCER_ID };
          const written = cause === 'client' ? pending : { ...pending, transit: skipped };
          HANDLERS.writePrepared(coordinator, written, done);
        },
      },
    },
  },
};
