/** Members that stay, leave or fall silent: Heartbeat, LeaveGroup and session timeouts (GroupMetadataManager). */

import type { ErrorCode } from '../../../protocol/error-codes.ts';
import type { LeaveGroupRequest } from '../../../protocol/messages/leave-group.ts';
import type { RequestOf } from '../../../protocol/messages/rpc.ts';
import { refusedLeave } from '../answers.ts';
import type { ClassicGroup, GroupMember } from '../classic-group.ts';
import { completeJoin, refusedJoin } from '../classic-group.ts';
import type { GroupShard } from '../group-shard.ts';
import type { Reply } from '../handlers.ts';
import { maybeCompleteJoinPhase, rebalanceOrCompleteJoin } from './rebalance.ts';
import { rescheduleHeartbeat } from './sessions.ts';

/** GroupMetadataManager.classicGroupHeartbeatToClassicGroup. */
export function heartbeat(
  shard: GroupShard,
  { body }: RequestOf<'Heartbeat'>,
  reply: Reply<'Heartbeat'>,
): void {
  const { memberId, groupInstanceId, generationId: generation } = body;
  const group = shard.groups.get(body.groupId);
  if (group === undefined) return reply({ errorCode: 'UNKNOWN_MEMBER_ID' });
  let errorCode = shard.decisions.validateMember(group, { generation, memberId, groupInstanceId });
  if (errorCode === 'NONE' && generation !== group.generation) errorCode = 'ILLEGAL_GENERATION';
  if (errorCode !== 'NONE') return reply({ errorCode });
  rescheduleHeartbeat(shard, group, group.members.get(memberId)!);
  reply({ errorCode: group.state === 'PreparingRebalance' ? 'REBALANCE_IN_PROGRESS' : 'NONE' });
}

/** GroupMetadataManager.expireClassicGroupMemberHeartbeat: whoever waits for an answer cannot send heartbeats. */
export function expireSession(shard: GroupShard, group: ClassicGroup, member: GroupMember): void {
  const isWaiting = member.awaitingJoin !== null || member.awaitingSync !== null;
  if (isWaiting && !member.isNew) return;
  removeMember(group, member);
  if (group.state === 'Stable' || group.state === 'CompletingRebalance') {
    rebalanceOrCompleteJoin(shard, group);
  } else if (group.state === 'PreparingRebalance' && group.hasAllMembersJoined) {
    shard.handlers.completeJoinPhase(shard, group);
  }
}

/** A new member may be removed while its JoinGroup waits; it is told to start over. */
function removeMember(group: ClassicGroup, member: GroupMember): void {
  completeJoin(member, refusedJoin('UNKNOWN_MEMBER_ID', ''));
  group.remove(member.memberId);
}

/** A member that was given an id has not come back with it in time. */
export function expirePendingMember(
  shard: GroupShard,
  group: ClassicGroup,
  memberId: string,
): void {
  group.removePendingJoin(memberId);
  if (group.state === 'PreparingRebalance' && group.hasAllMembersJoined) {
    shard.handlers.completeJoinPhase(shard, group);
  }
}

/** GroupMetadataManager.classicGroupLeaveToClassicGroup. */
export function leaveGroup(
  shard: GroupShard,
  { body }: RequestOf<'LeaveGroup'>,
  reply: Reply<'LeaveGroup'>,
): void {
  const group = shard.groups.get(body.groupId);
  if (group === undefined) return reply(refusedLeave(body, 'UNKNOWN_MEMBER_ID'));
  const members = body.members.map((leaving) => ({
    ...leaving,
    errorCode: leave(shard, group, leaving),
  }));
  if (members.some(({ errorCode }) => errorCode === 'NONE')) {
    if (group.state === 'PreparingRebalance') maybeCompleteJoinPhase(shard, group);
    else if (group.state !== 'Empty') rebalanceOrCompleteJoin(shard, group);
  }
  reply({ errorCode: 'NONE', members });
}

/** An administrator may remove a static member by its instance id alone. */
function leave(
  { decisions }: GroupShard,
  group: ClassicGroup,
  { memberId, groupInstanceId }: LeaveGroupRequest['members'][number],
): ErrorCode {
  if (memberId !== '' && group.pendingJoins.has(memberId)) {
    group.removePendingJoin(memberId);
    return 'NONE';
  }
  const owner = memberId === '' ? (group.staticMembers.get(groupInstanceId ?? '') ?? '') : memberId;
  const identity = { generation: -1, memberId: owner, groupInstanceId };
  const errorCode = decisions.validateMember(group, identity);
  if (errorCode === 'NONE') removeMember(group, group.members.get(owner)!);
  return errorCode;
}
