/**
 * The topic is missing from the metadata that is fetched when a connection is lost. The next batch takes sequence 0 again
 * and is taken for a retry: it is acknowledged and never written.
 */

import { HANDLERS } from '../../impl/producer/handlers.ts';
import type { Mutant } from './mutant.ts';

export const R18: Mutant = {
  id: 'R18',
  name: 'sequences-forgotten-with-the-connection',
  change: 'A producer forgets the sequences of a partition whose leader it lost',
  source: 'librdkafka 1.9.0; TransactionManager.sequenceNumber',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['NoLoss'],
  overrides: {
    producer: {
      handlers: {
        produceAnswered: (producer, batch, answer) => {
          HANDLERS.produceAnswered(producer, batch, answer);
          if (answer === null) producer.sender.entryOf(batch.partition).nextSequence = 0;
        },
      },
    },
  },
};
