/**
 * What the machines say to each other, as flat JSON records: integers and strings only, every key always present,
 * so that a message can be interned by its values. Names and fields are Kafka's; three things are shortened.
 *
 * - The transactional id and the group id are absent: each machine stands for one transactional id or one group.
 * - A set of partitions is a bit mask; bit n is partition n of the scope.
 * - What an RPC batches (transactions, markers, partitions) travels as single messages, except a coordinator's
 *   markers: it emits one `WriteTxnMarkersRequest` with all outstanding partitions, and the composition hands each
 *   partition's leader its own bit (TransactionMarkerChannelManager.addTxnMarkersToSend groups by leader).
 *
 * A request carries its `apiVersion`; the transaction version and the operation mode of its sender follow from it
 * (TransactionVersion.transactionVersionForEndTxn, AddPartitionsToTxnManager; KIP-890).
 */

import type { ErrorCode } from '../protocol/error-codes.ts';
import type {
  CoordinatorEpoch,
  Offset,
  ProducerEpoch,
  ProducerId,
  Sequence,
} from '../protocol/ids.ts';
import type { TransactionResult, TransactionState } from '../protocol/states.ts';

/** A set of partitions: bit n is partition n. */
export type PartitionSet = number;

export const NO_PARTITIONS: PartitionSet = 0;

export interface InitProducerIdRequest {
  readonly type: 'InitProducerIdRequest';
  readonly apiVersion: number;
  /** KIP-360: the identity the producer has; both -1 for a new instance. */
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
}

export interface InitProducerIdResponse {
  readonly type: 'InitProducerIdResponse';
  readonly errorCode: ErrorCode;
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
}

/**
 * Version 0 to 3 from a client (adds), 4 and 5 from a partition leader or group coordinator: `verifyOnly` 1 asks
 * whether the partitions are in the transaction, 0 adds them for a TV2 client.
 */
export interface AddPartitionsToTxnRequest {
  readonly type: 'AddPartitionsToTxnRequest';
  readonly apiVersion: number;
  readonly verifyOnly: 0 | 1;
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly partitions: PartitionSet;
}

export interface AddPartitionsToTxnResponse {
  readonly type: 'AddPartitionsToTxnResponse';
  readonly verifyOnly: 0 | 1;
  /** Of every partition, but those in `abortable`. */
  readonly errorCode: ErrorCode;
  /** Partitions that a verification did not find in the transaction: TRANSACTION_ABORTABLE. */
  readonly abortable: PartitionSet;
}

/** TV1 clients: `partitions` is the group's partition of `__consumer_offsets`. */
export interface AddOffsetsToTxnRequest {
  readonly type: 'AddOffsetsToTxnRequest';
  readonly apiVersion: number;
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly partitions: PartitionSet;
}

export interface AddOffsetsToTxnResponse {
  readonly type: 'AddOffsetsToTxnResponse';
  readonly errorCode: ErrorCode;
}

export interface EndTxnRequest {
  readonly type: 'EndTxnRequest';
  readonly apiVersion: number;
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly result: TransactionResult;
}

export interface EndTxnResponse {
  readonly type: 'EndTxnResponse';
  readonly errorCode: ErrorCode;
  /** The identity of the next transaction; both -1 below version 5 and with an error (KIP-890). */
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
}

export interface WriteTxnMarkersRequest {
  readonly type: 'WriteTxnMarkersRequest';
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly result: TransactionResult;
  readonly coordinatorEpoch: CoordinatorEpoch;
  readonly transactionVersion: 0 | 1 | 2;
  readonly partitions: PartitionSet;
}

/**
 * One partition's answer. Producer and coordinator epoch are those of the request that it answers, which Kafka's
 * completion handler still holds (TransactionMarkerRequestCompletionHandler). `NETWORK_EXCEPTION` stands for
 * a connection that ended without an answer.
 */
export interface WriteTxnMarkersResponse {
  readonly type: 'WriteTxnMarkersResponse';
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly coordinatorEpoch: CoordinatorEpoch;
  readonly errorCode: ErrorCode;
  readonly partitions: PartitionSet;
}

/** One batch of one record for one partition, transactional, acks -1. `record` is what the batch carries. */
export interface ProduceRequest {
  readonly type: 'ProduceRequest';
  readonly apiVersion: number;
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly baseSequence: Sequence;
  readonly record: number;
}

export interface ProduceResponse {
  readonly type: 'ProduceResponse';
  readonly errorCode: ErrorCode;
}

/** Who commits, for a group whose members have generations; all -1 when the caller names no member (KIP-447). */
export interface GroupClaim {
  /** -1: none. The epoch of a member of a KIP-848 group goes by the same field; such groups are not modelled. */
  readonly generationIdOrMemberEpoch: number;
  readonly memberId: MemberId;
  readonly groupInstanceId: GroupInstanceId;
}

/** Members and static instances of a group are numbered; -1 stands for the empty member id and for no instance. */
export type MemberId = number;
export type GroupInstanceId = number;
export const NO_MEMBER: MemberId = -1;
export const NO_INSTANCE: GroupInstanceId = -1;

/** `offsets` names what is committed, as `record` names what a batch carries. */
export interface TxnOffsetCommitRequest extends GroupClaim {
  readonly type: 'TxnOffsetCommitRequest';
  readonly apiVersion: number;
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly offsets: number;
}

export interface TxnOffsetCommitResponse {
  readonly type: 'TxnOffsetCommitResponse';
  readonly errorCode: ErrorCode;
}

export interface OffsetCommitRequest extends GroupClaim {
  readonly type: 'OffsetCommitRequest';
  readonly apiVersion: number;
  readonly offsets: number;
}

export interface OffsetCommitResponse {
  readonly type: 'OffsetCommitResponse';
  readonly errorCode: ErrorCode;
}

/** Of one partition. */
export interface OffsetFetchRequest {
  readonly type: 'OffsetFetchRequest';
  readonly requireStable: 0 | 1;
}

export interface OffsetFetchResponse {
  readonly type: 'OffsetFetchResponse';
  readonly errorCode: ErrorCode;
  /** -1 where there is none, and with an error. */
  readonly committedOffset: Offset;
}

export type CoordinatorRequest =
  | InitProducerIdRequest
  | AddPartitionsToTxnRequest
  | AddOffsetsToTxnRequest
  | EndTxnRequest;

export type CoordinatorResponse =
  | InitProducerIdResponse
  | AddPartitionsToTxnResponse
  | AddOffsetsToTxnResponse
  | EndTxnResponse;

/** A record of `__transaction_state`, without timestamps. `Dead` is the tombstone, and also a log without a record. */
export interface TransactionLogEntry {
  readonly state: TransactionState;
  readonly producerId: ProducerId;
  readonly previousProducerId: ProducerId;
  readonly nextProducerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly partitions: PartitionSet;
  readonly clientTransactionVersion: 0 | 1 | 2;
}

export const TRANSACTION_LOG_TOMBSTONE: TransactionLogEntry = {
  state: 'Dead',
  producerId: -1,
  previousProducerId: -1,
  nextProducerId: -1,
  producerEpoch: -1,
  partitions: NO_PARTITIONS,
  clientTransactionVersion: 0,
};

/**
 * Whom a message goes to. `requester`: the connection that brought the event being handled. `waiter`: the connection
 * whose request caused the append that has just been replicated or has failed; the composition remembers it beside
 * the machine, so that addresses multiply no local state, and drops the message if the connection is closed.
 */
export type Destination = 'requester' | 'waiter' | 'coordinator' | 'leader' | 'leaders';

/** Params of the named action `send`: the only way a message leaves a machine. */
export interface Send<Message> {
  readonly to: Destination;
  readonly message: Message;
}
