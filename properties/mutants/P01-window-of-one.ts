/** Only the newest batch is kept to recognise retries, so that the retry of an earlier one in flight is refused. */

import type { Mutant } from './mutant.ts';

export const P01: Mutant = {
  id: 'P01',
  name: 'window-of-one',
  change: 'The leader recognises a retry of the last batch only',
  source: 'ProducerStateEntry.NUM_BATCHES_TO_RETAIN, KAFKA-5494',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['NoDuplicates'],
  overrides: {
    partitionLeader: {
      decisions: { retainedBatches: () => 1 },
    },
  },
};
