/**
 * TV2 clients are served by the rules of TV1, so that a delayed EndTxn decides the next transaction of the same
 * epoch.
 */

import type { Mutant } from './mutant.ts';

export const C14: Mutant = {
  id: 'C14',
  name: 'no-bump-at-the-end',
  change: 'No epoch bump at the end of a transaction',
  source: 'KIP-890 part 2, KAFKA-17754; TransactionMetadata.prepareAbortOrCommit',
  transactionVersions: [2],
  minFaults: 1,
  killedBy: ['OneDecision', 'AtomicVisibility'],
  overrides: { transactionCoordinator: { decisions: { endTxnTransactionVersion: () => 0 } } },
};
