/** Transactions of several producers interleave in a partition; a marker ends its own producer's only. */

import type { Mutant } from './mutant.ts';

export const K02: Mutant = {
  id: 'K02',
  name: 'any-marker-ends-the-range',
  change: 'Any control record ends every aborted transaction',
  source: 'CompletedFetch.containsAbortMarker; brod 659, segmentio kafka-go 1332',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['NoAbortedRead'],
  overrides: { consumer: { decisions: { endsAborted: () => true } } },
};
