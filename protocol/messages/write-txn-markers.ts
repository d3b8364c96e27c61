/** WriteTxnMarkers (key 27): a coordinator tells leaders how transactions ended. Version 2 carries the transaction version (KIP-1228). */

import type { ErrorCode } from '../error-codes.ts';
import type { CoordinatorEpoch, ProducerEpoch, ProducerId, TopicPartition } from '../ids.ts';
import type { TransactionResult } from '../states.ts';
import type { TransactionVersion } from '../transaction-version.ts';

export interface TxnMarker {
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly result: TransactionResult;
  readonly coordinatorEpoch: CoordinatorEpoch;
  /** Read as 0 from version 1 requests. */
  readonly transactionVersion: TransactionVersion;
  readonly partitions: readonly TopicPartition[];
}

export interface WriteTxnMarkersRequest {
  readonly markers: readonly TxnMarker[];
}

export interface WriteTxnMarkersResponse {
  /** One a marker, in the request's order. */
  readonly markers: readonly {
    readonly producerId: ProducerId;
    readonly partitions: readonly {
      readonly partition: TopicPartition;
      readonly errorCode: ErrorCode;
    }[];
  }[];
}
