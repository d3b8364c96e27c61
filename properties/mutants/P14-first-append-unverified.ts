/**
 * A late produce opens a transaction that its coordinator does not know and never ends; or a batch does that comes
 * after a late EndTxn, so that its transaction is torn.
 */

import type { Mutant } from './mutant.ts';

export const P14: Mutant = {
  id: 'P14',
  name: 'first-append-unverified',
  change: 'The leader appends the first batch of a transaction without asking the coordinator',
  source: 'UnifiedLog.maybeStartTransactionVerification, KIP-890',
  transactionVersions: [0, 1],
  minFaults: 1,
  killedBy: ['NoHangingTransaction'],
  overrides: {
    partitionLeader: {
      decisions: { verificationIsOn: () => false },
    },
  },
};
