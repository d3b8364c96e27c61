/** A fenced instance, or a delayed request of an earlier incarnation, ends the transaction of the present one. */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const C01: Mutant = {
  id: 'C01',
  name: 'end-without-epoch-check',
  change: 'EndTxn does not compare the epoch',
  source: 'KIP-98; TransactionCoordinator.endTransaction',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['ZombieFencing', 'OneDecision'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        requestAge: (metadata, identity, transactionVersion, cause) => {
          const age = DECISIONS.requestAge(metadata, identity, transactionVersion, cause);
          return age === 'stale' ? 'current' : age;
        },
      },
    },
  },
};
