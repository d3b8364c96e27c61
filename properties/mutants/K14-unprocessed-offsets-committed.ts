/**
 * What was fetched is not what was processed. The row says NoLoss of an input that is never processed, and that is what
 * ExactlyOncePipeline says: no record that was acknowledged is lost.
 */

import type { Mutant } from './mutant.ts';

export const K14: Mutant = {
  id: 'K14',
  name: 'unprocessed-offsets-committed',
  change: 'The offset sent to the transaction covers records that were fetched and not processed',
  source: 'ExactlyOnceMessageProcessor.getOffsetsToCommit, KafkaConsumer.position',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['ExactlyOncePipeline'],
  overrides: {
    application: { decisions: { offsetsToCommit: (_processed, positions) => positions } },
  },
};
