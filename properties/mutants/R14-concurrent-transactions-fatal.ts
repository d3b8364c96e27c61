/** An instance that starts while the coordinator aborts what the last one left behind gives up. */

import { DECISIONS } from '../../impl/producer/decisions.ts';
import type { Mutant } from './mutant.ts';

export const R14: Mutant = {
  id: 'R14',
  name: 'concurrent-transactions-fatal',
  change: 'CONCURRENT_TRANSACTIONS is taken for the end of the producer',
  source: 'TransactionManager.InitProducerIdHandler; kafkajs#430',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['TransactionalIdReusable'],
  overrides: {
    producer: {
      decisions: {
        requestError: (table, errorCode) =>
          errorCode === 'CONCURRENT_TRANSACTIONS'
            ? 'fatal'
            : DECISIONS.requestError(table, errorCode),
      },
    },
  },
};
