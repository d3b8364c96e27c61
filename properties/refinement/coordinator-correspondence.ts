/**
 * Which model events one step of the implementation is, and what the model's answers look like on the wire. A step
 * has one cause; its outputs are gathered while it lasts and compared when it ends.
 */

import type { CoordinatorRequest, CoordinatorResponse } from '../../impl/simulation/observer.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TopicPartition, TransactionalId } from '../../protocol/ids.ts';
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from '../../protocol/ids.ts';
import { CONSUMER_OFFSETS_TOPIC, TRANSACTION_MAX_TIMEOUT_MS } from '../../protocol/limits.ts';
import type { AddPartitionsToTxnTransaction } from '../../protocol/messages/add-partitions-to-txn.ts';
import type { RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { TransactionLogRecord } from '../../protocol/transaction-log.ts';
import { partitionFor, type ClusterMetadata } from '../../impl/ports.ts';
import type { CoordinatorResponse as ModelResponse } from '../../model/messages.ts';
import type { CoordinatorEvent } from '../../model/transaction-coordinator-state.ts';
import type { PartitionBits } from './transaction-coordinator.ts';

/** Why the coordinator acts. `none`: a producer id block arrived, which no id sees. */
export type Cause =
  | { readonly kind: 'request'; readonly request: CoordinatorRequest }
  | {
      readonly kind: 'append';
      readonly record: TransactionLogRecord;
      readonly errorCode: ErrorCode;
    }
  | {
      readonly kind: 'markers';
      readonly request: RequestOf<'WriteTxnMarkers'>;
      readonly response: ResponseOf<'WriteTxnMarkers'> | null;
    }
  | { readonly kind: 'timer' }
  | { readonly kind: 'resignation'; readonly partition: number }
  | { readonly kind: 'none' };

/** A request's demand on one transactional id. */
export interface Demand {
  readonly transactionalId: TransactionalId;
  readonly event: (allocatedProducerId: number) => CoordinatorEvent;
  /** Its part of an AddPartitionsToTxn. */
  readonly transaction: AddPartitionsToTxnTransaction | null;
}

/** One demand for each transactional id in the request; none for an idempotent producer's. */
export function demandsOf(
  request: CoordinatorRequest,
  bits: PartitionBits,
  consumerOffsetsPartitions: number,
): readonly Demand[] {
  const { apiVersion } = request;
  switch (request.api) {
    case 'InitProducerId': {
      const { transactionalId, producerId, producerEpoch } = request.body;
      if (transactionalId === null) return [];
      const type = 'InitProducerIdRequest';
      const event = (allocatedProducerId: number) =>
        ({ type, apiVersion, producerId, producerEpoch, allocatedProducerId }) as const;
      return [{ transactionalId, event, transaction: null }];
    }
    case 'EndTxn': {
      const { transactionalId, producerId, producerEpoch, committed } = request.body;
      const type = 'EndTxnRequest';
      const result = committed ? 'COMMIT' : 'ABORT';
      const event = (allocatedProducerId: number) =>
        ({ type, apiVersion, producerId, producerEpoch, result, allocatedProducerId }) as const;
      return [{ transactionalId, event, transaction: null }];
    }
    case 'AddOffsetsToTxn': {
      const { transactionalId, producerId, producerEpoch, groupId } = request.body;
      const type = 'AddOffsetsToTxnRequest';
      const index = partitionFor(groupId, consumerOffsetsPartitions);
      const partitions = bits.bitOf(`${CONSUMER_OFFSETS_TOPIC}-${index}`);
      const event = { type, apiVersion, producerId, producerEpoch, partitions } as const;
      return [{ transactionalId, event: () => event, transaction: null }];
    }
    case 'AddPartitionsToTxn':
      return request.body.transactions.map((transaction) => {
        const { transactionalId, producerId, producerEpoch } = transaction;
        const type = 'AddPartitionsToTxnRequest';
        const verifyOnly = apiVersion > 3 && transaction.verifyOnly ? 1 : 0;
        const partitions = bits.setOf(transaction.partitions);
        const event = {
          type,
          apiVersion,
          verifyOnly,
          producerId,
          producerEpoch,
          partitions,
        } as const;
        return { transactionalId, event: () => event, transaction };
      });
  }
}

/** The event of each partition of one marker of a WriteTxnMarkers call; no response: the connection closed. */
export function markerEvents(
  { request, response }: Extract<Cause, { kind: 'markers' }>,
  index: number,
  bits: PartitionBits,
): readonly CoordinatorEvent[] {
  const { producerId, producerEpoch, coordinatorEpoch, partitions } = request.body.markers[index]!;
  const answers = response?.markers[index]?.partitions;
  return partitions.map((partition) => ({
    type: 'WriteTxnMarkersResponse',
    producerId,
    producerEpoch,
    coordinatorEpoch,
    errorCode: response === null ? 'NETWORK_EXCEPTION' : answerFor(partition, answers),
    partitions: bits.bitOf(partition),
  }));
}

function answerFor(
  partition: TopicPartition,
  answers:
    | readonly { readonly partition: TopicPartition; readonly errorCode: ErrorCode }[]
    | undefined,
): ErrorCode {
  return (
    answers?.find((answer) => answer.partition === partition)?.errorCode ?? 'UNKNOWN_SERVER_ERROR'
  );
}

/** The id that an append used up, if its transition did: a new one, a rotation, or the next one of a TV2 end. */
export function allocatedIn(record: TransactionLogRecord | undefined): number {
  const value = record?.value;
  if (value === null || value === undefined) return NO_PRODUCER_ID;
  return value.nextProducerId === NO_PRODUCER_ID ? value.producerId : value.nextProducerId;
}

/** What a timer of the coordinator did to an id, told by the record that it appended; null: nothing. */
export function timerEvent(record: TransactionLogRecord): CoordinatorEvent | null {
  if (record.value === null) return { type: 'TransactionalIdExpired' };
  if (record.value.transactionStatus !== 'PrepareAbort') return null;
  return { type: 'TransactionTimedOut', allocatedProducerId: allocatedIn(record) };
}

/**
 * Errors of the checks in front of the coordinator's state (malformed requests, authorization, unknown partitions),
 * which the model abstracts away: such a request is a stutter.
 */
const BEFOREHAND: readonly ErrorCode[] = [
  'INVALID_REQUEST',
  'INVALID_TRANSACTION_TIMEOUT',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'TOPIC_AUTHORIZATION_FAILED',
  'UNKNOWN_TOPIC_OR_PARTITION',
];

/** Whether the request never got to the coordinator's state: it gives cause for the refusal that it was answered. */
export function refusedBeforehand(
  request: CoordinatorRequest,
  response: CoordinatorResponse,
  metadata: Pick<ClusterMetadata, 'leaderOf'>,
): boolean {
  if (request.api !== 'AddPartitionsToTxn') {
    const { errorCode } = response as ResponseOf<'EndTxn'>;
    return BEFOREHAND.includes(errorCode) && isMalformed(request);
  }
  const { results } = response as ResponseOf<'AddPartitionsToTxn'>;
  const isRefused = results.some(({ partitions }) =>
    partitions.some(({ errorCode }) => BEFOREHAND.includes(errorCode)),
  );
  return (
    isRefused &&
    request.body.transactions.some(
      ({ transactionalId, partitions }) =>
        transactionalId === '' ||
        partitions.some((name) => name.startsWith('__') || metadata.leaderOf(name) === null),
    )
  );
}

function isMalformed(request: Exclude<CoordinatorRequest, { api: 'AddPartitionsToTxn' }>): boolean {
  const { transactionalId, producerId, producerEpoch } = request.body;
  if (transactionalId === '') return true;
  if (request.api !== 'InitProducerId') return false;
  const { transactionTimeoutMs, enable2Pc } = request.body;
  return (
    enable2Pc ||
    transactionTimeoutMs <= 0 ||
    transactionTimeoutMs > TRANSACTION_MAX_TIMEOUT_MS ||
    (producerId === NO_PRODUCER_ID) !== (producerEpoch === NO_PRODUCER_EPOCH)
  );
}

/** Whether a response says what the model's answers, one for each demand of the request, say. */
export function saysTheSame(
  request: CoordinatorRequest,
  demands: readonly Demand[],
  answers: readonly ModelResponse[],
  response: CoordinatorResponse,
  bits: PartitionBits,
): boolean {
  if (request.api === 'AddPartitionsToTxn') {
    const { errorCode, results } = response as ResponseOf<'AddPartitionsToTxn'>;
    return (
      errorCode === 'NONE' &&
      results.length === demands.length &&
      results.every((result, index) =>
        addSaysTheSame(result, demands[index]!, answers[index]!, bits),
      )
    );
  }
  const answer = answers[0]!;
  if (answer.type === 'AddPartitionsToTxnResponse' || answer.errorCode !== response.errorCode) {
    return false;
  }
  if (answer.type === 'AddOffsetsToTxnResponse') return true;
  const identified = response as ResponseOf<'EndTxn'>;
  return (
    answer.producerId === identified.producerId && answer.producerEpoch === identified.producerEpoch
  );
}

function addSaysTheSame(
  result: ResponseOf<'AddPartitionsToTxn'>['results'][number],
  { transactionalId }: Demand,
  answer: ModelResponse,
  bits: PartitionBits,
): boolean {
  if (answer.type !== 'AddPartitionsToTxnResponse') return false;
  return (
    result.transactionalId === transactionalId &&
    result.partitions.every(({ partition, errorCode }) => {
      const isAbortable = (answer.abortable & bits.bitOf(partition)) !== 0;
      return errorCode === (isAbortable ? 'TRANSACTION_ABORTABLE' : answer.errorCode);
    })
  );
}
