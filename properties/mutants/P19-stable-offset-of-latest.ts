/** Where several transactions are open, all but the latest are read as committed. */

import { NO_OFFSET } from '../../protocol/ids.ts';
import type { Mutant } from './mutant.ts';

export const P19: Mutant = {
  id: 'P19',
  name: 'stable-offset-of-latest',
  change: 'The last stable offset is the start of the latest open transaction',
  source: 'ProducerStateManager.firstUndecidedOffset',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['NoAbortedRead'],
  overrides: {
    partitionLeader: {
      decisions: {
        firstUndecidedOffset: (ongoing) => ongoing.at(-1)?.firstOffset ?? NO_OFFSET,
      },
    },
  },
};
