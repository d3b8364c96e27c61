/**
 * What JoinGroup, SyncGroup, LeaveGroup or a timer made of a group, read off its snapshots: the model events that lead
 * from the model's state to the implementation's, if any do. The model may refuse each of them, and the state that they
 * lead to is compared like any other.
 */

import type { GroupEvent } from '../../model/group-coordinator-state.ts';
import type { Member } from '../../model/offsets-log.ts';
import { NO_INSTANCE } from '../../model/messages.ts';
import type { VisibleGroup } from './group-coordinator.ts';

/** `began`: what set off a rebalance in which nobody came or left. */
export function membershipEvents(
  from: VisibleGroup,
  to: VisibleGroup,
  began: 'RebalanceBegan' | 'AssignmentTimedOut',
): readonly GroupEvent[] {
  if (from.value === 'NotCoordinator' || from.value === 'Loading' || to.value === 'Absent') {
    return [];
  }
  const events: GroupEvent[] = from.value === 'Absent' ? [{ type: 'GroupCreated' }] : [];
  events.push(...memberEvents(from, to));
  const isRebalancing = from.value === 'PreparingRebalance' || rebalances(events);
  const completes = completesJoinPhase(from, to, isRebalancing);
  if (!isRebalancing && (completes || to.value === 'PreparingRebalance')) {
    events.push({ type: began });
  }
  if (completes) events.push({ type: 'JoinPhaseCompleted' });
  return events;
}

function rebalances(events: readonly GroupEvent[]): boolean {
  return events.some((event) =>
    event.type === 'MemberReplaced'
      ? event.rebalances === 1
      : event.type === 'MemberJoined' || event.type === 'MemberLeft',
  );
}

/** A generation ends the join phase, and so does any state that only a completed phase leads to. */
function completesJoinPhase(from: VisibleGroup, to: VisibleGroup, isRebalancing: boolean): boolean {
  const isPast = to.value === 'CompletingRebalance' || to.value === 'Empty';
  return to.generationId > from.generationId || (isRebalancing && isPast);
}

/** Members that were replaced, left and joined, in an order in which they may have been. */
function memberEvents(from: VisibleGroup, to: VisibleGroup): readonly GroupEvent[] {
  const replaced = to.members.filter((member) => replacesOther(member, from.members));
  const isGone = ({ memberId, groupInstanceId }: Member): boolean =>
    !to.members.some((member) => member.memberId === memberId) &&
    !replaced.some((member) => member.groupInstanceId === groupInstanceId);
  const isNew = ({ memberId }: Member): boolean =>
    !from.members.some((member) => member.memberId === memberId) &&
    !replaced.some((member) => member.memberId === memberId);
  const rebalancing = from.value === 'Stable' && to.value === 'Stable' ? 0 : 1;
  return [
    ...replaced.map(({ memberId, groupInstanceId }): GroupEvent => {
      const isQuiet = rebalancing === 0 && to.generationId === from.generationId;
      const type = 'MemberReplaced';
      return { type, memberId, groupInstanceId, rebalances: isQuiet ? 0 : 1 };
    }),
    ...from.members
      .filter(isGone)
      .map(({ memberId }): GroupEvent => ({ type: 'MemberLeft', memberId })),
    ...to.members.filter(isNew).map((member): GroupEvent => ({ type: 'MemberJoined', ...member })),
  ];
}

function replacesOther({ memberId, groupInstanceId }: Member, members: readonly Member[]): boolean {
  return (
    groupInstanceId !== NO_INSTANCE &&
    members.some(
      (member) => member.groupInstanceId === groupInstanceId && member.memberId !== memberId,
    )
  );
}
