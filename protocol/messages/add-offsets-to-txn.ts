/** AddOffsetsToTxn (key 25), TV1 clients: adds the group's `__consumer_offsets` partition to the transaction. */

import type { ErrorCode } from '../error-codes.ts';
import type { ProducerEpoch, ProducerId, TransactionalId } from '../ids.ts';

export interface AddOffsetsToTxnRequest {
  readonly transactionalId: TransactionalId;
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly groupId: string;
}

export interface AddOffsetsToTxnResponse {
  readonly errorCode: ErrorCode;
}
