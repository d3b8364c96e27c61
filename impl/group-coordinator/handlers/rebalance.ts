/**
 * A rebalance of a classic group (GroupMetadataManager): members join again, whoever has joined in time is the next
 * generation, and its leader assigns. The durable record of a generation is written with the assignment.
 */

import type { ErrorCode } from '../../../protocol/error-codes.ts';
import type { ClassicGroup } from '../classic-group.ts';
import { completeJoin, completeSync, nothingToCancel } from '../classic-group.ts';
import type { GroupShard } from '../group-shard.ts';
import { rescheduleHeartbeat } from './sessions.ts';

/** GroupMetadataManager.maybePrepareRebalanceOrCompleteJoin. */
export function rebalanceOrCompleteJoin(shard: GroupShard, group: ClassicGroup): void {
  if (group.state === 'PreparingRebalance') maybeCompleteJoinPhase(shard, group);
  else shard.handlers.prepareRebalance(shard, group);
}

/** GroupMetadataManager.maybeCompleteJoinPhase: the initial rebalance waits for its delay in any case. */
export function maybeCompleteJoinPhase(shard: GroupShard, group: ClassicGroup): void {
  if (group.state !== 'PreparingRebalance' || group.previousState === 'Empty') return;
  if (group.hasAllMembersJoined) shard.handlers.completeJoinPhase(shard, group);
}

export function prepareRebalance(shard: GroupShard, group: ClassicGroup): void {
  // Who awaits an assignment of the old generation must join again.
  if (group.state === 'CompletingRebalance') resetAssignments(shard, group);
  group.pendingSyncs.clear();
  group.cancelSync();
  const isInitial = group.state === 'Empty';
  if (isInitial) {
    const delayMs = shard.config.initialRebalanceDelayMs;
    const remainingMs = Math.max(group.rebalanceTimeoutMs - delayMs, 0);
    scheduleJoin(shard, group, delayMs, () => extendInitial(shard, group, delayMs, remainingMs));
  }
  group.transitionTo('PreparingRebalance', shard.nowMs());
  if (isInitial) return;
  if (group.hasAllMembersJoined) shard.handlers.completeJoinPhase(shard, group);
  else scheduleCompletion(shard, group);
}

function scheduleCompletion(shard: GroupShard, group: ClassicGroup): void {
  scheduleJoin(shard, group, group.rebalanceTimeoutMs, () =>
    shard.handlers.completeJoinPhase(shard, group),
  );
}

function scheduleJoin(
  shard: GroupShard,
  group: ClassicGroup,
  delayMs: number,
  callback: () => void,
): void {
  group.cancelJoin();
  group.cancelJoin = shard.after(delayMs, callback);
}

/** GroupMetadataManager.tryCompleteInitialRebalanceElseSchedule: while members keep coming, it waits longer. */
function extendInitial(
  shard: GroupShard,
  group: ClassicGroup,
  delayMs: number,
  remainingMs: number,
): void {
  if (!group.newMemberAdded || remainingMs === 0) {
    shard.handlers.completeJoinPhase(shard, group);
    return;
  }
  group.newMemberAdded = false;
  const nextDelayMs = Math.min(shard.config.initialRebalanceDelayMs, remainingMs);
  const nextRemainingMs = Math.max(remainingMs - delayMs, 0);
  scheduleJoin(shard, group, nextDelayMs, () =>
    extendInitial(shard, group, nextDelayMs, nextRemainingMs),
  );
}

/** GroupMetadataManager.completeClassicGroupJoin. Static members are kept although they have not come back (KIP-345). */
export function completeJoinPhase(shard: GroupShard, group: ClassicGroup): void {
  group.cancelJoin();
  group.cancelJoin = nothingToCancel;
  for (const member of group.members.values()) {
    if (member.awaitingJoin === null && member.groupInstanceId === null) {
      group.remove(member.memberId);
    }
  }
  if (!group.electJoinedLeader() && group.members.size > 0) {
    // Nobody came: wait until their sessions end.
    scheduleCompletion(shard, group);
    return;
  }
  group.generation = shard.decisions.nextGeneration(group.generation);
  group.pendingSyncs.clear();
  if (group.members.size === 0) {
    group.protocolName = null;
    group.transitionTo('Empty', shard.nowMs());
    shard.append([group.record(new Map())], () => undefined);
    return;
  }
  group.protocolName = group.selectProtocol();
  group.transitionTo('CompletingRebalance', shard.nowMs());
  startGeneration(shard, group);
}

function startGeneration(shard: GroupShard, group: ClassicGroup): void {
  for (const member of group.members.values()) {
    completeJoin(member, group.joinResponse(member.memberId));
    rescheduleHeartbeat(shard, group, member);
    member.isNew = false;
    group.pendingSyncs.add(member.memberId);
  }
  const { generation } = group;
  group.cancelSync();
  group.cancelSync = shard.after(group.rebalanceTimeoutMs, () =>
    expireSync(shard, group, generation),
  );
}

/** GroupMetadataManager.expirePendingSync: who never fetched its assignment is out. */
function expireSync(shard: GroupShard, group: ClassicGroup, generation: number): void {
  if (generation !== group.generation || group.pendingSyncs.size === 0) return;
  if (group.state !== 'CompletingRebalance' && group.state !== 'Stable') return;
  for (const memberId of group.pendingSyncs) group.remove(memberId);
  shard.handlers.prepareRebalance(shard, group);
}

function resetAssignments(shard: GroupShard, group: ClassicGroup): void {
  for (const member of group.members.values()) member.assignment = '';
  propagateAssignments(shard, group, 'REBALANCE_IN_PROGRESS');
}

/** GroupMetadataManager.propagateAssignment. A session that ended meanwhile was overlooked, hence starts over. */
export function propagateAssignments(
  shard: GroupShard,
  group: ClassicGroup,
  errorCode: ErrorCode,
): void {
  for (const member of group.members.values()) {
    const { assignment } = member;
    if (completeSync(member, { errorCode, assignment })) rescheduleHeartbeat(shard, group, member);
  }
}
