/** A fetch may end before the marker of a transaction that it shows the start of. */

import { CONSUMER_DECISIONS } from '../../impl/consumer/decisions.ts';
import type { Mutant } from './mutant.ts';

export const K06: Mutant = {
  id: 'K06',
  name: 'range-needs-its-marker',
  change: 'An aborted transaction is ignored when its marker is not in the fetch',
  source: 'CompletedFetch.isBatchAborted; platformatic kafka 1.35.0',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['NoAbortedRead'],
  overrides: {
    consumer: {
      decisions: {
        orderAborted: (aborted, batches) =>
          CONSUMER_DECISIONS.orderAborted(aborted, batches).filter(({ producerId, firstOffset }) =>
            batches.some(
              (batch) =>
                batch.kind === 'control' &&
                batch.producerId === producerId &&
                batch.lastOffset > firstOffset,
            ),
          ),
      },
    },
  },
};
