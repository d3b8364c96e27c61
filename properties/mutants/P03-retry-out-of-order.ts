/**
 * A retry is taken for a gap; an idempotent client then renumbers its batches and sends what is in the log already.
 */

import type { Mutant } from './mutant.ts';

export const P03: Mutant = {
  id: 'P03',
  name: 'retry-out-of-order',
  change: 'The leader answers a retried batch with OUT_OF_ORDER_SEQUENCE_NUMBER',
  source: 'ProducerStateEntry.findDuplicateBatch, KAFKA-5494',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['NoDuplicates', 'HonestErrors'],
  overrides: {
    partitionLeader: {
      decisions: { duplicateOf: () => null },
    },
  },
};
