/** The coordinator has said yes, the transaction is aborted and marked, and then the batch is appended. */

import type { Mutant } from './mutant.ts';

export const P15: Mutant = {
  id: 'P15',
  name: 'verification-not-checked-at-append',
  change: 'What was verified is appended although an abort marker came in between',
  source: 'KAFKA-14884, KIP-890 part 1; VerificationGuard.verify',
  transactionVersions: [0, 1],
  minFaults: 1,
  killedBy: ['NoHangingTransaction'],
  overrides: {
    partitionLeader: {
      decisions: {
        guardVerifies: () => true,
      },
    },
  },
};
