/**
 * The coordinator had aborted the transaction for its age and refuses the commit. Before transaction version 2 the refusal
 * is a fencing, which every client knows.
 */

import { HANDLERS } from '../../impl/producer/handlers.ts';
import type { Mutant } from './mutant.ts';

export const R21: Mutant = {
  id: 'R21',
  name: 'refused-end-taken-for-success',
  change: 'An error of EndTxn that the producer does not know counts as success',
  source: 'franz-go 1.21.4; TransactionManager.EndTxnHandler',
  transactionVersions: [2],
  minFaults: 1,
  killedBy: ['HonestErrors'],
  overrides: {
    producer: {
      handlers: {
        endTxnAnswered: (producer, request, response) => {
          const errorCode =
            response.errorCode === 'INVALID_TXN_STATE' ? 'NONE' : response.errorCode;
          HANDLERS.endTxnAnswered(producer, request, { ...response, errorCode });
        },
      },
    },
  },
};
