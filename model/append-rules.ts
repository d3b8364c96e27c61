/**
 * What is the same for a data partition and for a partition of `__consumer_offsets`: what the log alone says of an append
 * to it, and what its leader asks the transaction coordinator (UnifiedLog, ProducerAppendInfo, AddPartitionsToTxnManager).
 */

import type { ProducerEpoch, ProducerIdentity } from '../protocol/ids.ts';
import { ADD_PARTITIONS_BROKER } from '../protocol/transaction-version.ts';
import type { AddPartitionsToTxnRequest, WriteTxnMarkersRequest } from './messages.ts';
import type { PartitionView } from './partition-log.ts';

/** What the log knows of one producer id, but the batches that it remembers. */
export type ProducerView = Omit<PartitionView, 'window'>;

/** UnifiedLog.hasOngoingTransaction: exactly this epoch. */
export function isOngoing(view: ProducerView, producerEpoch: ProducerEpoch): boolean {
  return view.open === 1 && view.producerEpoch === producerEpoch;
}

interface StoredMarker {
  readonly marker: Pick<
    WriteTxnMarkersRequest,
    'producerEpoch' | 'coordinatorEpoch' | 'transactionVersion'
  >;
  readonly view: ProducerView;
}

/** ProducerAppendInfo.checkProducerEpoch for markers: newer under TV2, but for an idempotent retry (KAFKA-19999). */
export function isStaleMarker({ marker, view }: StoredMarker, maxEpoch: ProducerEpoch): boolean {
  const { producerEpoch, transactionVersion } = marker;
  if (producerEpoch !== view.producerEpoch || transactionVersion < 2) {
    return producerEpoch < view.producerEpoch;
  }
  return view.open === 1 && producerEpoch !== maxEpoch;
}

/** ProducerAppendInfo.checkCoordinatorEpoch. */
export function isMarkerOfEarlierCoordinator({ marker, view }: StoredMarker): boolean {
  return marker.coordinatorEpoch < view.coordinatorEpoch;
}

/** A leader calls its own partition bit 0; the composition shifts it. */
export const OWN_PARTITION = 1;

/** AddPartitionsToTxnManager: one request, which adds for a TV2 client and only verifies for others. */
export function partitionRequest(
  { producerId, producerEpoch }: ProducerIdentity,
  verifyOnly: 0 | 1,
): AddPartitionsToTxnRequest {
  return {
    type: 'AddPartitionsToTxnRequest',
    apiVersion: ADD_PARTITIONS_BROKER,
    verifyOnly,
    producerId,
    producerEpoch,
    partitions: OWN_PARTITION,
  };
}
