/** A retry is recognised, and appended nevertheless. */

import { HANDLERS } from '../../impl/partition-leader/handlers.ts';
import type { Mutant } from './mutant.ts';

export const P02: Mutant = {
  id: 'P02',
  name: 'retry-appended-again',
  change: 'The leader appends a retried batch again',
  source: 'ProducerStateEntry.findDuplicateBatch, KIP-98',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['NoDuplicates'],
  overrides: {
    partitionLeader: {
      handlers: {
        answerDuplicate(leader, request, original, reply) {
          const { baseOffset, lastOffset } = leader.appendData(request.batch);
          const again = { ...original, firstOffset: baseOffset, lastOffset };
          HANDLERS.answerDuplicate(leader, request, again, reply);
        },
      },
    },
  },
};
