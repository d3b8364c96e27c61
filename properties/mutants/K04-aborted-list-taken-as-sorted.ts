/** The leader lists aborted transactions in the order in which they ended. */

import type { Mutant } from './mutant.ts';

export const K04: Mutant = {
  id: 'K04',
  name: 'aborted-list-taken-as-sorted',
  change: 'The aborted list is used in the order in which it came',
  source: 'CompletedFetch.abortedTransactions (its priority queue); franz-go 1.21.4, kafkajs 2.2.4',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['NoAbortedRead'],
  overrides: { consumer: { decisions: { orderAborted: (aborted) => aborted } } },
};
