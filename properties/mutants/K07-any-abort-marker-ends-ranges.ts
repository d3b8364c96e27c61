/** Two producers abort interleaved: the rest of the one that ends later is returned. */

import type { Mutant } from './mutant.ts';

export const K07: Mutant = {
  id: 'K07',
  name: 'any-abort-marker-ends-ranges',
  change: 'The abort marker of any producer ends every aborted range',
  source: 'CompletedFetch.containsAbortMarker; librdkafka#3369',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['NoAbortedRead', 'NoLoss'],
  overrides: {
    consumer: {
      decisions: {
        endsAborted: (batch) => batch.marker.type === 'ABORT',
      },
    },
  },
};
