/** SyncGroup (GroupMetadataManager.classicGroupSyncToClassicGroup): everybody gets what the leader assigned. */

import type { ErrorCode } from '../../../protocol/error-codes.ts';
import type { RequestOf } from '../../../protocol/messages/rpc.ts';
import type { ClassicGroup } from '../classic-group.ts';
import type { GroupShard } from '../group-shard.ts';
import type { Reply } from '../handlers.ts';
import { propagateAssignments } from './rebalance.ts';

export function syncGroup(
  shard: GroupShard,
  { body }: RequestOf<'SyncGroup'>,
  reply: Reply<'SyncGroup'>,
): void {
  const refuse = (errorCode: ErrorCode): void => reply({ errorCode, assignment: '' });
  const { memberId, groupInstanceId, generationId: generation } = body;
  const group = shard.groups.get(body.groupId);
  if (group === undefined) return refuse('UNKNOWN_MEMBER_ID');
  const errorCode = shard.decisions.validateMember(group, {
    generation,
    memberId,
    groupInstanceId,
  });
  if (errorCode !== 'NONE') return refuse(errorCode);
  if (generation !== group.generation) return refuse('ILLEGAL_GENERATION');
  const member = group.members.get(memberId)!;
  if (group.state === 'PreparingRebalance') return refuse('REBALANCE_IN_PROGRESS');
  group.pendingSyncs.delete(memberId);
  if (group.state === 'Stable') return reply({ errorCode, assignment: member.assignment });
  member.awaitingSync = reply;
  if (group.leader === memberId) writeAssignment(shard, group, body.assignments);
}

function writeAssignment(
  shard: GroupShard,
  group: ClassicGroup,
  given: RequestOf<'SyncGroup'>['body']['assignments'],
): void {
  const assignments = new Map(given.map(({ memberId, assignment }) => [memberId, assignment]));
  const { generation } = group;
  shard.append([group.record(assignments)], (errorCode) => {
    // Another member may have joined meanwhile.
    if (group.state !== 'CompletingRebalance' || group.generation !== generation) return;
    if (errorCode === 'NONE') {
      shard.handlers.assignmentReplicated(shard, group, assignments);
      return;
    }
    for (const member of group.members.values()) member.assignment = '';
    propagateAssignments(shard, group, errorCode);
    shard.handlers.prepareRebalance(shard, group);
  });
}

export function assignmentReplicated(
  shard: GroupShard,
  group: ClassicGroup,
  assignments: ReadonlyMap<string, string>,
): void {
  for (const member of group.members.values()) {
    member.assignment = assignments.get(member.memberId) ?? '';
  }
  propagateAssignments(shard, group, 'NONE');
  group.transitionTo('Stable', shard.nowMs());
}
