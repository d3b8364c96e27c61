/** A producer may abort twice within one fetch. */

import { CONSUMER_DECISIONS } from '../../impl/consumer/decisions.ts';
import type { Mutant } from './mutant.ts';

export const K03: Mutant = {
  id: 'K03',
  name: 'one-range-per-producer',
  change: 'Only the last aborted transaction of each producer in a fetch is filtered',
  source: 'CompletedFetch.consumeAbortedTransactionsUpTo; platformatic kafka 1.35.0',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['NoAbortedRead'],
  overrides: {
    consumer: {
      decisions: {
        orderAborted: (aborted, batches) =>
          CONSUMER_DECISIONS.orderAborted(aborted, batches).filter(
            ({ producerId }, index, ordered) =>
              ordered.findLastIndex((entry) => entry.producerId === producerId) === index,
          ),
      },
    },
  },
};
