/** Markers take offsets but are not for applications. */

import type { Mutant } from './mutant.ts';

export const K09: Mutant = {
  id: 'K09',
  name: 'control-records-returned',
  change: 'Control records are returned to the application',
  source: 'CompletedFetch.nextFetchedRecord, KIP-98',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['NoAbortedRead'],
  overrides: {
    consumer: {
      decisions: {
        recordsOf: (batch) =>
          batch.kind === 'data' ? batch.records : [{ key: batch.marker.type, value: null }],
      },
    },
  },
};
