/**
 * The named guards and actions of the group coordinator's chart, and the cells that several of its states share. A cell
 * is the list of what an event may meet in a state, in the order in which Kafka asks.
 */

import { assign, setup } from 'xstate';
import type { ErrorCode } from '../protocol/error-codes.ts';
import * as changes from './group-coordinator-changes.ts';
import { GROUP_GUARDS } from './group-coordinator-guards.ts';
import type { GroupSend } from './group-coordinator-replies.ts';
import * as replies from './group-coordinator-replies.ts';
import type { GroupContext, GroupEvent, GroupStep } from './group-coordinator-state.ts';
import { NO_GROUP, NOTHING_KEPT } from './group-coordinator-state.ts';
import type { GroupLogEntry } from './offsets-log.ts';

/** What a transition of the group coordinator puts out. */
export type GroupAction =
  | { readonly type: 'send'; readonly params: GroupSend }
  | { readonly type: 'append'; readonly params: GroupLogEntry }
  | { readonly type: 'ignore' | 'unexpected'; readonly params: undefined };

export const groupSetup = setup({
  types: {} as { context: GroupContext; events: GroupEvent },
  guards: GROUP_GUARDS,
  actions: {
    park: assign(changes.park),
    unpark: assign(changes.unpark),
    rememberVerification: assign(changes.rememberVerification),
    clearVerification: assign(changes.clearVerification),
    awaitCommit: assign(changes.awaitCommit),
    awaitMarker: assign(changes.awaitMarker),
    awaitWrites: assign(changes.awaitWrites),
    countReplicated: assign(changes.countReplicated),
    dropAnswered: assign(changes.dropAnswered),
    dropFirstWaiting: assign(changes.dropFirstWaiting),
    dropTimedOut: assign(changes.dropTimedOut),
    addMember: assign(changes.addMember),
    removeMember: assign(changes.removeMember),
    replaceMember: assign(changes.replaceMember),
    startGeneration: assign(changes.startGeneration),
    awaitAssignment: assign(changes.awaitAssignment),
    forgetAssignment: assign(changes.forgetAssignment),
    restoreGroup: assign(changes.restoreGroup),
    forgetGroup: assign(NO_GROUP),
    resign: assign(changes.resign),
    forgetEverything: assign(NOTHING_KEPT),
    send: (_args, _params: GroupSend) => undefined,
    append: (_args, _params: GroupLogEntry) => undefined,
    ignore: () => undefined,
    unexpected: () => undefined,
  },
});

function send<Params extends (step: GroupStep) => GroupSend>(params: Params) {
  return { type: 'send', params } as const;
}

export const IGNORE = { actions: 'ignore' } as const;
export const UNEXPECTED = { actions: 'unexpected' } as const;

const APPEND_OFFSETS = { type: 'append', params: replies.appendedOffsets } as const;
const APPEND_MARKER = { type: 'append', params: replies.appendedMarker } as const;
const APPEND_TOMBSTONES = { type: 'append', params: replies.appendedTombstones } as const;
const APPEND_GROUP = { type: 'append', params: replies.appendedGroup } as const;

/** `unpark` changes nothing for a commit that was decided as it arrived. */
function refuse(errorCode: ErrorCode) {
  return { actions: [send(replies.refuseCommit(errorCode)), 'unpark'] } as const;
}

/** ClassicGroup.validateMember, then the generation; who supplies nothing passes. */
const FENCE = [
  { guard: 'isOfUnknownInstance', ...refuse('UNKNOWN_MEMBER_ID') },
  { guard: 'isOfFencedInstance', ...refuse('FENCED_INSTANCE_ID') },
  { guard: 'isOfUnknownMember', ...refuse('UNKNOWN_MEMBER_ID') },
  { guard: 'isOfOtherGeneration', ...refuse('ILLEGAL_GENERATION') },
] as const;

/** A generation of a group that does not exist (OffsetMetadataManager.validateTransactionalOffsetCommit). */
const FENCE_ABSENT = [
  { guard: 'knowsGroupIdNotFound', ...refuse('GROUP_ID_NOT_FOUND') },
  { guard: 'suppliesGeneration', ...refuse('ILLEGAL_GENERATION') },
] as const;

/** An empty group has no member and no instance that a generation could be of. */
const FENCE_EMPTY = [{ guard: 'suppliesGeneration', ...refuse('UNKNOWN_MEMBER_ID') }] as const;

/** UnifiedLog, at the append of a transactional batch: no sequence is checked, and nothing is recognised as a duplicate. */
const REFUSE_APPEND = [
  { guard: 'producerEpochIsStale', ...refuse('INVALID_PRODUCER_EPOCH') },
  { guard: 'lacksVerification', ...refuse('INVALID_TXN_STATE') },
] as const;
const WRITE = {
  actions: ['awaitCommit', APPEND_OFFSETS, 'clearVerification', 'unpark'],
} as const;
const WRITE_PLAIN = { actions: ['awaitCommit', APPEND_OFFSETS] } as const;

type Candidates = readonly object[];

/**
 * The two ways in which a transactional commit comes to be decided: as it arrives, or once the transaction coordinator
 * answered (CoordinatorRuntime.scheduleTransactionalWriteOperation: whatever the state, verification comes first).
 */
function decided<const Decision extends Candidates>(decision: Decision) {
  return {
    TxnOffsetCommitRequest: [
      { guard: 'isFencedBeforeVerification', ...refuse('INVALID_PRODUCER_EPOCH') },
      {
        guard: 'mustBeVerified',
        actions: ['park', 'rememberVerification', send(replies.askCoordinator)],
      },
      ...decision,
    ],
    AddPartitionsToTxnResponse: [
      { guard: 'nothingIsParked', ...UNEXPECTED },
      { guard: 'isRefused', actions: [send(replies.refuseUnverified), 'unpark'] },
      ...decision,
    ],
  } as const;
}

/** KIP-447: members are held to their generation, and who names none of the three is not fenced. */
const FENCED_COMMITS = decided([...FENCE, ...REFUSE_APPEND, WRITE]);

/** A commit without generation makes the group a simple one. */
export const COMMITS_WITHOUT_GROUP = {
  ...decided([...FENCE_ABSENT, ...REFUSE_APPEND, { target: 'Empty', ...WRITE }]),
  OffsetCommitRequest: [...FENCE_ABSENT, { target: 'Empty', ...WRITE_PLAIN }],
} as const;

export const COMMITS_WITHOUT_MEMBERS = {
  ...decided([...FENCE_EMPTY, ...REFUSE_APPEND, WRITE]),
  OffsetCommitRequest: [...FENCE_EMPTY, WRITE_PLAIN],
} as const;

/** Unlike a transactional commit, a plain one must name its member while there are any. */
const FENCE_PLAIN = [
  ...FENCE,
  { guard: 'suppliesNothing', ...refuse('UNKNOWN_MEMBER_ID') },
] as const;

export const COMMITS_OF_MEMBERS = {
  ...FENCED_COMMITS,
  OffsetCommitRequest: [...FENCE_PLAIN, WRITE_PLAIN],
} as const;

/** The member knows its new generation but not yet its partitions. */
export const COMMITS_WHILE_COMPLETING = {
  ...FENCED_COMMITS,
  OffsetCommitRequest: [...FENCE_PLAIN, refuse('REBALANCE_IN_PROGRESS')],
} as const;

/** A broker that leads the partition, but has not loaded it, asks the transaction coordinator all the same. */
export const REFUSED_WHILE_LOADING = {
  ...decided([refuse('COORDINATOR_LOAD_IN_PROGRESS')]),
  OffsetCommitRequest: refuse('COORDINATOR_LOAD_IN_PROGRESS'),
  OffsetFetchRequest: { actions: send(replies.refuseFetch('COORDINATOR_LOAD_IN_PROGRESS')) },
  WriteTxnMarkersRequest: { actions: send(replies.refuseMarker('NOT_LEADER_OR_FOLLOWER')) },
} as const;

export const REFUSED_ELSEWHERE = {
  TxnOffsetCommitRequest: refuse('NOT_COORDINATOR'),
  AddPartitionsToTxnResponse: decided([refuse('NOT_COORDINATOR')]).AddPartitionsToTxnResponse,
  OffsetCommitRequest: refuse('NOT_COORDINATOR'),
  OffsetFetchRequest: { actions: send(replies.refuseFetch('NOT_COORDINATOR')) },
  WriteTxnMarkersRequest: { actions: send(replies.refuseMarker('NOT_LEADER_OR_FOLLOWER')) },
} as const;

/** Nothing to wait for where nothing is written. */
export const NO_WRITES = { Replicated: IGNORE, WriteTimedOut: IGNORE } as const;

/** What a loaded coordinator does whatever the state of its group. */
export const LOADED = {
  OffsetFetchRequest: [
    { guard: 'waitsForWrites', actions: 'awaitWrites' },
    { actions: send(replies.answerFetch) },
  ],
  WriteTxnMarkersRequest: [
    {
      guard: 'markerIsStale',
      actions: send(replies.refuseMarker('INVALID_PRODUCER_EPOCH')),
    },
    {
      guard: 'markerIsOfEarlierCoordinator',
      actions: send(replies.refuseMarker('TRANSACTION_COORDINATOR_FENCED')),
    },
    { guard: 'markerKeepsVerification', actions: ['awaitMarker', APPEND_MARKER] },
    { actions: ['awaitMarker', APPEND_MARKER, 'clearVerification'] },
  ],
  Replicated: { actions: 'countReplicated' },
  WriteTimedOut: [
    { guard: 'requestWaits', actions: [send(replies.answerTimedOut), 'dropTimedOut'] },
    IGNORE,
  ],
  // CoordinatorRuntime.scheduleLoadOperation: a coordinator that is active stays so.
  CoordinatorElected: IGNORE,
  CoordinatorLoaded: UNEXPECTED,
} as const;

export const ANSWER_DUE = {
  guard: 'someAnswerIsDue',
  actions: [send(replies.answerDue), 'dropAnswered'],
} as const;

/** CoordinatorRuntime.unload fails every deferred event. */
export const ANSWER_RESIGNED = {
  guard: 'someoneWaits',
  actions: [send(replies.answerResigned), 'dropFirstWaiting'],
} as const;

/** GroupMetadataManager.classicGroupJoinToClassicGroup writes a group down as soon as it is there. */
export const CREATE_GROUP = { target: 'Empty', actions: APPEND_GROUP } as const;

const REBALANCE = { target: 'PreparingRebalance', actions: 'forgetAssignment' } as const;

/** No group here whose members could change. */
export const NO_MEMBERS = {
  MemberReplaced: UNEXPECTED,
  MemberLeft: UNEXPECTED,
  RebalanceBegan: UNEXPECTED,
  JoinPhaseCompleted: UNEXPECTED,
  AssignmentReceived: UNEXPECTED,
  AssignmentTimedOut: IGNORE,
} as const;

/** An empty group goes with its last offset (GroupMetadataManager.maybeDeleteGroup). */
export const EXPIRE_WITH_GROUP = [
  { guard: 'expiryIsHeldUp', ...UNEXPECTED },
  { guard: 'groupIsRemoved', target: 'Absent', actions: [APPEND_TOMBSTONES, 'forgetGroup'] },
  { actions: APPEND_TOMBSTONES },
] as const;

/** Of a group with members, only offsets of topics that they no longer read expire. */
const EXPIRE = [
  { guard: 'expiryIsHeldUp', ...UNEXPECTED },
  { guard: 'groupIsRemoved', ...UNEXPECTED },
  { actions: APPEND_TOMBSTONES },
] as const;

/** A new or leaving member makes a group rebalance (GroupMetadataManager.maybePrepareRebalanceOrCompleteJoin). */
export const MEMBERS_CHANGE = {
  GroupCreated: UNEXPECTED,
  MemberJoined: [
    { guard: 'joinsTwice', ...UNEXPECTED },
    { target: 'PreparingRebalance', actions: ['addMember', 'forgetAssignment'] },
  ],
  MemberLeft: [
    { guard: 'isNoMember', ...UNEXPECTED },
    { target: 'PreparingRebalance', actions: ['removeMember', 'forgetAssignment'] },
  ],
  RebalanceBegan: REBALANCE,
  OffsetsExpired: EXPIRE,
} as const;

/** While members rejoin anyway, a replaced one is one of them. */
export const REPLACED_WHILE_REBALANCING = [
  { guard: 'replacesNobody', ...UNEXPECTED },
  { target: 'PreparingRebalance', actions: ['replaceMember', 'forgetAssignment'] },
] as const;

/** GroupMetadataManager.updateStaticMemberThenRebalanceOrCompleteJoin: a stable group need not rebalance for it. */
export const REPLACED_WHILE_STABLE = [
  { guard: 'replacesNobody', ...UNEXPECTED },
  { guard: 'replacementRebalances', target: 'PreparingRebalance', actions: 'replaceMember' },
  { actions: ['replaceMember', APPEND_GROUP] },
] as const;

/** GroupMetadataManager.completeClassicGroupJoin: an empty generation needs no assignment and is stored at once. */
export const COMPLETE_JOIN_PHASE = [
  { guard: 'nobodyIsLeft', target: 'Empty', actions: ['startGeneration', APPEND_GROUP] },
  { target: 'CompletingRebalance', actions: 'startGeneration' },
] as const;

/** GroupMetadataManager.classicGroupSyncToClassicGroup: stored first, stable when it is replicated. */
export const STORE_ASSIGNMENT = { actions: ['awaitAssignment', APPEND_GROUP] } as const;
export const ASSIGNMENT_FAILED = [{ guard: 'assignmentIsAwaited', ...REBALANCE }, IGNORE] as const;
