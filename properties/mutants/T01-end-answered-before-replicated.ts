/**
 * The client may take its transaction for committed when the coordinator dies and its successor has never heard of
 * the decision.
 */

import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import { NO_IDENTITY, NO_PRODUCER_ID } from '../../protocol/ids.ts';
import type { Mutant } from './mutant.ts';

export const T01: Mutant = {
  id: 'T01',
  name: 'end-answered-before-replicated',
  change: 'EndTxn is answered before Prepare* is replicated',
  source: 'KIP-98; TransactionStateManager.appendTransactionToLog',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['OneDecision', 'HonestErrors'],
  overrides: {
    transactionCoordinator: {
      handlers: {
        writePrepared: (coordinator, pending, done) => {
          const { transit } = pending;
          const identity =
            transit.nextProducerId === NO_PRODUCER_ID
              ? transit
              : { producerId: transit.nextProducerId, producerEpoch: 0 };
          const { producerId, producerEpoch } =
            transit.clientTransactionVersion < 2 ? NO_IDENTITY : identity;
          done({ errorCode: 'NONE', producerId, producerEpoch });
          HANDLERS.writePrepared(coordinator, pending, () => {});
        },
      },
    },
  },
};
