/**
 * A committed offset is the next to read. The row says NoDuplicates of an input that is processed twice, and that is what
 * ExactlyOncePipeline says: a record of an output is sent once all the same.
 */

import type { Mutant } from './mutant.ts';

export const K13: Mutant = {
  id: 'K13',
  name: 'last-offset-committed',
  change:
    'The offset sent to the transaction is that of the last record processed, not the next one',
  source: 'ExactlyOnceMessageProcessor.getOffsetsToCommit, KafkaProducer.sendOffsetsToTransaction',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['ExactlyOncePipeline'],
  overrides: {
    application: { decisions: { offsetsToCommit: (processed) => processed } },
  },
};
