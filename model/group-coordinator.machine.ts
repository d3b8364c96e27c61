/**
 * The coordinator of one consumer group on one broker: how its offsets become part of a transaction (GroupCoordinatorService,
 * CoordinatorRuntime, OffsetMetadataManager; KIP-98, KIP-447, KIP-890), and of a classic group what fencing needs
 * (ClassicGroup, GroupMetadataManager; KIP-345).
 *
 * A state is a state of ClassicGroup, or one of three that Kafka has without naming them: this broker does not lead
 * the group's partition of `__consumer_offsets` (NotCoordinator), loads it (Loading), or knows no such group (Absent).
 *
 * It reads no log. Which offsets are committed and which are pending is defined by the log of the partition
 * (`offsets-log.ts`), and comes with an event as a view. It keeps commits that wait for the transaction coordinator,
 * which verifies or adds the partition of the group; verification entries; members; and answers that wait for replication.
 * A marker decides the offsets of all groups of the partition; it is an event of each of them, and one entry.
 *
 * Abstracted away: the answers to JoinGroup, SyncGroup, Heartbeat and LeaveGroup, of which only what they make of the
 * members is seen; protocols and assignments; member ids that were handed out and not yet used. Left out: groups of
 * KIP-848; OffsetDelete and DeleteGroups; the state Dead, in which nobody meets a group; metadata strings, of which one
 * that is too long is refused beforehand; AddPartitionsToTxnManager's queue, whose displacements show as the answers
 * INVALID_PRODUCER_EPOCH and NETWORK_EXCEPTION, possible at any time. The partition keeps verification entries for all
 * its groups, here each group keeps its own: they differ only where two groups share a producer id's transaction.
 */

import {
  ANSWER_DUE,
  ANSWER_RESIGNED,
  ASSIGNMENT_FAILED,
  COMMITS_OF_MEMBERS,
  COMMITS_WHILE_COMPLETING,
  COMMITS_WITHOUT_GROUP,
  COMMITS_WITHOUT_MEMBERS,
  COMPLETE_JOIN_PHASE,
  CREATE_GROUP,
  EXPIRE_WITH_GROUP,
  groupSetup,
  IGNORE,
  LOADED,
  MEMBERS_CHANGE,
  NO_MEMBERS,
  NO_WRITES,
  REFUSED_ELSEWHERE,
  REFUSED_WHILE_LOADING,
  REPLACED_WHILE_REBALANCING,
  REPLACED_WHILE_STABLE,
  STORE_ASSIGNMENT,
  UNEXPECTED,
} from './group-coordinator-cells.ts';
import type { GroupScope } from './group-coordinator-state.ts';
import { initialGroupContext, KAFKA_GROUP_SCOPE } from './group-coordinator-state.ts';

/** Kafka's group coordinator; `createGroupCoordinator` gives the same chart other bounds. */
export const groupCoordinator = groupSetup.createMachine({
  id: 'group-coordinator',
  context: initialGroupContext(KAFKA_GROUP_SCOPE),
  options: { maxIterations: 40 },
  initial: 'NotCoordinator',
  // Whatever the state, a crash loses all that is not in the log; a resignation answers those who wait for it.
  on: {
    CoordinatorCrashed: { target: '.NotCoordinator', actions: 'forgetEverything' },
    CoordinatorResigned: { target: '.NotCoordinator', actions: 'resign' },
  },
  states: {
    NotCoordinator: {
      always: ANSWER_RESIGNED,
      on: {
        ...REFUSED_ELSEWHERE,
        ...NO_WRITES,
        ...NO_MEMBERS,
        GroupCreated: UNEXPECTED,
        MemberJoined: UNEXPECTED,
        OffsetsExpired: UNEXPECTED,
        CoordinatorElected: { target: 'Loading' },
        CoordinatorLoaded: IGNORE,
      },
    },
    Loading: {
      on: {
        ...REFUSED_WHILE_LOADING,
        ...NO_WRITES,
        ...NO_MEMBERS,
        GroupCreated: UNEXPECTED,
        MemberJoined: UNEXPECTED,
        OffsetsExpired: UNEXPECTED,
        CoordinatorElected: IGNORE,
        CoordinatorLoaded: [
          { guard: 'logHasNoGroup', target: 'Absent' },
          { guard: 'logHasNoMembers', target: 'Empty', actions: 'restoreGroup' },
          { target: 'Stable', actions: 'restoreGroup' },
        ],
      },
    },
    Absent: {
      always: ANSWER_DUE,
      on: {
        ...COMMITS_WITHOUT_GROUP,
        ...LOADED,
        ...NO_MEMBERS,
        GroupCreated: CREATE_GROUP,
        MemberJoined: UNEXPECTED,
        OffsetsExpired: UNEXPECTED,
      },
    },
    Empty: {
      always: ANSWER_DUE,
      on: {
        ...COMMITS_WITHOUT_MEMBERS,
        ...LOADED,
        ...NO_MEMBERS,
        GroupCreated: UNEXPECTED,
        MemberJoined: { target: 'PreparingRebalance', actions: 'addMember' },
        OffsetsExpired: EXPIRE_WITH_GROUP,
      },
    },
    PreparingRebalance: {
      always: ANSWER_DUE,
      on: {
        ...COMMITS_OF_MEMBERS,
        ...LOADED,
        ...MEMBERS_CHANGE,
        MemberReplaced: REPLACED_WHILE_REBALANCING,
        RebalanceBegan: UNEXPECTED,
        JoinPhaseCompleted: COMPLETE_JOIN_PHASE,
        AssignmentReceived: UNEXPECTED,
        AssignmentTimedOut: IGNORE,
      },
    },
    CompletingRebalance: {
      always: [
        { guard: 'assignmentIsStored', target: 'Stable', actions: 'forgetAssignment' },
        ANSWER_DUE,
      ],
      on: {
        ...COMMITS_WHILE_COMPLETING,
        ...LOADED,
        ...MEMBERS_CHANGE,
        MemberReplaced: REPLACED_WHILE_REBALANCING,
        JoinPhaseCompleted: UNEXPECTED,
        AssignmentReceived: STORE_ASSIGNMENT,
        AssignmentTimedOut: ASSIGNMENT_FAILED,
      },
    },
    Stable: {
      always: ANSWER_DUE,
      on: {
        ...COMMITS_OF_MEMBERS,
        ...LOADED,
        ...MEMBERS_CHANGE,
        MemberReplaced: REPLACED_WHILE_STABLE,
        JoinPhaseCompleted: UNEXPECTED,
        AssignmentReceived: UNEXPECTED,
        AssignmentTimedOut: IGNORE,
      },
    },
  },
});

/** The same chart within other bounds. */
export function createGroupCoordinator(scope: GroupScope): typeof groupCoordinator {
  const config = { ...groupCoordinator.config, context: initialGroupContext(scope) };
  return groupSetup.createMachine(config as never) as unknown as typeof groupCoordinator;
}
