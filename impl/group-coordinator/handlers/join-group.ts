/** JoinGroup (GroupMetadataManager.classicGroupJoinToClassicGroup). The answer waits until the rebalance completes. */

import type { JoinGroupRequest } from '../../../protocol/messages/join-group.ts';
import type { RequestOf } from '../../../protocol/messages/rpc.ts';
import type { ClassicGroup, GroupMember } from '../classic-group.ts';
import { completeJoin, nothingToCancel, refusedJoin } from '../classic-group.ts';
import type { GroupShard } from '../group-shard.ts';
import type { Reply } from '../handlers.ts';
import { expirePendingMember } from './membership.ts';
import { maybeCompleteJoinPhase, rebalanceOrCompleteJoin } from './rebalance.ts';
import { rescheduleHeartbeat } from './sessions.ts';

export function joinGroup(
  shard: GroupShard,
  request: RequestOf<'JoinGroup'>,
  reply: Reply<'JoinGroup'>,
): void {
  const { groupId, memberId } = request.body;
  const isNewGroup = !shard.groups.has(groupId);
  if (isNewGroup && memberId !== '') return reply(refusedJoin('UNKNOWN_MEMBER_ID', memberId));
  const group = shard.ensureGroup(groupId);
  // A new group is made known to the log before it has a generation.
  if (isNewGroup) shard.append([group.record(new Map())], () => undefined);
  if (!hasRoomFor(shard, group, memberId)) {
    group.remove(memberId);
    reply(refusedJoin('GROUP_MAX_SIZE_REACHED', ''));
  } else if (!group.supportsProtocols(request.body.protocolType, request.body.protocols)) {
    reply(refusedJoin('INCONSISTENT_GROUP_PROTOCOL', memberId));
  } else if (memberId === '') {
    joinAsNewMember(shard, group, request, reply);
  } else if (group.pendingJoins.has(memberId)) {
    addMember(shard, group, request.body, memberId, reply);
  } else {
    rejoin(shard, group, request.body, reply);
  }
}

/** GroupMetadataManager.acceptJoiningMember (KIP-389). */
function hasRoomFor({ config }: GroupShard, group: ClassicGroup, memberId: string): boolean {
  const member = group.members.get(memberId);
  switch (group.state) {
    case 'PreparingRebalance': {
      if (member !== undefined && member.awaitingJoin !== null) return true;
      const waiting = [...group.members.values()].filter(
        ({ awaitingJoin }) => awaitingJoin !== null,
      );
      return waiting.length < config.maxSize;
    }
    case 'CompletingRebalance':
    case 'Stable':
      return member !== undefined || group.members.size < config.maxSize;
    case 'Empty':
    case 'Dead':
      return true;
  }
}

function joinAsNewMember(
  shard: GroupShard,
  group: ClassicGroup,
  { apiVersion, body }: RequestOf<'JoinGroup'>,
  reply: Reply<'JoinGroup'>,
): void {
  const { groupInstanceId } = body;
  const memberId = `${groupInstanceId ?? 'member'}-${shard.ports.uuid()}`;
  const replaced = groupInstanceId === null ? undefined : group.staticMembers.get(groupInstanceId);
  if (replaced !== undefined) {
    replaceStaticMember(shard, group, body, replaced, memberId, reply);
  } else if (shard.decisions.requiresMemberId(apiVersion, groupInstanceId)) {
    group.pendingJoins.set(
      memberId,
      shard.after(body.sessionTimeoutMs, () => expirePendingMember(shard, group, memberId)),
    );
    reply(refusedJoin('MEMBER_ID_REQUIRED', memberId));
  } else {
    addMember(shard, group, body, memberId, reply);
  }
}

/** GroupMetadataManager.addMemberThenRebalanceOrCompleteJoin. */
function addMember(
  shard: GroupShard,
  group: ClassicGroup,
  request: JoinGroupRequest,
  memberId: string,
  reply: Reply<'JoinGroup'>,
): void {
  if (group.state === 'PreparingRebalance' && group.previousState === 'Empty') {
    group.newMemberAdded = true;
  }
  if (group.members.size === 0) group.protocolType = request.protocolType;
  const member: GroupMember = {
    memberId,
    groupInstanceId: request.groupInstanceId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    sessionTimeoutMs: request.sessionTimeoutMs,
    protocols: request.protocols,
    assignment: '',
    isNew: true,
    awaitingJoin: reply,
    awaitingSync: null,
    cancelHeartbeat: nothingToCancel,
  };
  group.add(member);
  rescheduleHeartbeat(shard, group, member, shard.config.newMemberJoinTimeoutMs);
  rebalanceOrCompleteJoin(shard, group);
}

/** GroupMetadataManager.classicGroupJoinExistingMember. */
function rejoin(
  shard: GroupShard,
  group: ClassicGroup,
  request: JoinGroupRequest,
  reply: Reply<'JoinGroup'>,
): void {
  const { memberId, groupInstanceId } = request;
  const identity = { generation: -1, memberId, groupInstanceId };
  const errorCode = shard.decisions.validateMember(group, identity);
  if (errorCode !== 'NONE') return reply(refusedJoin(errorCode, memberId));
  const member = group.members.get(memberId)!;
  if (isToldAgain(group, member, request)) return reply(group.joinResponse(memberId));
  updateMember(member, request, reply);
  rebalanceOrCompleteJoin(shard, group);
}

/** A member that lost its answer is told again; a leader that joins a stable group wants it to rebalance. */
function isToldAgain(group: ClassicGroup, member: GroupMember, request: JoinGroupRequest): boolean {
  const isUnchanged = sameProtocols(member.protocols, request.protocols);
  switch (group.state) {
    case 'CompletingRebalance':
      return isUnchanged;
    case 'Stable':
      return isUnchanged && group.leader !== member.memberId;
    default:
      return false;
  }
}

function sameProtocols(
  left: JoinGroupRequest['protocols'],
  right: JoinGroupRequest['protocols'],
): boolean {
  return (
    left.length === right.length &&
    left.every(
      ({ name, metadata }, index) =>
        right[index]!.name === name && right[index]!.metadata === metadata,
    )
  );
}

function updateMember(
  member: GroupMember,
  request: JoinGroupRequest,
  reply: Reply<'JoinGroup'>,
): void {
  member.protocols = request.protocols;
  member.rebalanceTimeoutMs = request.rebalanceTimeoutMs;
  member.sessionTimeoutMs = request.sessionTimeoutMs;
  member.awaitingJoin = reply;
}

/**
 * GroupMetadataManager.updateStaticMemberThenRebalanceOrCompleteJoin (KIP-345): a static member comes back. A stable
 * group whose protocol stays the same does not rebalance for it; it is told the leader of before, so that it does not
 * take itself for the one to assign (JoinGroup below version 9).
 */
function replaceStaticMember(
  shard: GroupShard,
  group: ClassicGroup,
  request: JoinGroupRequest,
  oldMemberId: string,
  memberId: string,
  reply: Reply<'JoinGroup'>,
): void {
  const formerLeader = group.leader;
  const member = group.replaceStaticMember(oldMemberId, memberId);
  updateMember(member, request, reply);
  rescheduleHeartbeat(shard, group, member);
  if (group.state === 'PreparingRebalance') return maybeCompleteJoinPhase(shard, group);
  if (group.state !== 'Stable' || group.selectProtocol() !== group.protocolName) {
    shard.handlers.prepareRebalance(shard, group);
    return;
  }
  const assignments = new Map(
    [...group.members.values()].map(({ memberId: id, assignment }) => [id, assignment]),
  );
  shard.append([group.record(assignments)], () =>
    completeJoin(member, {
      ...group.joinResponse(memberId),
      leader: formerLeader ?? '',
      members: [],
    }),
  );
}
