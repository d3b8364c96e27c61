/**
 * Several batches lost their connection and are sent again: the last one first, under the sequence of the first. What was
 * written is taken for a retry of another record; what was not is written in reverse.
 */

import { HANDLERS } from '../../impl/producer/handlers.ts';
import type { Mutant } from './mutant.ts';

export const R05: Mutant = {
  id: 'R05',
  name: 'sequences-reassigned-in-reverse',
  change: 'Batches that are to be sent again are given their sequences in reverse order',
  source: 'KAFKA-8483, KAFKA-8484; RecordAccumulator.reenqueue',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['ProducerOrder'],
  overrides: {
    producer: {
      handlers: {
        retryBatch: (producer, batch) => {
          HANDLERS.retryBatch(producer, batch);
          const { inFlight, waiting } = producer.sender.entryOf(batch.partition);
          if (inFlight.length < 2 || inFlight.some(({ onWire }) => onWire)) return;
          const sequences = inFlight.map(({ baseSequence }) => baseSequence);
          inFlight.reverse();
          for (const [index, each] of inFlight.entries()) each.baseSequence = sequences[index]!;
          waiting.splice(0, inFlight.length, ...inFlight);
        },
      },
    },
  },
};
