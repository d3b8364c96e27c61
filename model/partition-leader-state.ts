/**
 * What a partition leader keeps in memory for one producer id, and what can happen to it: the context and the events of
 * `partition-leader.machine.ts`.
 */

import type { CoordinatorEpoch, ProducerEpoch, ProducerId, Sequence } from '../protocol/ids.ts';
import { NO_PRODUCER_EPOCH, NO_SEQUENCE } from '../protocol/ids.ts';
import { MAX_PRODUCER_EPOCH, MAX_SEQUENCE } from '../protocol/limits.ts';
import type {
  AddPartitionsToTxnResponse,
  ProduceRequest,
  WriteTxnMarkersRequest,
} from './messages.ts';
import type { PartitionView } from './partition-log.ts';

/** What a scope fixes, and Kafka's own values. */
export interface LeaderScope {
  /** 1: `transaction.partition.verification.enable`. TV2 adds partitions on the way, whatever it says. */
  readonly partitionVerification: 0 | 1;
  /** How many sequences there are before they start again at 0. */
  readonly sequenceModulus: number;
  /** Reserved for fencing. */
  readonly maxEpoch: ProducerEpoch;
}

export const KAFKA_LEADER_SCOPE: LeaderScope = {
  partitionVerification: 1,
  sequenceModulus: MAX_SEQUENCE + 1,
  maxEpoch: MAX_PRODUCER_EPOCH,
};

/** A connection of the leader, as the composition numbers them; -1 when nobody waits for the answer any more. */
export type Connection = number;
export const NO_CONNECTION: Connection = -1;

/** A produce request that waits for the coordinator, or is being validated. */
export interface Parked {
  readonly connection: Connection;
  readonly apiVersion: number;
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly baseSequence: Sequence;
  readonly record: number;
  /** 1: holds the verification guard that is stored; 0: none, or one that was cleared since. */
  readonly guard: 0 | 1;
}

/** An answer that waits until `ahead` more entries of the log are replicated. */
export interface Waiting {
  readonly connection: Connection;
  readonly ahead: number;
  readonly answer: 'ProduceResponse' | 'WriteTxnMarkersResponse';
  /** Of the marker that is answered; all -1 for a produce request. */
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly coordinatorEpoch: CoordinatorEpoch;
}

/** All but the scope is volatile. */
export interface LeaderContext extends LeaderScope {
  /** The verification entry (VerificationStateEntry): its epoch, -1 when there is none. */
  readonly verificationEpoch: ProducerEpoch;
  readonly lowestSequence: Sequence;
  readonly supportsEpochBump: 0 | 1;
  /** At most one: its AddPartitionsToTxn request is with the coordinator. */
  readonly asked: readonly Parked[];
  /** At most one: AddPartitionsToTxnManager's queue for the transactional id. */
  readonly queued: readonly Parked[];
  /** At most one, and only within a step: the batch being validated. */
  readonly candidate: readonly Parked[];
  readonly waiting: readonly Waiting[];
}

export const NO_VERIFICATION_ENTRY = {
  verificationEpoch: NO_PRODUCER_EPOCH,
  lowestSequence: NO_SEQUENCE,
  supportsEpochBump: 0,
} as const satisfies Partial<LeaderContext>;

/** The context fields of a leader that has just loaded its log. */
export const NOTHING_KEPT = {
  ...NO_VERIFICATION_ENTRY,
  asked: [],
  queued: [],
  candidate: [],
  waiting: [],
} as const satisfies Partial<LeaderContext>;

export function initialLeaderContext(scope: LeaderScope): LeaderContext {
  return { ...scope, ...NOTHING_KEPT };
}

export type LeaderEvent =
  | (ProduceRequest & { readonly connection: Connection; readonly view: PartitionView })
  | (WriteTxnMarkersRequest & { readonly connection: Connection; readonly view: PartitionView })
  /** `NETWORK_EXCEPTION` stands for a connection that ended without an answer. */
  | (AddPartitionsToTxnResponse & { readonly view: PartitionView })
  /** One more entry of the log is below the high watermark. */
  | { readonly type: 'Replicated' }
  /** The peer of `connection` gave it up. */
  | { readonly type: 'Closed'; readonly connection: Connection }
  /** The leader crashed and its successor loaded the log. */
  | { readonly type: 'LeaderLoaded' };

export interface LeaderStep {
  readonly context: LeaderContext;
  readonly event: LeaderEvent;
}
