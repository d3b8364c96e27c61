/** After the last epoch the producer goes on with the old id at epoch 0, far below what its partitions know. */

import { HANDLERS } from '../../impl/producer/handlers.ts';
import type { Mutant } from './mutant.ts';

export const R16: Mutant = {
  id: 'R16',
  name: 'answered-id-ignored',
  change: 'Of the identity that EndTxn answers the epoch is taken over, the producer id is not',
  source: 'KIP-890 part 2; TransactionManager.EndTxnHandler',
  transactionVersions: [2],
  minFaults: 0,
  killedBy: ['NoSpuriousFencing'],
  overrides: {
    producer: {
      handlers: {
        endTxnAnswered: (producer, request, response) => {
          const { producerId } = response.producerId === -1 ? response : producer.identity;
          HANDLERS.endTxnAnswered(producer, request, { ...response, producerId });
        },
      },
    },
  },
};
