/** A leader returns the records of aborted transactions too; dropping them is the consumer's work. */

import type { Mutant } from './mutant.ts';

export const K01: Mutant = {
  id: 'K01',
  name: 'no-aborted-filter',
  change: 'read_committed returns every record below the last stable offset',
  source: 'CompletedFetch.isBatchAborted, KIP-98',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['NoAbortedRead'],
  overrides: { consumer: { decisions: { isAborted: () => false } } },
};
