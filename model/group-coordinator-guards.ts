/**
 * The group coordinator's questions, one predicate each: ReplicaManager and AddPartitionsToTxnManager before a
 * transactional commit is decided, ClassicGroup and OffsetMetadataManager when it is, UnifiedLog when it is appended.
 */

import type { ErrorCode } from '../protocol/error-codes.ts';
import type { ProducerId } from '../protocol/ids.ts';
import type { TransactionSupportedOperation } from '../protocol/transaction-version.ts';
import { TXN_OFFSET_COMMIT_TV2 } from '../protocol/transaction-version.ts';
import type { ProducerView } from './append-rules.ts';
import { isMarkerOfEarlierCoordinator, isOngoing, isStaleMarker } from './append-rules.ts';
import type { GroupEvent, GroupStep, Parked } from './group-coordinator-state.ts';
import type { GroupClaim } from './messages.ts';
import { NO_INSTANCE, NO_MEMBER } from './messages.ts';
import type { GroupView } from './offsets-log.ts';

/** AddPartitionsToTxnManager.txnOffsetCommitRequestVersionToTransactionSupportedOperation. */
function operationOf(apiVersion: number): TransactionSupportedOperation {
  if (apiVersion >= TXN_OFFSET_COMMIT_TV2) return 'ADD_PARTITION';
  return apiVersion === TXN_OFFSET_COMMIT_TV2 - 1 ? 'GENERIC_ERROR_SUPPORTED' : 'DEFAULT_ERROR';
}

export function addsPartition(apiVersion: number): boolean {
  return operationOf(apiVersion) === 'ADD_PARTITION';
}

/** The transactional commit that a step is about: the one that arrives, or the one that the coordinator answered. */
export function commitOf({ context, event }: GroupStep): Parked | undefined {
  if (event.type === 'TxnOffsetCommitRequest') {
    const { type: _type, view: _view, ...commit } = event;
    return { ...commit, guard: 0 };
  }
  if (event.type !== 'AddPartitionsToTxnResponse') return undefined;
  return context.parked.find(({ request }) => request === event.request);
}

/** A question about the transactional commit of the step and what the log knows of its producer id. */
function ofCommit(
  question: (commit: Parked, view: ProducerView, step: GroupStep) => boolean,
): (step: GroupStep) => boolean {
  return (step) => {
    const commit = commitOf(step);
    if (commit === undefined) return false;
    return question(commit, (step.event as { readonly view: ProducerView }).view, step);
  };
}

/** ReplicaManager: TV2 must ask the transaction coordinator; others need not when verification is off. */
function mustAsk({ apiVersion }: Parked, { context }: GroupStep): boolean {
  return context.partitionVerification === 1 || addsPartition(apiVersion);
}

/** UnifiedLog.maybeStartTransactionVerification fences before it asks. */
const isFencedBeforeVerification = ofCommit(
  (commit, view, step) => mustAsk(commit, step) && commit.producerEpoch < view.producerEpoch,
);

/** ReplicaManager.maybeSendPartitionToTransactionCoordinator: not for an open transaction of exactly this epoch. */
const mustBeVerified = ofCommit(
  (commit, view, step) => mustAsk(commit, step) && !isOngoing(view, commit.producerEpoch),
);

function nothingIsParked(step: GroupStep): boolean {
  return commitOf(step) === undefined;
}

/** What the transaction coordinator said of the offsets partition. */
export function verdict(event: GroupEvent): ErrorCode {
  if (event.type !== 'AddPartitionsToTxnResponse') return 'NONE';
  return event.abortable === 0 ? event.errorCode : 'TRANSACTION_ABORTABLE';
}

function isRefused({ event }: GroupStep): boolean {
  return verdict(event) !== 'NONE';
}

/** AddPartitionsToTxnManager's mapping of a refusal; CoordinatorOperationExceptionHelper's comes after it. */
export function refusal(apiVersion: number, error: ErrorCode): ErrorCode {
  if (error === 'PRODUCER_FENCED') return 'INVALID_PRODUCER_EPOCH';
  const isAbortable = error === 'TRANSACTION_ABORTABLE';
  return isAbortable && operationOf(apiVersion) === 'DEFAULT_ERROR' ? 'INVALID_TXN_STATE' : error;
}

/** Who commits, of either kind of commit. */
function claimOf(step: GroupStep): GroupClaim | undefined {
  return step.event.type === 'OffsetCommitRequest' ? step.event : commitOf(step);
}

function ofClaim(
  question: (claim: GroupClaim, step: GroupStep) => boolean,
): (step: GroupStep) => boolean {
  return (step) => {
    const claim = claimOf(step);
    return claim !== undefined && question(claim, step);
  };
}

/** ClassicGroup.validateOffsetCommit: a commit without any of the three is not held against the group (KIP-447). */
function suppliesSomething({
  generationIdOrMemberEpoch,
  memberId,
  groupInstanceId,
}: GroupClaim): boolean {
  return (
    generationIdOrMemberEpoch >= 0 || memberId !== NO_MEMBER || groupInstanceId !== NO_INSTANCE
  );
}

const suppliesNothing = ofClaim((claim) => !suppliesSomething(claim));

const suppliesGeneration = ofClaim(
  ({ generationIdOrMemberEpoch }) => generationIdOrMemberEpoch >= 0,
);

/** First versions whose senders know GROUP_ID_NOT_FOUND (OffsetMetadataManager; KIP-848, KIP-1319). */
const GROUP_ID_NOT_FOUND_SINCE = { OffsetCommit: 9, TxnOffsetCommit: 6 } as const;

/** A generation of a group that does not exist, from a sender that knows the error of its own for it. */
function knowsGroupIdNotFound(step: GroupStep): boolean {
  const { event } = step;
  if (event.type === 'OffsetCommitRequest') {
    return (
      event.generationIdOrMemberEpoch >= 0 &&
      event.apiVersion >= GROUP_ID_NOT_FOUND_SINCE.OffsetCommit
    );
  }
  const commit = commitOf(step);
  return (
    commit !== undefined &&
    commit.generationIdOrMemberEpoch >= 0 &&
    commit.apiVersion >= GROUP_ID_NOT_FOUND_SINCE.TxnOffsetCommit
  );
}

function memberOfInstance({ context }: GroupStep, groupInstanceId: number): number | undefined {
  const found = context.members.find((member) => member.groupInstanceId === groupInstanceId);
  return found?.memberId;
}

function hasMember({ context }: GroupStep, memberId: number): boolean {
  return context.members.some((member) => member.memberId === memberId);
}

/** ClassicGroup.validateMember: the instance first, then the member. */
const isOfUnknownInstance = ofClaim(
  ({ groupInstanceId }, step) =>
    groupInstanceId !== NO_INSTANCE && memberOfInstance(step, groupInstanceId) === undefined,
);

/** Its member was replaced by a newer one of the same instance (KIP-345). */
const isOfFencedInstance = ofClaim(
  ({ groupInstanceId, memberId }, step) =>
    groupInstanceId !== NO_INSTANCE && memberOfInstance(step, groupInstanceId) !== memberId,
);

const isOfUnknownMember = ofClaim(
  (claim, step) => suppliesSomething(claim) && !hasMember(step, claim.memberId),
);

const isOfOtherGeneration = ofClaim(
  (claim, step) =>
    suppliesSomething(claim) && claim.generationIdOrMemberEpoch !== step.context.generationId,
);

/** ProducerAppendInfo.checkProducerEpoch. */
const producerEpochIsStale = ofCommit((commit, view) => commit.producerEpoch < view.producerEpoch);

/** UnifiedLog.batchMissingRequiredVerification: no open transaction, and not the guard that is stored. */
const lacksVerification = ofCommit(
  (commit, view, { context }) =>
    context.partitionVerification === 1 &&
    !isOngoing(view, commit.producerEpoch) &&
    commit.guard === 0,
);

function markerIsStale({ context, event }: GroupStep): boolean {
  return (
    event.type === 'WriteTxnMarkersRequest' &&
    isStaleMarker({ marker: event, view: event.view }, context.maxEpoch)
  );
}

function markerIsOfEarlierCoordinator({ event }: GroupStep): boolean {
  return (
    event.type === 'WriteTxnMarkersRequest' &&
    isMarkerOfEarlierCoordinator({ marker: event, view: event.view })
  );
}

/** UnifiedLog: under TV2 an entry of the marker's own epoch belongs to the next transaction and stays. */
function markerKeepsVerification({ context, event }: GroupStep): boolean {
  if (event.type !== 'WriteTxnMarkersRequest') return false;
  const entry = verificationOf(context.verifications, event.producerId);
  return entry?.supportsEpochBump === 1 && entry.producerEpoch === event.producerEpoch;
}

export function verificationOf<Entry extends { readonly producerId: ProducerId }>(
  verifications: readonly Entry[],
  producerId: ProducerId,
): Entry | undefined {
  return verifications.find((entry) => entry.producerId === producerId);
}

/** GroupCoordinatorService.fetchOffsets: a stable fetch is ordered after every write before it. */
function waitsForWrites({ event }: GroupStep): boolean {
  return (
    event.type === 'OffsetFetchRequest' && event.requireStable === 1 && event.view.unreplicated > 0
  );
}

function someAnswerIsDue({ context }: GroupStep): boolean {
  return context.waiting.some(({ ahead }) => ahead === 0);
}

function someoneWaits({ context }: GroupStep): boolean {
  return context.waiting.length > 0;
}

function requestWaits({ context, event }: GroupStep): boolean {
  return (
    event.type === 'WriteTimedOut' &&
    context.waiting.some(({ request }) => request === event.request)
  );
}

function joinsTwice(step: GroupStep): boolean {
  const { event } = step;
  if (event.type !== 'MemberJoined') return false;
  return (
    hasMember(step, event.memberId) ||
    (event.groupInstanceId !== NO_INSTANCE &&
      memberOfInstance(step, event.groupInstanceId) !== undefined)
  );
}

function isNoMember(step: GroupStep): boolean {
  return step.event.type === 'MemberLeft' && !hasMember(step, step.event.memberId);
}

function replacesNobody(step: GroupStep): boolean {
  const { event } = step;
  return (
    event.type === 'MemberReplaced' &&
    (hasMember(step, event.memberId) || memberOfInstance(step, event.groupInstanceId) === undefined)
  );
}

function replacementRebalances({ event }: GroupStep): boolean {
  return event.type === 'MemberReplaced' && event.rebalances === 1;
}

function nobodyIsLeft({ context }: GroupStep): boolean {
  return context.members.length === 0;
}

function assignmentIsStored({ context }: GroupStep): boolean {
  return context.assignmentAhead === 0;
}

function assignmentIsAwaited({ context }: GroupStep): boolean {
  return context.assignmentAhead > 0;
}

/** OffsetMetadataManager.cleanupExpiredOffsets: what a transaction may still move does not expire. */
function expiryIsHeldUp({ event }: GroupStep): boolean {
  return event.type === 'OffsetsExpired' && event.view.pending === 1;
}

function groupIsRemoved({ event }: GroupStep): boolean {
  return event.type === 'OffsetsExpired' && event.removesGroup === 1;
}

function loaded(question: (view: GroupView) => boolean): (step: GroupStep) => boolean {
  return ({ event }) => event.type === 'CoordinatorLoaded' && question(event.view);
}

const logHasNoGroup = loaded(({ exists }) => exists === 0);
const logHasNoMembers = loaded(({ members }) => members.length === 0);

export const GROUP_GUARDS = {
  isFencedBeforeVerification,
  mustBeVerified,
  nothingIsParked,
  isRefused,
  knowsGroupIdNotFound,
  suppliesGeneration,
  suppliesNothing,
  isOfUnknownInstance,
  isOfFencedInstance,
  isOfUnknownMember,
  isOfOtherGeneration,
  producerEpochIsStale,
  lacksVerification,
  markerIsStale,
  markerIsOfEarlierCoordinator,
  markerKeepsVerification,
  waitsForWrites,
  someAnswerIsDue,
  someoneWaits,
  requestWaits,
  joinsTwice,
  isNoMember,
  replacesNobody,
  replacementRebalances,
  nobodyIsLeft,
  assignmentIsStored,
  assignmentIsAwaited,
  expiryIsHeldUp,
  groupIsRemoved,
  logHasNoGroup,
  logHasNoMembers,
};
