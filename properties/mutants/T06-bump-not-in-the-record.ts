/** The bumped epoch lives in memory alone; after a failover an older instance is current again. */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const T06: Mutant = {
  id: 'T06',
  name: 'bump-not-in-the-record',
  change: 'The epoch bump is not in the written record',
  source: 'KIP-98; TransactionLog.valueToBytes',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['ZombieFencing'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        logValue: (metadata, transit) => ({
          ...DECISIONS.logValue(metadata, transit),
          producerEpoch: metadata.producerEpoch,
        }),
      },
    },
  },
};
