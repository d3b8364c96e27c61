/** A fetch may begin behind the first offsets of several aborted transactions. */

import { CONSUMER_DECISIONS } from '../../impl/consumer/decisions.ts';
import type { Mutant } from './mutant.ts';

export const K05: Mutant = {
  id: 'K05',
  name: 'one-range-met-per-batch',
  change: 'A batch makes at most one aborted transaction current',
  source: 'CompletedFetch.consumeAbortedTransactionsUpTo; kafkajs 2.2.4',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['NoAbortedRead'],
  overrides: {
    consumer: {
      decisions: {
        metBy: (ordered, met, lastOffset) =>
          Math.min(1, CONSUMER_DECISIONS.metBy(ordered, met, lastOffset)),
      },
    },
  },
};
