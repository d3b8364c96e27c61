/** One line for people about a request, a response or an appended record: the fields that matter, in Kafka's words. */

import { decodeRecord } from '../../impl/group-coordinator/offsets-log.ts';
import type { ProducerIdentity } from '../../protocol/ids.ts';
import type { OffsetCommitRequest } from '../../protocol/messages/offset-commit.ts';
import type { Request, Response, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { OffsetsLogRecord } from '../../protocol/offsets-log.ts';
import type { StoredBatch } from '../../protocol/records.ts';
import type { TransactionLogRecord } from '../../protocol/transaction-log.ts';
import { errorOf } from './run-observer.ts';

export function requestText(request: Request): string {
  switch (request.api) {
    case 'FindCoordinator':
      return `${request.body.keyType} ${request.body.key}`;
    case 'InitProducerId':
      return `${request.body.transactionalId ?? 'idempotent'} ${identityText(request.body)}`;
    case 'AddPartitionsToTxn':
      return request.body.transactions
        .map(
          (transaction) =>
            `${transaction.verifyOnly ? 'verify ' : ''}${identityText(transaction)} ${transaction.partitions.join(' ')}`,
        )
        .join('; ');
    case 'Produce':
      return request.body.partitions
        .map(
          ({ partition, batch }) =>
            `${partition} ${identityText(batch)} seq ${batch.baseSequence}: ${batch.records.map(({ value }) => value).join(' ')}`,
        )
        .join('; ');
    case 'EndTxn':
      return `${request.body.committed ? 'COMMIT' : 'ABORT'} ${identityText(request.body)}`;
    case 'WriteTxnMarkers':
      return request.body.markers
        .map(
          (marker) =>
            `${marker.result} ${identityText(marker)} to ${marker.partitions.join(' ')}, coordinator epoch ${marker.coordinatorEpoch}`,
        )
        .join('; ');
    case 'Fetch':
      return request.body.partitions
        .map(({ partition, fetchOffset }) => `${partition} from ${fetchOffset}`)
        .join('; ')
        .concat(` ${request.body.isolationLevel}`);
    case 'AddOffsetsToTxn':
      return `${identityText(request.body)} group ${request.body.groupId}`;
    case 'TxnOffsetCommit':
      return `${identityText(request.body)} ${offsetsText(request.body)}`;
    case 'OffsetCommit':
      return offsetsText(request.body);
    case 'OffsetFetch':
      return `group ${request.body.groupId}: ${request.body.partitions.join(' ')}${request.body.requireStable ? ' stable' : ''}`;
    case 'JoinGroup':
      return `group ${request.body.groupId} member ${request.body.memberId || 'new'}`;
    case 'SyncGroup':
    case 'Heartbeat':
      return `group ${request.body.groupId} generation ${request.body.generationId} member ${request.body.memberId}`;
    case 'LeaveGroup':
      return `group ${request.body.groupId} ${request.body.members.map(({ memberId }) => `member ${memberId}`).join(' ')}`;
    case 'DescribeTransactions':
      return request.body.transactionalIds.join(' ');
    case 'ListOffsets':
      return `${request.body.partitions.map(({ partition, timestamp }) => `${timestamp} of ${partition}`).join(' ')} ${request.body.isolationLevel}`;
    case 'Metadata':
      return '';
  }
}

function offsetsText(request: OffsetCommitRequest): string {
  const { groupId, generationIdOrMemberEpoch, memberId, offsets } = request;
  const member =
    generationIdOrMemberEpoch === -1
      ? ''
      : ` generation ${generationIdOrMemberEpoch} member ${memberId}`;
  const committed = offsets.map(
    ({ partition, committedOffset }) => `${partition}=${committedOffset}`,
  );
  return `group ${groupId}${member}: ${committed.join(' ')}`;
}

export function responseText(request: Request, response: Response): string {
  const errorCode = errorOf(request, response);
  if (errorCode !== 'NONE') return errorCode;
  switch (request.api) {
    case 'FindCoordinator':
      return `NONE, broker ${(response as ResponseOf<'FindCoordinator'>).nodeId}`;
    case 'InitProducerId':
    case 'EndTxn': {
      const identity = response as ResponseOf<'EndTxn'>;
      return identity.producerId === -1 ? 'NONE' : `NONE ${identityText(identity)}`;
    }
    case 'Produce':
      return (response as ResponseOf<'Produce'>).partitions
        .map(({ baseOffset }) => `NONE, offset ${baseOffset}`)
        .join('; ');
    case 'Fetch':
      return (response as ResponseOf<'Fetch'>).partitions
        .map(
          ({ batches, highWatermark, lastStableOffset }) =>
            `NONE, ${batches.length} batches, LSO ${lastStableOffset}, HW ${highWatermark}`,
        )
        .join('; ');
    case 'ListOffsets':
      return (response as ResponseOf<'ListOffsets'>).partitions
        .map(({ offset }) => `NONE, offset ${offset}`)
        .join('; ');
    case 'DescribeTransactions':
      return (response as ResponseOf<'DescribeTransactions'>).transactionStates
        .map((described) => `${described.transactionState} ${identityText(described)}`)
        .join('; ');
    default:
      return 'NONE';
  }
}

export function batchText(batch: StoredBatch): string {
  if (batch.kind === 'control') {
    return `${batch.marker.type} marker ${identityText(batch)}, coordinator epoch ${batch.marker.coordinatorEpoch}`;
  }
  const values = batch.records.map(({ value }) => value).join(' ');
  return `${values} ${identityText(batch)} seq ${batch.baseSequence}`;
}

/** A batch of `__consumer_offsets`. */
export function offsetsBatchText(batch: StoredBatch): string {
  if (batch.kind === 'control') return batchText(batch);
  const records = batch.records.map((record) => offsetsRecordText(decodeRecord(record))).join(' ');
  return batch.transactional ? `${records} ${identityText(batch)}` : records;
}

function offsetsRecordText({ type, key, value }: OffsetsLogRecord): string {
  if (type === 'OffsetCommit') {
    const offset = value === null ? 'tombstone' : value.offset;
    return `${key.group} ${key.partition}=${offset}`;
  }
  if (value === null) return `${key.group}: tombstone`;
  const members = value.members.map(({ memberId }) => memberId);
  return `${key.group}: generation ${value.generation} {${members.join(' ')}}`;
}

export function transactionLogText({ key, value }: TransactionLogRecord): string {
  if (value === null) return `${key.transactionalId}: tombstone`;
  const partitions = value.transactionPartitions ?? [];
  const next = value.nextProducerId === -1 ? '' : ` next producer id ${value.nextProducerId}`;
  return `${key.transactionalId}: ${value.transactionStatus} ${identityText(value)} {${partitions.join(' ')}}${next}`;
}

export function identityText({ producerId, producerEpoch }: ProducerIdentity): string {
  return `(${producerId},${producerEpoch})`;
}
