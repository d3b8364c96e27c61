/**
 * The group coordinator's rules, each a small pure function: who may commit, what a marker does to pending offsets, which
 * offset counts. The handlers ask these and never decide themselves, so that a mutant is one other answer.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { ProducerId } from '../../protocol/ids.ts';
import { NO_PRODUCER_ID } from '../../protocol/ids.ts';
import type { GroupState, TransactionResult } from '../../protocol/states.ts';
import type { TransactionSupportedOperation } from '../../protocol/transaction-version.ts';
import {
  TXN_OFFSET_COMMIT_GENERIC_ERROR,
  TXN_OFFSET_COMMIT_TV2,
} from '../../protocol/transaction-version.ts';
import type { ClassicGroup } from './classic-group.ts';
import type { StoredOffset } from './offset-store.ts';

/** Who a request says it is. -1, '' and null where it says nothing. */
export interface MemberIdentity {
  readonly generation: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

export interface GroupDecisions {
  /** The gate of every request: what a partition of `__consumer_offsets` in this condition answers. */
  partitionGate(isOwned: boolean, isLoading: boolean): ErrorCode;
  /** How a TxnOffsetCommit request's version wants the offsets partition verified. */
  operationOf(txnOffsetCommitVersion: number): TransactionSupportedOperation;
  /** What an error of verification or append means for the client. */
  operationError(errorCode: ErrorCode): ErrorCode;
  /** What an OffsetFetch is told of an error of waiting for replication. */
  offsetFetchError(errorCode: ErrorCode): ErrorCode;
  /** What a TxnOffsetCommit of that version is told of an error. */
  txnOffsetCommitError(errorCode: ErrorCode, txnOffsetCommitVersion: number): ErrorCode;
  metadataIsTooLarge(metadata: string | null, maxSize: number): boolean;
  /** Commits for a group that does not exist. */
  validateWithoutGroup(generation: number, knowsGroupIdNotFound: boolean): ErrorCode;
  /** Fencing of transactional commits by generation and member (KIP-447). */
  validateTxnOffsetCommit(group: ClassicGroup, identity: MemberIdentity): ErrorCode;
  /** Fencing of commits outside a transaction. */
  validateOffsetCommit(group: ClassicGroup, identity: MemberIdentity): ErrorCode;
  validateMember(group: ClassicGroup, identity: MemberIdentity): ErrorCode;

  /** Whether an offset record waits for its transaction's marker. */
  isPending(producerId: ProducerId): boolean;
  /** Whose pending offsets a marker of that producer decides, of those that have any. */
  settledBy(producerId: ProducerId, open: readonly ProducerId[]): readonly ProducerId[];
  materialises(result: TransactionResult): boolean;
  clearsPending(result: TransactionResult): boolean;
  /** Whether a pending offset of a committed transaction replaces the one that is committed. */
  isNewer(pending: StoredOffset, committed: StoredOffset | null): boolean;
  /** Whether OffsetFetch refuses an offset because a transaction may still move it (KIP-447). */
  isUnstable(requireStable: boolean, hasPending: boolean): boolean;
  /** Whether retention removes an offset. */
  isExpired(sinceMs: number, nowMs: number, retentionMs: number, hasPending: boolean): boolean;
  /** Whether retention removes the group itself, once all its offsets are gone. */
  groupIsRemoved(state: GroupState, hasPending: boolean): boolean;

  /** Whether a new member must join again with the id that it is given (KIP-394). */
  requiresMemberId(joinGroupVersion: number, groupInstanceId: string | null): boolean;
  nextGeneration(generation: number): number;
  /** The state that a loaded group metadata record stands for. */
  loadedState(members: number): GroupState;
}

/** First JoinGroup version that answers MEMBER_ID_REQUIRED (JoinGroupRequest.requiresKnownMemberId). */
const JOIN_GROUP_MEMBER_ID = 4;
/** First TxnOffsetCommit version that knows COORDINATOR_LOAD_IN_PROGRESS (KafkaApis). */
const TXN_OFFSET_COMMIT_LOADING = 2;

export const DECISIONS: GroupDecisions = {
  // CoordinatorRuntime.contextOrThrow and its context's state.
  partitionGate(isOwned, isLoading) {
    if (!isOwned) return 'NOT_COORDINATOR';
    return isLoading ? 'COORDINATOR_LOAD_IN_PROGRESS' : 'NONE';
  },

  // AddPartitionsToTxnManager.txnOffsetCommitRequestVersionToTransactionSupportedOperation.
  operationOf(txnOffsetCommitVersion) {
    if (txnOffsetCommitVersion >= TXN_OFFSET_COMMIT_TV2) return 'ADD_PARTITION';
    return txnOffsetCommitVersion >= TXN_OFFSET_COMMIT_GENERIC_ERROR
      ? 'GENERIC_ERROR_SUPPORTED'
      : 'DEFAULT_ERROR';
  },

  // CoordinatorOperationExceptionHelper.handleOperationException.
  operationError(errorCode) {
    switch (errorCode) {
      case 'NETWORK_EXCEPTION':
        return 'COORDINATOR_LOAD_IN_PROGRESS';
      case 'UNKNOWN_TOPIC_OR_PARTITION':
      case 'NOT_ENOUGH_REPLICAS':
      case 'REQUEST_TIMED_OUT':
        return 'COORDINATOR_NOT_AVAILABLE';
      case 'NOT_LEADER_OR_FOLLOWER':
      case 'KAFKA_STORAGE_ERROR':
        return 'NOT_COORDINATOR';
      case 'MESSAGE_TOO_LARGE':
      case 'RECORD_LIST_TOO_LARGE':
        return 'UNKNOWN_SERVER_ERROR';
      default:
        return errorCode;
    }
  },

  // GroupCoordinatorService.handleOffsetFetchException: consumers before 3.9 do not retry the one, and a zombie
  // coordinator's must look for another.
  offsetFetchError: (errorCode) =>
    errorCode === 'COORDINATOR_NOT_AVAILABLE' ? 'NOT_COORDINATOR' : errorCode,

  // KafkaApis.handleTxnOffsetCommitRequest: old clients do not retry the one, but do the other.
  txnOffsetCommitError: (errorCode, txnOffsetCommitVersion) =>
    errorCode === 'COORDINATOR_LOAD_IN_PROGRESS' &&
    txnOffsetCommitVersion < TXN_OFFSET_COMMIT_LOADING
      ? 'COORDINATOR_NOT_AVAILABLE'
      : errorCode,

  // OffsetMetadataManager.isMetadataInvalid.
  metadataIsTooLarge: (metadata, maxSize) => metadata !== null && metadata.length > maxSize,

  // OffsetMetadataManager.validateOffsetCommit: without a generation it is a simple group's first commit.
  validateWithoutGroup(generation, knowsGroupIdNotFound) {
    if (generation < 0) return 'NONE';
    return knowsGroupIdNotFound ? 'GROUP_ID_NOT_FOUND' : 'ILLEGAL_GENERATION';
  },

  // ClassicGroup.validateOffsetCommit, isTransactional: old clients say nothing of themselves, in any state.
  validateTxnOffsetCommit(group, identity) {
    if (group.state === 'Dead') return 'COORDINATOR_NOT_AVAILABLE';
    if (identity.generation < 0 && group.state === 'Empty') return 'NONE';
    return isAnonymous(identity) ? 'NONE' : fencing(group, identity);
  },

  // ClassicGroup.validateOffsetCommit, not transactional.
  validateOffsetCommit(group, identity) {
    if (group.state === 'Dead') return 'COORDINATOR_NOT_AVAILABLE';
    if (identity.generation < 0 && group.state === 'Empty') return 'NONE';
    if (isAnonymous(identity)) return 'UNKNOWN_MEMBER_ID';
    const errorCode = fencing(group, identity);
    if (errorCode !== 'NONE') return errorCode;
    return group.state === 'CompletingRebalance' ? 'REBALANCE_IN_PROGRESS' : 'NONE';
  },

  // ClassicGroup.validateMember (KIP-345).
  validateMember(group, { memberId, groupInstanceId }) {
    if (groupInstanceId !== null) {
      const owner = group.staticMembers.get(groupInstanceId);
      if (owner === undefined) return 'UNKNOWN_MEMBER_ID';
      if (owner !== memberId) return 'FENCED_INSTANCE_ID';
    }
    return group.members.has(memberId) ? 'NONE' : 'UNKNOWN_MEMBER_ID';
  },

  // OffsetMetadataManager.replay.
  isPending: (producerId) => producerId !== NO_PRODUCER_ID,

  // OffsetMetadataManager.replayEndTransactionMarker.
  settledBy: (producerId) => [producerId],
  materialises: (result) => result === 'COMMIT',
  clearsPending: () => true,
  isNewer: (pending, committed) =>
    committed === null || pending.recordOffset > committed.recordOffset,

  // OffsetMetadataManager.fetchOffsets.
  isUnstable: (requireStable, hasPending) => requireStable && hasPending,

  // OffsetMetadataManager.cleanupExpiredOffsets, OffsetExpirationConditionImpl.
  isExpired: (sinceMs, nowMs, retentionMs, hasPending) =>
    nowMs - sinceMs >= retentionMs && !hasPending,
  groupIsRemoved: (state, hasPending) => state === 'Empty' && !hasPending,

  requiresMemberId: (joinGroupVersion, groupInstanceId) =>
    groupInstanceId === null && joinGroupVersion >= JOIN_GROUP_MEMBER_ID,

  // ClassicGroup.initNextGeneration.
  nextGeneration: (generation) => generation + 1,

  // GroupMetadataManager.replay(GroupMetadataKey, GroupMetadataValue).
  loadedState: (members) => (members === 0 ? 'Empty' : 'Stable'),
};

function isAnonymous({ generation, memberId, groupInstanceId }: MemberIdentity): boolean {
  return generation < 0 && memberId === '' && groupInstanceId === null;
}

function fencing(group: ClassicGroup, identity: MemberIdentity): ErrorCode {
  const errorCode = DECISIONS.validateMember(group, identity);
  if (errorCode !== 'NONE') return errorCode;
  return identity.generation === group.generation ? 'NONE' : 'ILLEGAL_GENERATION';
}
