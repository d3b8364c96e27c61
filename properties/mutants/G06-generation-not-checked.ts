/** A member that was left behind goes on committing what it has read, beside the one that took over. */

import type { Mutant } from './mutant.ts';

export const G06: Mutant = {
  id: 'G06',
  name: 'generation-not-checked',
  change: 'TxnOffsetCommit is accepted from any member and generation',
  source: 'KIP-447; ClassicGroup.validateOffsetCommit',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['ZombieFencing'],
  overrides: {
    groupCoordinator: {
      decisions: { validateTxnOffsetCommit: () => 'NONE' },
    },
  },
};
