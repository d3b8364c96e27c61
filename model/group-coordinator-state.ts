/**
 * What one group coordinator knows of one group, and what can happen to it: the context and the events of
 * `group-coordinator.machine.ts`.
 */

import type { ProducerEpoch, ProducerId } from '../protocol/ids.ts';
import { MAX_PRODUCER_EPOCH } from '../protocol/limits.ts';
import type { ProducerView } from './append-rules.ts';
import type {
  AddPartitionsToTxnResponse,
  GroupInstanceId,
  MemberId,
  OffsetCommitRequest,
  OffsetCommitResponse,
  OffsetFetchRequest,
  OffsetFetchResponse,
  TxnOffsetCommitRequest,
  TxnOffsetCommitResponse,
  WriteTxnMarkersRequest,
  WriteTxnMarkersResponse,
} from './messages.ts';
import type { FetchView, GroupView, Member } from './offsets-log.ts';

/** What a scope fixes, and Kafka's own values. */
export interface GroupScope {
  /** 1: `transaction.partition.verification.enable`. TV2 adds its partition on the way, whatever it says. */
  readonly partitionVerification: 0 | 1;
  /** Reserved for fencing. */
  readonly maxEpoch: ProducerEpoch;
}

export const KAFKA_GROUP_SCOPE: GroupScope = {
  partitionVerification: 1,
  maxEpoch: MAX_PRODUCER_EPOCH,
};

/**
 * Names a request until it is answered: the composition takes any number that no other unanswered request has. It
 * remembers beside the machine whose request it is, and drops the answer when the connection is closed by then.
 */
export type RequestName = number;

/** A transactional commit that waits for the transaction coordinator, or is being decided. */
export interface Parked extends Omit<TxnOffsetCommitRequest, 'type'> {
  readonly request: RequestName;
  /** 1: holds the verification guard that is stored; 0: none, or one that was cleared since. */
  readonly guard: 0 | 1;
}

/** The verification entry of a producer id (VerificationStateEntry). */
export interface Verification {
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly supportsEpochBump: 0 | 1;
}

export type GroupResponse =
  | TxnOffsetCommitResponse
  | OffsetCommitResponse
  | OffsetFetchResponse
  | WriteTxnMarkersResponse;

/** An answer that waits until `ahead` more entries of the log are replicated (DeferredEventQueue). */
export interface Waiting {
  readonly request: RequestName;
  readonly ahead: number;
  readonly message: GroupResponse;
}

/** Its state is the chart's. All but the scope is volatile; a load restores generation and members. */
export interface GroupContext extends GroupScope {
  readonly generationId: number;
  /** Ordered by member id. */
  readonly members: readonly Member[];
  /** CompletingRebalance: entries still to be replicated until the assignment is stored; -1: none was received. */
  readonly assignmentAhead: number;
  readonly parked: readonly Parked[];
  /** Ordered by producer id. */
  readonly verifications: readonly Verification[];
  readonly waiting: readonly Waiting[];
}

export const NO_ASSIGNMENT = -1;

/** The context fields of a coordinator that holds no group. */
export const NO_GROUP = {
  generationId: 0,
  members: [],
  assignmentAhead: NO_ASSIGNMENT,
} as const satisfies Partial<GroupContext>;

/** The context fields of a broker that has just started. */
export const NOTHING_KEPT = {
  ...NO_GROUP,
  parked: [],
  verifications: [],
  waiting: [],
} as const satisfies Partial<GroupContext>;

export function initialGroupContext({ partitionVerification, maxEpoch }: GroupScope): GroupContext {
  return { partitionVerification, maxEpoch, ...NOTHING_KEPT };
}

/** A plain commit needs of its log only how much of it is not replicated. */
export interface PlainView {
  readonly unreplicated: number;
}

export type GroupEvent =
  | (TxnOffsetCommitRequest & { readonly request: RequestName; readonly view: ProducerView })
  /** About the commit that `request` names. `NETWORK_EXCEPTION` stands for a connection that ended without an answer. */
  | (AddPartitionsToTxnResponse & { readonly request: RequestName; readonly view: ProducerView })
  | (OffsetCommitRequest & { readonly request: RequestName; readonly view: PlainView })
  | (OffsetFetchRequest & { readonly request: RequestName; readonly view: FetchView })
  | (WriteTxnMarkersRequest & { readonly request: RequestName; readonly view: ProducerView })
  /** One more entry of the log is below the high watermark. */
  | { readonly type: 'Replicated' }
  /** A write was not replicated within `offsets.commit.timeout.ms`; it stays in the log. */
  | { readonly type: 'WriteTimedOut'; readonly request: RequestName }
  /** A first JoinGroup without a member id names a group that does not exist. */
  | { readonly type: 'GroupCreated' }
  | ({ readonly type: 'MemberJoined' } & Member)
  /** A static instance came back with a new member id (KIP-345). `rebalances` 1: the group's protocol changes by it. */
  | {
      readonly type: 'MemberReplaced';
      readonly groupInstanceId: GroupInstanceId;
      readonly memberId: MemberId;
      readonly rebalances: 0 | 1;
    }
  /** It left, its session expired, or it did not rejoin or sync in time. */
  | { readonly type: 'MemberLeft'; readonly memberId: MemberId }
  /** A member that the group knows joins again and may rebalance it. */
  | { readonly type: 'RebalanceBegan' }
  /** Every member has rejoined, or the time for it is over. */
  | { readonly type: 'JoinPhaseCompleted' }
  /** The leader's SyncGroup. */
  | { readonly type: 'AssignmentReceived'; readonly view: PlainView }
  | { readonly type: 'AssignmentTimedOut' }
  /** `offsets.retention.minutes`: `offsets` names those that have expired; view: whether one of them is pending. */
  | {
      readonly type: 'OffsetsExpired';
      readonly offsets: number;
      readonly removesGroup: 0 | 1;
      readonly view: { readonly pending: 0 | 1 };
    }
  /** The broker became leader of the group's partition and begins to load it. */
  | { readonly type: 'CoordinatorElected' }
  | { readonly type: 'CoordinatorLoaded'; readonly view: GroupView }
  | { readonly type: 'CoordinatorResigned' }
  | { readonly type: 'CoordinatorCrashed' };

export interface GroupStep {
  readonly context: GroupContext;
  readonly event: GroupEvent;
}
