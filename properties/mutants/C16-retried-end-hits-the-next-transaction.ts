/**
 * Whether an EndTxn repeats the last one is decided by the producer id alone, so that a delayed end of one
 * transaction decides the next.
 */

import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Mutant } from './mutant.ts';

export const C16: Mutant = {
  id: 'C16',
  name: 'retried-end-hits-the-next-transaction',
  change: 'An EndTxn of the previous epoch is accepted in the next transaction',
  source: 'KIP-890 part 2; TransactionCoordinator.endTransaction',
  transactionVersions: [2],
  minFaults: 1,
  killedBy: ['OneDecision'],
  overrides: {
    transactionCoordinator: {
      decisions: {
        requestAge: (metadata, identity, transactionVersion, cause) => {
          const isOfThePrevious =
            identity.producerId === metadata.producerId &&
            identity.producerEpoch + 1 === metadata.producerEpoch;
          return metadata.state === 'Ongoing' && transactionVersion >= 2 && isOfThePrevious
            ? 'current'
            : DECISIONS.requestAge(metadata, identity, transactionVersion, cause);
        },
      },
    },
  },
};
