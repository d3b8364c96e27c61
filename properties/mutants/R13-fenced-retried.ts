/** It asks until its caller has lost patience. */

import { DECISIONS } from '../../impl/producer/decisions.ts';
import type { Mutant } from './mutant.ts';

export const R13: Mutant = {
  id: 'R13',
  name: 'fenced-retried',
  change: 'A producer that is told it is fenced tries again',
  source: 'KIP-98, KIP-588; TransactionManager.EndTxnHandler',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['TransactionalIdReusable', 'HonestErrors'],
  overrides: {
    producer: {
      decisions: {
        requestError: (table, errorCode) =>
          errorCode === 'PRODUCER_FENCED' || errorCode === 'INVALID_PRODUCER_EPOCH'
            ? 'retry'
            : DECISIONS.requestError(table, errorCode),
      },
    },
  },
};
