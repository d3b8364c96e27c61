/** An answer of the reference in Kafka's field names, as far as the reference knows them. */

import { ERROR_CODES, type ErrorCode } from '../../protocol/error-codes.ts';
import { topicPartitionParts, type TopicPartition } from '../../protocol/ids.ts';
import type { Request, Response, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { StoredBatch } from '../../protocol/records.ts';
import { END_TXN_TV2 } from '../../protocol/transaction-version.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function responseFields(request: Request, response: Response): Fields {
  switch (request.api) {
    case 'Produce':
      return produceFields(response as ResponseOf<'Produce'>);
    case 'Fetch':
      return fetchFields(response as ResponseOf<'Fetch'>);
    case 'ListOffsets':
      return listOffsetsFields(response as ResponseOf<'ListOffsets'>);
    case 'FindCoordinator':
      return findCoordinatorFields(request.apiVersion, response as ResponseOf<'FindCoordinator'>);
    case 'OffsetFetch':
      return offsetFetchFields(request.body.groupId, response as ResponseOf<'OffsetFetch'>);
    case 'InitProducerId':
      return identifiedFields(response as ResponseOf<'InitProducerId'>);
    case 'EndTxn': {
      const { errorCode } = response as ResponseOf<'EndTxn'>;
      return request.apiVersion >= END_TXN_TV2
        ? identifiedFields(response as ResponseOf<'EndTxn'>)
        : { ErrorCode: codeOf(errorCode) };
    }
    case 'AddOffsetsToTxn':
      return { ErrorCode: codeOf((response as ResponseOf<'AddOffsetsToTxn'>).errorCode) };
    case 'AddPartitionsToTxn':
      return addPartitionsFields(request.apiVersion, response as ResponseOf<'AddPartitionsToTxn'>);
    case 'WriteTxnMarkers':
      return markersFields(response as ResponseOf<'WriteTxnMarkers'>);
    case 'TxnOffsetCommit':
      return txnOffsetCommitFields(response as ResponseOf<'TxnOffsetCommit'>);
    case 'DescribeTransactions':
      return describeTransactionsFields(response as ResponseOf<'DescribeTransactions'>);
    default:
      throw new Error(`expected an API that the table's reader knows, found ${request.api}`);
  }
}

function codeOf(errorCode: ErrorCode): number {
  return ERROR_CODES[errorCode].code;
}

/** Partitions gathered under their topics, in order of appearance. */
function byTopic<Row extends { readonly partition: TopicPartition }>(
  rows: readonly Row[],
  fieldsOf: (row: Row, index: number) => Fields,
): readonly { readonly name: string; readonly partitions: readonly Fields[] }[] {
  const topics = new Map<string, Fields[]>();
  for (const row of rows) {
    const { topic, partition } = topicPartitionParts(row.partition);
    const list = topics.get(topic) ?? [];
    list.push(fieldsOf(row, partition));
    topics.set(topic, list);
  }
  return [...topics].map(([name, partitions]) => ({ name, partitions }));
}

function produceFields({ partitions }: ResponseOf<'Produce'>): Fields {
  const topics = byTopic(partitions, (row, Index) => ({
    Index,
    ErrorCode: codeOf(row.errorCode),
    BaseOffset: row.baseOffset,
    LogStartOffset: row.logStartOffset,
  }));
  return {
    Responses: topics.map(({ name, partitions: rows }) => ({
      Name: name,
      PartitionResponses: rows,
    })),
  };
}

function fetchFields({ partitions }: ResponseOf<'Fetch'>): Fields {
  const topics = byTopic(partitions, (row, PartitionIndex) => ({
    PartitionIndex,
    ErrorCode: codeOf(row.errorCode),
    HighWatermark: row.highWatermark,
    LastStableOffset: row.lastStableOffset,
    LogStartOffset: row.logStartOffset,
    ...(row.errorCode === 'NONE'
      ? {
          AbortedTransactions:
            row.abortedTransactions?.map(({ producerId, firstOffset }) => ({
              ProducerId: producerId,
              FirstOffset: firstOffset,
            })) ?? null,
        }
      : {}),
    Records: row.batches.map(batchFields),
  }));
  return {
    ErrorCode: 0,
    Responses: topics.map(({ name, partitions: rows }) => ({ Topic: name, Partitions: rows })),
  };
}

function batchFields(batch: StoredBatch): Fields {
  const { baseOffset, producerId, producerEpoch } = batch;
  if (batch.kind === 'data') {
    const { baseSequence, transactional, records } = batch;
    return {
      baseOffset,
      producerId,
      producerEpoch,
      baseSequence,
      count: records.length,
      transactional,
      control: false,
    };
  }
  return {
    baseOffset,
    producerId,
    producerEpoch,
    control: true,
    marker: batch.marker.type,
    coordinatorEpoch: batch.marker.coordinatorEpoch,
  };
}

function listOffsetsFields({ partitions }: ResponseOf<'ListOffsets'>): Fields {
  const topics = byTopic(partitions, ({ errorCode, offset }, PartitionIndex) => ({
    PartitionIndex,
    ErrorCode: codeOf(errorCode),
    Offset: offset,
  }));
  return { Topics: topics.map(({ name, partitions: rows }) => ({ Name: name, Partitions: rows })) };
}

function findCoordinatorFields(
  version: number,
  { errorCode, nodeId }: ResponseOf<'FindCoordinator'>,
): Fields {
  const found = { ErrorCode: codeOf(errorCode), NodeId: nodeId };
  return version >= 4 ? { Coordinators: [found] } : found;
}

function offsetFetchFields(
  groupId: string,
  { errorCode, partitions }: ResponseOf<'OffsetFetch'>,
): Fields {
  const topics = byTopic(partitions, (row, PartitionIndex) => ({
    PartitionIndex,
    CommittedOffset: row.committedOffset,
    CommittedLeaderEpoch: row.committedLeaderEpoch,
    ErrorCode: codeOf(row.errorCode),
  }));
  return {
    Groups: [
      {
        GroupId: groupId,
        ErrorCode: codeOf(errorCode),
        Topics: topics.map(({ name, partitions: rows }) => ({ Name: name, Partitions: rows })),
      },
    ],
  };
}

function identifiedFields({
  errorCode,
  producerId,
  producerEpoch,
}: ResponseOf<'InitProducerId'>): Fields {
  return {
    ErrorCode: codeOf(errorCode),
    ProducerId: producerId,
    ProducerEpoch: producerEpoch,
  };
}

function addPartitionsFields(
  version: number,
  { errorCode, results }: ResponseOf<'AddPartitionsToTxn'>,
): Fields {
  const transactions = results.map(({ transactionalId, partitions }) => ({
    TransactionalId: transactionalId,
    TopicResults: byTopic(partitions, (row, PartitionIndex) => ({
      PartitionIndex,
      PartitionErrorCode: codeOf(row.errorCode),
    })).map(({ name, partitions: rows }) => ({ Name: name, ResultsByPartition: rows })),
  }));
  return version >= 4
    ? { ErrorCode: codeOf(errorCode), ResultsByTransaction: transactions }
    : { ResultsByTopicV3AndBelow: transactions[0]?.TopicResults ?? [] };
}

function markersFields({ markers }: ResponseOf<'WriteTxnMarkers'>): Fields {
  return {
    Markers: markers.map(({ producerId, partitions }) => ({
      ProducerId: producerId,
      Topics: byTopic(partitions, ({ errorCode }, PartitionIndex) => ({
        PartitionIndex,
        ErrorCode: codeOf(errorCode),
      })).map(({ name, partitions: rows }) => ({ Name: name, Partitions: rows })),
    })),
  };
}

function txnOffsetCommitFields({ partitions }: ResponseOf<'TxnOffsetCommit'>): Fields {
  const topics = byTopic(partitions, ({ errorCode }, PartitionIndex) => ({
    PartitionIndex,
    ErrorCode: codeOf(errorCode),
  }));
  return { Topics: topics.map(({ name, partitions: rows }) => ({ Name: name, Partitions: rows })) };
}

function describeTransactionsFields({
  transactionStates,
}: ResponseOf<'DescribeTransactions'>): Fields {
  return {
    TransactionStates: transactionStates.map((state) => ({
      ErrorCode: codeOf(state.errorCode),
      TransactionalId: state.transactionalId,
      TransactionState: state.transactionState,
      TransactionTimeoutMs: state.transactionTimeoutMs,
      TransactionStartTimeMs: state.transactionStartTimeMs,
      ProducerId: state.producerId,
      ProducerEpoch: state.producerEpoch,
      Topics: byTopic(
        state.partitions.map((partition) => ({ partition })),
        (_row, index): Fields => ({ index }),
      ).map(({ name, partitions }) => ({
        Topic: name,
        Partitions: partitions.map((fields) => fields['index']),
      })),
    })),
  };
}
