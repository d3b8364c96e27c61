/**
 * What a simulated run shows to whoever watches it. Watching never changes the run. Methods are called synchronously,
 * at the moment the thing happens; every one does nothing unless overridden.
 */

import type { BrokerId, CoordinatorEpoch, TopicPartition } from '../../protocol/ids.ts';
import type { RequestOf, Response, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { DataRecord, StoredBatch } from '../../protocol/records.ts';
import type { TransactionLogRecord } from '../../protocol/transaction-log.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { GroupRequest } from '../group-coordinator/answers.ts';
import type { CallResult } from '../producer/call-result.ts';
import type { OperationName } from '../producer/operation.ts';
import type { TransactionalMessage } from '../producer/transaction-requests.ts';
import type { Message } from './network.ts';

export class SimulationObserver {
  requestSent(_message: Message): void {}
  responseSent(_message: Message): void {}
  /** `late`: its connection was closed before it arrived. */
  requestDelivered(_message: Message, _late: boolean): void {}
  responseDelivered(_message: Message): void {}
  /** The receiver is done with a delivered request or response; what it does later has another cause. */
  handled(_message: Message): void {}
  /** The sender was told that no answer will come. */
  disconnected(_message: Message): void {}
  requestLost(_message: Message, _reason: 'fault' | 'closed' | 'down'): void {}
  responseLost(_message: Message, _reason: 'fault' | 'closed'): void {}
  requestHeld(_message: Message): void {}
  responseHeld(_message: Message): void {}
  requestDuplicated(_message: Message, _copy: Message): void {}
  brokerCrashed(_broker: BrokerId): void {}
  brokerRestarted(_broker: BrokerId): void {}
  batchAppended(_partition: TopicPartition, _batch: StoredBatch): void {}
  transactionLogAppended(
    _partition: number,
    _offset: number,
    _record: TransactionLogRecord,
  ): void {}
  /** A data partition, or a partition of `__transaction_state` by its full name. */
  logReplicated(_log: TopicPartition, _highWatermark: number): void {}
}

/** Everything the transaction coordinator is given and gives, for lock-step refinement. */
export interface CoordinatorObserver {
  requestDelivered(message: CoordinatorRequest): void;
  replied(message: CoordinatorRequest, response: CoordinatorResponse): void;
  appended(
    partition: number,
    coordinatorEpoch: CoordinatorEpoch,
    record: TransactionLogRecord,
  ): void;
  /** The append's callback is about to run. */
  appendCompleted(partition: number, record: TransactionLogRecord, errorCode: ErrorCode): void;
  markersSent(broker: BrokerId, request: RequestOf<'WriteTxnMarkers'>): void;
  /** The callback of a WriteTxnMarkers call is about to run; null: disconnected. */
  markersAnswered(
    broker: BrokerId,
    request: RequestOf<'WriteTxnMarkers'>,
    response: ResponseOf<'WriteTxnMarkers'> | null,
  ): void;
  /** A producer id block is about to be handed to the coordinator. */
  producerIdsAllocated(firstProducerId: number): void;
  elected(partition: number, coordinatorEpoch: CoordinatorEpoch): void;
  /** It reads its log to load. */
  logRead(partition: number): void;
  /** A timer of the coordinator is about to fire. */
  timerFired(): void;
  crashed(): void;
  /** The current task is done: the moment to compare states. */
  stepEnded(): void;
}

export type CoordinatorApi = 'InitProducerId' | 'AddPartitionsToTxn' | 'AddOffsetsToTxn' | 'EndTxn';
export type CoordinatorRequest = {
  readonly [Api in CoordinatorApi]: RequestOf<Api>;
}[CoordinatorApi];
export type CoordinatorResponse = ResponseOf<CoordinatorApi>;

/** Everything the group coordinator is given and gives, for lock-step refinement. */
export interface GroupObserver {
  requestDelivered(message: GroupBrokerRequest): void;
  replied(message: GroupBrokerRequest, response: Response): void;
  /** The question whether the offsets partition is in a transaction, or its addition, leaves for the coordinator. */
  verificationSent(request: RequestOf<'AddPartitionsToTxn'>): void;
  /** The callback of the question is about to run; null: disconnected. */
  verificationAnswered(
    request: RequestOf<'AddPartitionsToTxn'>,
    response: ResponseOf<'AddPartitionsToTxn'> | null,
  ): void;
  /** It is in the log; what follows from it in memory comes after. */
  appended(batch: StoredBatch): void;
  /** Everything below is replicated; who waited is about to be called back. */
  replicated(highWatermark: number): void;
  elected(leaderEpoch: number): void;
  /** It is about to read its log; from then on it answers. */
  loading(): void;
  /** A timer of the broker is about to fire. */
  timerFired(): void;
  crashed(): void;
  /** The current task is done: the moment to compare states. */
  stepEnded(): void;
}

export type GroupBrokerRequest = GroupRequest | RequestOf<'WriteTxnMarkers'>;

/** Everything that a transactional producer is told and says, for lock-step refinement. */
export interface ProducerObserver {
  /** The application is about to make a call. */
  called(call: ProducerCall): void;
  /** A call has a result; for beginTransaction at once, for the others once the producer has come to rest. */
  returned(call: ProducerCall, result: CallResult): void;
  requestSent(broker: BrokerId, request: ProducerRequest): void;
  /** The callback of a request is about to run; null: disconnected. */
  answered(broker: BrokerId, request: ProducerRequest, response: Response | null): void;
  /** The current call, callback or timer is done: the moment to compare states. */
  stepEnded(): void;
}

/** A call is an object of its own, by which its result is known. */
export type ProducerCall =
  | { readonly name: 'beginTransaction' | OperationName }
  | { readonly name: 'send'; readonly partition: TopicPartition; readonly record: DataRecord };

export type ProducerRequest = TransactionalMessage | RequestOf<'Produce'>;

/**
 * Everything that the leader of one data partition is given and gives, with its broker's way to the coordinators, for
 * lock-step refinement.
 */
export interface LeaderObserver {
  /** `delivery` tells a request from its duplicate. */
  requestDelivered(delivery: number, request: LeaderRequest): void;
  /** The leader starts over with a Produce whose verification it was told to repeat. */
  produceRepeated(delivery: number): void;
  replied(delivery: number, request: LeaderRequest, response: LeaderResponse): void;
  appended(batch: StoredBatch): void;
  /** All that was appended is about to pass the high watermark. */
  replicated(): void;
  verificationSent(request: RequestOf<'AddPartitionsToTxn'>): void;
  /** The callback of an AddPartitionsToTxn call is about to run; null: disconnected. */
  verificationAnswered(
    request: RequestOf<'AddPartitionsToTxn'>,
    response: ResponseOf<'AddPartitionsToTxn'> | null,
  ): void;
  crashed(): void;
  /** The leader was built from what the disk holds. */
  loaded(): void;
  /** The current task is done: the moment to compare states. */
  stepEnded(): void;
}

export type LeaderApi = 'Produce' | 'WriteTxnMarkers' | 'Fetch' | 'ListOffsets';
export type LeaderRequest = { readonly [Api in LeaderApi]: RequestOf<Api> }[LeaderApi];
export type LeaderResponse = ResponseOf<LeaderApi>;
