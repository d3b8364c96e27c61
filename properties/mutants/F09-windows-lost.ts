/**
 * After a restart the leader knows epochs and open transactions, but no batches: the retry of a first batch is
 * appended again.
 */

import { HANDLERS } from '../../impl/partition-leader/handlers.ts';
import type { Mutant } from './mutant.ts';

export const F09: Mutant = {
  id: 'F09',
  name: 'windows-lost',
  change: 'Producer state is restored without the batches that recognise retries',
  source: 'ProducerStateManager.truncateAndReload, ProducerStateEntry',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['NoDuplicates'],
  overrides: {
    partitionLeader: {
      handlers: {
        load(leader) {
          HANDLERS.load(leader);
          for (const entry of leader.producers.values()) entry.batches = [];
        },
      },
    },
  },
};
