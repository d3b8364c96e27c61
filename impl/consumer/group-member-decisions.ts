/**
 * The rules of a group member, after ConsumerCoordinator.java and AbstractCoordinator.java (classic protocol), one pure
 * function or table each. A mutant replaces one of them.
 */

import { ERROR_CODES, type ErrorCode } from '../../protocol/error-codes.ts';
import type { TopicPartition } from '../../protocol/ids.ts';

/** Requests of a member to the coordinator of its group. */
export type GroupApi = 'JoinGroup' | 'SyncGroup' | 'OffsetFetch' | 'OffsetCommit';

/**
 * - `retry`: after a pause; a join begins again from its JoinGroup, whichever of its two requests failed.
 * - `retry-at-once`: without a pause.
 * - `lookup`: find the coordinator again, then retry.
 * - `join-anew`: forget the member id, then retry.
 * - `fail`: tell the application.
 */
export type GroupErrorAction = 'retry' | 'retry-at-once' | 'lookup' | 'join-anew' | 'fail';

/** What a member of the generation subscribed to. */
export interface Subscription {
  readonly memberId: string;
  readonly partitions: readonly TopicPartition[];
}

export interface Assignment {
  readonly memberId: string;
  readonly partitions: readonly TopicPartition[];
}

export interface GroupMemberDecisions {
  readonly onError: (api: GroupApi, errorCode: ErrorCode) => GroupErrorAction;
  /** Whether the coordinator may have done what was asked although it answered with this. */
  readonly isAmbiguous: (errorCode: ErrorCode) => boolean;
  /** Whether offsets that an open transaction may still move are refused rather than returned (KIP-447). */
  readonly requiresStable: () => boolean;
  /** Computed by the leader of a generation: every partition to one of the members that subscribed to it. */
  readonly assign: (subscriptions: readonly Subscription[]) => readonly Assignment[];
}

const COORDINATOR_MOVED = {
  COORDINATOR_NOT_AVAILABLE: 'lookup',
  NOT_COORDINATOR: 'lookup',
} as const;

const ERRORS: Readonly<Record<GroupApi, Readonly<Partial<Record<ErrorCode, GroupErrorAction>>>>> = {
  // JoinGroupResponseHandler; MEMBER_ID_REQUIRED comes with the id to join with (KIP-394).
  JoinGroup: {
    ...COORDINATOR_MOVED,
    MEMBER_ID_REQUIRED: 'retry-at-once',
    REBALANCE_IN_PROGRESS: 'retry',
    UNKNOWN_MEMBER_ID: 'join-anew',
  },
  // SyncGroupResponseHandler.
  SyncGroup: {
    ...COORDINATOR_MOVED,
    REBALANCE_IN_PROGRESS: 'retry',
    ILLEGAL_GENERATION: 'join-anew',
    UNKNOWN_MEMBER_ID: 'join-anew',
  },
  OffsetFetch: COORDINATOR_MOVED,
  // OffsetCommitResponseHandler: a write that timed out may be another broker's to repeat.
  OffsetCommit: { ...COORDINATOR_MOVED, REQUEST_TIMED_OUT: 'lookup' },
};

/** Answers that can follow an append (CoordinatorOperationExceptionHelper): it may yet be replicated. */
const AFTER_APPEND: readonly ErrorCode[] = [
  'REQUEST_TIMED_OUT',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'UNKNOWN_SERVER_ERROR',
];

export const GROUP_MEMBER_DECISIONS: GroupMemberDecisions = {
  onError: (api, errorCode) =>
    ERRORS[api][errorCode] ?? (ERROR_CODES[errorCode].retriable ? 'retry' : 'fail'),

  isAmbiguous: (errorCode) => AFTER_APPEND.includes(errorCode),

  // ConsumerCoordinator.sendOffsetFetchRequest: whatever the isolation level.
  requiresStable: () => true,

  // AbstractPartitionAssignor's order of members; partitions go round, as in RoundRobinAssignor.
  assign(subscriptions) {
    const members = subscriptions.toSorted((one, other) =>
      one.memberId < other.memberId ? -1 : 1,
    );
    const assigned = new Map(members.map(({ memberId }) => [memberId, [] as TopicPartition[]]));
    const partitions = new Set(members.flatMap((member) => member.partitions));
    let next = 0;
    for (const partition of [...partitions].sort()) {
      const subscribed = members.filter((member) => member.partitions.includes(partition));
      assigned.get(subscribed[next % subscribed.length]!.memberId)!.push(partition);
      next += 1;
    }
    return [...assigned].map(([memberId, own]) => ({ memberId, partitions: own }));
  },
};
