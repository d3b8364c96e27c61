/** The session of a member: how long the coordinator waits for its next sign of life. */

import type { ClassicGroup, GroupMember } from '../classic-group.ts';
import type { GroupShard } from '../group-shard.ts';

/** GroupMetadataManager.rescheduleClassicGroupMemberHeartbeat: the session starts over. */
export function rescheduleHeartbeat(
  shard: GroupShard,
  group: ClassicGroup,
  member: GroupMember,
  timeoutMs = member.sessionTimeoutMs,
): void {
  member.cancelHeartbeat();
  member.cancelHeartbeat = shard.after(timeoutMs, () =>
    shard.handlers.expireSession(shard, group, member),
  );
}
