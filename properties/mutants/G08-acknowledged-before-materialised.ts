/** A transaction is complete before its offsets are decided, and the late decision meets those of the next one. */

import { appendMarkerAsCoordinator } from '../../impl/partition-leader/coordinator-append.ts';
import type { Mutant } from './mutant.ts';

/** Another thread's turn. */
const LATER_MS = 5;

export const G08: Mutant = {
  id: 'G08',
  name: 'acknowledged-before-materialised',
  change: 'a marker is answered when it is replicated, and decides pending offsets some time later',
  source: 'KAFKA-17507; CoordinatorRuntime.scheduleTransactionCompletion',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['OffsetAtomicity', 'AtomicVisibility'],
  overrides: {
    groupCoordinator: {
      handlers: {
        completeTransaction: (shard, marker, timeoutMs, reply) => {
          const { leader } = shard;
          const stored = appendMarkerAsCoordinator(leader, marker);
          if (typeof stored === 'string') return reply(stored);
          shard.after(LATER_MS, () =>
            shard.offsets.endTransaction(marker.producerId, marker.result),
          );
          leader.handlers.awaitReplication(leader, stored.lastOffset, timeoutMs, reply);
        },
      },
    },
  },
};
