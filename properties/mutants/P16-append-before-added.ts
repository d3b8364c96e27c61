/**
 * The coordinator is asked to add the partition, but its answer is not awaited: if the request is lost or refused, no
 * marker ever comes.
 */

import { HANDLERS } from '../../impl/partition-leader/handlers.ts';
import type { Mutant } from './mutant.ts';

export const P16: Mutant = {
  id: 'P16',
  name: 'append-before-added',
  change: 'The leader appends before the coordinator confirmed the partition',
  source: 'ReplicaManager.maybeSendPartitionsToTransactionCoordinator, KIP-890',
  transactionVersions: [2],
  minFaults: 1,
  killedBy: ['AtomicVisibility', 'NoHangingTransaction'],
  overrides: {
    partitionLeader: {
      handlers: {
        verify(leader, request, guard, reply) {
          HANDLERS.verify(leader, request, guard, () => undefined);
          leader.handlers.append(leader, request, guard, reply);
        },
      },
    },
  },
};
