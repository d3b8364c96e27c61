/** A reader that meets nothing but aborted records and markers polls them for ever. */

import { CONSUMER_DECISIONS } from '../../impl/consumer/decisions.ts';
import type { Mutant } from './mutant.ts';

export const K10: Mutant = {
  id: 'K10',
  name: 'position-stays-at-what-is-dropped',
  change: 'A fetch of which nothing is returned does not move the position',
  source: 'KAFKA-12980; CompletedFetch.nextFetchedRecord; kafkajs#1256',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['ReadersProgress'],
  overrides: {
    consumer: {
      decisions: {
        positionAfter: (position, lastOffset, returned) =>
          returned === 0
            ? position
            : CONSUMER_DECISIONS.positionAfter(position, lastOffset, returned),
      },
    },
  },
};
