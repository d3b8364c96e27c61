/** The next transaction is begun under the epoch of the last one, and refused. */

import { HANDLERS } from '../../impl/producer/handlers.ts';
import type { Mutant } from './mutant.ts';

export const R15: Mutant = {
  id: 'R15',
  name: 'answered-epoch-ignored',
  change: 'The identity that EndTxn answers is not taken over',
  source: 'KIP-890 part 2; TransactionManager.EndTxnHandler',
  transactionVersions: [2],
  minFaults: 0,
  killedBy: ['NoSpuriousFencing', 'TransactionalIdReusable'],
  overrides: {
    producer: {
      handlers: {
        endTxnAnswered: (producer, request, response) =>
          HANDLERS.endTxnAnswered(producer, request, { ...response, producerId: -1 }),
      },
    },
  },
};
