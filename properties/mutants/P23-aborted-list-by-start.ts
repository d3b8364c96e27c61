/**
 * An aborted transaction that began below the fetch offset is missing from the list, so that its later records are
 * read.
 */

import type { Mutant } from './mutant.ts';

export const P23: Mutant = {
  id: 'P23',
  name: 'aborted-list-by-start',
  change: 'The aborted list holds only transactions that start inside the fetch',
  source: 'TransactionIndex.collectAbortedTxns',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['NoAbortedRead'],
  overrides: {
    partitionLeader: {
      decisions: {
        abortedTransactionConcerns: (entry, fetchOffset, upperBound) =>
          entry.firstOffset >= fetchOffset && entry.firstOffset < upperBound,
      },
    },
  },
};
