/**
 * A commit that is still under way decides whatever transaction it meets. Kafka permits that of an EndTxn whose
 * retry was answered before the next transaction began (KAFKA-17754); here nothing was answered.
 */

import type { ClientError } from '../../impl/producer/call-result.ts';
import { HANDLERS } from '../../impl/producer/handlers.ts';
import type { Mutant } from './mutant.ts';

const COMMIT_TIMED_OUT: ClientError = {
  kind: 'retriable-timeout',
  errorCode: null,
  message: 'the commit timed out and was forgotten',
  outcome: 'unknown',
};

export const R12: Mutant = {
  id: 'R12',
  name: 'begin-after-commit-timed-out',
  change: 'After a commit timed out the next transaction may begin, without a new epoch',
  source: 'TransactionManager.handleCachedTransactionRequestResult, KAFKA-17754',
  transactionVersions: [0, 1],
  minFaults: 1,
  killedBy: ['OneDecision', 'AtomicVisibility'],
  overrides: {
    producer: {
      handlers: {
        callTimedOut(producer, operation) {
          HANDLERS.callTimedOut(producer, operation);
          if (operation.name !== 'commitTransaction') return;
          producer.requests.failAll(COMMIT_TIMED_OUT);
          operation.acknowledged = true;
          producer.completeTransaction(null);
        },
      },
    },
  },
};
