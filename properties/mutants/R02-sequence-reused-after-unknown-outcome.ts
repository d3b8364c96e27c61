/**
 * kafkajs 2.2.4: after a send whose outcome is unknown the next record takes its sequence, in the same epoch, and the
 * leader takes it for the retry of the first. It is acknowledged and never written: its committed transaction lacks
 * it. Transaction version 2 bumps the epoch at the abort anyway.
 */

import type { Mutant } from './mutant.ts';

export const R02: Mutant = {
  id: 'R02',
  name: 'sequence-reused-after-unknown-outcome',
  change:
    'After a batch failed with an unknown outcome its sequence is used again, without an epoch bump',
  source:
    'TransactionManager.maybeResolveSequences, KIP-360; kafkajs sends after an ambiguous failure',
  transactionVersions: [0, 1],
  minFaults: 1,
  killedBy: ['NoLoss', 'NoDuplicates'],
  overrides: { producer: { decisions: { epochRecovery: () => 'reuse-sequence' } } },
};
