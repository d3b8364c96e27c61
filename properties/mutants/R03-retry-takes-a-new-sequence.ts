/** A retry that carries another sequence is another batch to the leader. */

import { DECISIONS } from '../../impl/producer/decisions.ts';
import { HANDLERS } from '../../impl/producer/handlers.ts';
import type { Mutant } from './mutant.ts';

export const R03: Mutant = {
  id: 'R03',
  name: 'retry-takes-a-new-sequence',
  change: 'A batch that is sent again takes the next free sequence',
  source: 'Sender.reenqueueBatch, KIP-98; kafkajs concurrent sends',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['NoDuplicates'],
  overrides: {
    producer: {
      handlers: {
        retryBatch(producer, batch) {
          const entry = producer.sender.entryOf(batch.partition);
          entry.remove(batch);
          entry.assign(batch, DECISIONS.sequenceAfter(entry.nextSequence, batch.records.length));
          HANDLERS.retryBatch(producer, batch);
        },
      },
    },
  },
};
