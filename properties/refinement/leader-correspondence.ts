/**
 * Which model events a message to a partition leader is, and what the model's answers look like on the wire. The
 * model's machines all call their producer id 0 and their partition bit 0, so that one table serves them all.
 */

import type { LeaderRequest, LeaderResponse } from '../../impl/simulation/observer.ts';
import { partitionFor, type ClusterMetadata } from '../../impl/ports.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { ProducerId, TopicPartition, TransactionalId } from '../../protocol/ids.ts';
import { NO_PRODUCER_ID } from '../../protocol/ids.ts';
import type { AddPartitionsToTxnTransaction } from '../../protocol/messages/add-partitions-to-txn.ts';
import type { RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { ProducedBatch, StoredBatch } from '../../protocol/records.ts';
import { transactionStatePartition } from '../../protocol/transaction-log.ts';
import { PRODUCE_TV2 } from '../../protocol/transaction-version.ts';
import type { AddPartitionsToTxnResponse } from '../../model/messages.ts';
import { OWN_PARTITION } from '../../model/append-rules.ts';
import type { Connection, LeaderEvent, Parked } from '../../model/partition-leader-state.ts';
import { NO_CONNECTION } from '../../model/partition-leader-state.ts';
import type { PartitionLogEntry, PartitionView } from '../../model/partition-log.ts';

export type LeaderWrite = Extract<LeaderRequest, { readonly api: 'Produce' | 'WriteTxnMarkers' }>;
export type LeaderRead = Exclude<LeaderRequest, LeaderWrite>;

export function isWrite(request: LeaderRequest): request is LeaderWrite {
  return request.api === 'Produce' || request.api === 'WriteTxnMarkers';
}

/** The machine's own name for its producer id. */
export const OWN_PRODUCER_ID: ProducerId = 0;

/** First WriteTxnMarkers version that carries the transaction version (KIP-1228). */
const MARKERS_WITH_TRANSACTION_VERSION = 2;

export function batchFor(
  request: RequestOf<'Produce'>,
  partition: TopicPartition,
): ProducedBatch | undefined {
  return request.body.partitions.find((part) => part.partition === partition)?.batch;
}

/** What is outside transactions is added to none, whatever the version. */
const ADDS_NOTHING = PRODUCE_TV2 - 1;

export function produceEvent(
  requestVersion: number,
  { producerEpoch, baseSequence, transactional }: ProducedBatch,
  connection: Connection,
  view: PartitionView,
): LeaderEvent {
  return {
    type: 'ProduceRequest',
    apiVersion: transactional ? requestVersion : ADDS_NOTHING,
    producerId: OWN_PRODUCER_ID,
    producerEpoch,
    baseSequence,
    record: 0,
    connection,
    view,
  };
}

/** What a marker asks of one leader; `result`: its place in the answer. */
export interface MarkerDemand {
  readonly producerId: ProducerId;
  readonly event: (connection: Connection, view: PartitionView) => LeaderEvent;
}

/** One for each marker that names the partition. */
export function markerDemands(
  { apiVersion, body }: RequestOf<'WriteTxnMarkers'>,
  partition: TopicPartition,
): readonly MarkerDemand[] {
  return body.markers
    .filter(({ partitions }) => partitions.includes(partition))
    .map(({ producerId, producerEpoch, coordinatorEpoch, result, transactionVersion }) => ({
      producerId,
      event: (connection, view) => ({
        type: 'WriteTxnMarkersRequest',
        producerId: OWN_PRODUCER_ID,
        producerEpoch,
        result,
        coordinatorEpoch,
        transactionVersion: apiVersion < MARKERS_WITH_TRANSACTION_VERSION ? 0 : transactionVersion,
        partitions: OWN_PARTITION,
        connection,
        view,
      }),
    }));
}

export type Verdict = AddPartitionsToTxnResponse & { readonly view: PartitionView };

/** What the coordinator said of one question; null: the connection closed. */
export function verdictOn(
  transaction: AddPartitionsToTxnTransaction,
  partition: TopicPartition,
  response: ResponseOf<'AddPartitionsToTxn'> | null,
  view: PartitionView,
): Verdict {
  const errorCode =
    response === null ? 'NETWORK_EXCEPTION' : errorIn(transaction, partition, response);
  const isAbortable = errorCode === 'TRANSACTION_ABORTABLE';
  return {
    type: 'AddPartitionsToTxnResponse',
    verifyOnly: transaction.verifyOnly ? 1 : 0,
    errorCode: isAbortable ? 'NONE' : errorCode,
    abortable: isAbortable ? OWN_PARTITION : 0,
    view,
  };
}

function errorIn(
  { transactionalId }: AddPartitionsToTxnTransaction,
  partition: TopicPartition,
  { errorCode, results }: ResponseOf<'AddPartitionsToTxn'>,
): ErrorCode {
  if (errorCode !== 'NONE') return errorCode;
  const result = results.find((candidate) => candidate.transactionalId === transactionalId);
  return result?.partitions.find((found) => found.partition === partition)?.errorCode ?? 'NONE';
}

/** AddPartitionsToTxnManager.getTransactionCoordinator: whether there is anybody to ask. */
export function hasCoordinator(
  transactionalId: TransactionalId,
  metadata: Pick<ClusterMetadata, 'leaderOf' | 'isAlive' | 'transactionStatePartitions'>,
): boolean {
  const index = partitionFor(transactionalId, metadata.transactionStatePartitions);
  const leader = metadata.leaderOf(transactionStatePartition(index));
  return leader !== null && metadata.isAlive(leader);
}

/**
 * Stands in a machine's `asked` while the connection to the coordinator carries another transactional id's question
 * (one request in flight a node, AddPartitionsToTxnManager): the machine then queues, as it does behind a question of
 * its own. Nobody hears the answer to it.
 */
export const OTHERS_QUESTION: Parked = {
  connection: NO_CONNECTION,
  apiVersion: 0,
  producerId: OWN_PRODUCER_ID,
  producerEpoch: 0,
  baseSequence: 0,
  record: 0,
  guard: 0,
};

/**
 * Whether the request as a whole, or its batch, is refused before any leader state is asked (KafkaApis, LogValidator):
 * such a request is a stutter. The model has no malformed requests.
 */
export function isMalformed({ body }: RequestOf<'Produce'>): boolean {
  const batches = body.partitions.map(({ batch }) => batch);
  const [first, ...others] = batches.filter(({ transactional }) => transactional);
  return (
    batches.some(
      ({ control, records, producerId, baseSequence }) =>
        control || records.length !== 1 || producerId === NO_PRODUCER_ID || baseSequence < 0,
    ) ||
    body.acks !== -1 ||
    (first !== undefined && body.transactionalId === null) ||
    others.some(
      ({ producerId, producerEpoch }) =>
        producerId !== first!.producerId || producerEpoch !== first!.producerEpoch,
    )
  );
}

/** A stored batch as the model's log holds it, in the words of its producer id's machine. */
export function storedEntry(batch: StoredBatch): PartitionLogEntry {
  const { producerEpoch } = batch;
  const identity = { producerId: OWN_PRODUCER_ID, producerEpoch };
  if (batch.kind === 'data') {
    return { kind: 'data', ...identity, baseSequence: batch.baseSequence, record: 0 };
  }
  const { type: result, coordinatorEpoch } = batch.marker;
  return { kind: 'marker', ...identity, coordinatorEpoch, result };
}

/** The errors that a response tells of one partition, in the request's order. */
export function errorsIn(
  request: LeaderWrite,
  response: LeaderResponse,
  partition: TopicPartition,
): readonly ErrorCode[] {
  if (request.api === 'Produce') {
    const { partitions } = response as ResponseOf<'Produce'>;
    return partitions
      .filter((part) => part.partition === partition)
      .map(({ errorCode }) => errorCode);
  }
  const { markers } = response as ResponseOf<'WriteTxnMarkers'>;
  return markers.flatMap(({ partitions }) =>
    partitions.filter((part) => part.partition === partition).map(({ errorCode }) => errorCode),
  );
}
