/** The coordinator's word is believed although a marker has ended the transaction since. */

import type { Mutant } from './mutant.ts';

export const P15: Mutant = {
  id: 'P15',
  name: 'verification-not-rechecked',
  change: 'The leader does not compare guards when it appends.',
  source: 'UnifiedLog.batchMissingRequiredVerification, KIP-890, KAFKA-14402',
  transactionVersions: [0, 1],
  minFaults: 1,
  killedBy: ['NoHangingTransaction', 'NoAbortedRead', 'AtomicVisibility'],
  overrides: {
    partitionLeader: {
      decisions: { guardVerifies: () => true },
    },
  },
};
