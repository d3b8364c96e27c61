/**
 * A batch that was overtaken by the end of its transaction joins the next one, or, unverified, opens one that nobody
 * ends. Under transaction version 2 its epoch is stale by then and the leader refuses it.
 */

import type { Mutant } from './mutant.ts';

export const R07: Mutant = {
  id: 'R07',
  name: 'end-before-batches-drain',
  change: 'EndTxn is sent while batches have no result',
  source: 'TransactionManager.nextRequest, KAFKA-5449',
  transactionVersions: [0, 1],
  minFaults: 0,
  killedBy: ['AtomicVisibility', 'NoLoss'],
  overrides: { producer: { decisions: { withholdsEndTxn: () => false } } },
};
