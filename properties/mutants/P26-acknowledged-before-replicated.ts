/** The leader crashes before it has flushed, and its restarted self knows nothing of the record. */

import { HANDLERS } from '../../impl/partition-leader/handlers.ts';
import type { Mutant } from './mutant.ts';

export const P26: Mutant = {
  id: 'P26',
  name: 'acknowledged-before-replicated',
  change: 'A batch is acknowledged when it is appended, whatever acks it asked for',
  source: 'KIP-98; ReplicaManager.appendRecords',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['NoLoss'],
  overrides: {
    partitionLeader: {
      handlers: {
        append: (leader, request, guard, reply) =>
          HANDLERS.append(leader, { ...request, acks: 1 }, guard, reply),
      },
    },
  },
};
