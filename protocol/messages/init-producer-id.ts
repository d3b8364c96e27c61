/** InitProducerId (key 22): obtain or continue a producer identity; with a transactional id, fence older instances. */

import type { ErrorCode } from '../error-codes.ts';
import type { ProducerEpoch, ProducerId, TransactionalId } from '../ids.ts';

export interface InitProducerIdRequest {
  /** Null: an idempotent producer without transactions. */
  readonly transactionalId: TransactionalId | null;
  readonly transactionTimeoutMs: number;
  /** KIP-360 (v3+): the identity the producer has; both -1 for a new instance. */
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  /** KIP-939 (v6). */
  readonly enable2Pc: boolean;
  readonly keepPreparedTxn: boolean;
}

export interface InitProducerIdResponse {
  readonly errorCode: ErrorCode;
  /** Both -1 with an error. */
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
}
