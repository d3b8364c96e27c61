/** EndTxn (key 26): commit or abort. Version 5 answers with the identity for the next transaction (KIP-890). */

import type { ErrorCode } from '../error-codes.ts';
import type { ProducerEpoch, ProducerId, TransactionalId } from '../ids.ts';

export interface EndTxnRequest {
  readonly transactionalId: TransactionalId;
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  /** True: commit. */
  readonly committed: boolean;
}

export interface EndTxnResponse {
  readonly errorCode: ErrorCode;
  /** Both -1 below version 5 and with an error. */
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
}
