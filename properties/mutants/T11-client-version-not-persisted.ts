/**
 * A prepared transaction that is loaded completes as an old client's: at the last epoch its producer has been told a new
 * id that Complete* does not install.
 */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const T11: Mutant = {
  id: 'T11',
  name: 'client-version-not-persisted',
  change: 'The transaction version of the client is not in the written record',
  source: 'KIP-890 part 2; TransactionLog.valueToBytes',
  transactionVersions: [2],
  minFaults: 1,
  killedBy: ['NoSpuriousFencing', 'PreparedCompletes'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        logValue: (metadata, transit) => ({
          ...DECISIONS.logValue(metadata, transit),
          clientTransactionVersion: 0,
        }),
      },
    },
  },
};
