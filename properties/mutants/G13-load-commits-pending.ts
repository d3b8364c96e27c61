/** A restart commits the offsets of every transaction, those that are open or were aborted as well. */

import { HANDLERS } from '../../impl/group-coordinator/handlers.ts';
import { NO_IDENTITY } from '../../protocol/ids.ts';
import type { Mutant } from './mutant.ts';

export const G13: Mutant = {
  id: 'G13',
  name: 'load-commits-pending',
  change: 'a restarted coordinator takes the offsets of transactions for committed ones',
  source: 'KIP-98; CoordinatorLoaderImpl',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['OffsetAtomicity', 'NoAbortedRead'],
  overrides: {
    groupCoordinator: {
      handlers: {
        replay: (shard, batch) =>
          HANDLERS.replay(shard, batch.kind === 'data' ? { ...batch, ...NO_IDENTITY } : batch),
      },
    },
  },
};
