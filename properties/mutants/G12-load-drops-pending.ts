/** After a restart the marker of an open transaction finds nothing to commit. */

import { HANDLERS } from '../../impl/group-coordinator/handlers.ts';
import type { Mutant } from './mutant.ts';

export const G12: Mutant = {
  id: 'G12',
  name: 'load-drops-pending',
  change: 'a restarted coordinator forgets the offsets of transactions',
  source: 'KIP-98; CoordinatorLoaderImpl',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['OffsetAtomicity', 'NoDuplicates'],
  overrides: {
    groupCoordinator: {
      handlers: {
        replay: (shard, batch) => {
          if (batch.kind === 'data' && batch.transactional) return;
          HANDLERS.replay(shard, batch);
        },
      },
    },
  },
};
