/**
 * A group of the classic protocol (ClassicGroup, ClassicGroupMember): its members, who leads them, and the generation
 * that they agreed on. Who awaits the answer to a JoinGroup or SyncGroup waits here. Keeps itself consistent; when a
 * group rebalances is its handlers' business.
 */

import type { JoinGroupRequest, JoinGroupResponse } from '../../protocol/messages/join-group.ts';
import type { SyncGroupResponse } from '../../protocol/messages/sync-group.ts';
import type { GroupMetadataRecord } from '../../protocol/offsets-log.ts';
import type { GroupState } from '../../protocol/states.ts';

type Protocols = JoinGroupRequest['protocols'];

export interface GroupMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  rebalanceTimeoutMs: number;
  sessionTimeoutMs: number;
  /** In order of preference. */
  protocols: Protocols;
  assignment: string;
  /** It has not yet been told its generation, so it sends no heartbeats. */
  isNew: boolean;
  awaitingJoin: ((response: JoinGroupResponse) => void) | null;
  awaitingSync: ((response: SyncGroupResponse) => void) | null;
  cancelHeartbeat: () => void;
}

export const nothingToCancel = (): void => undefined;

export class ClassicGroup {
  readonly groupId: string;
  state: GroupState;
  previousState: GroupState;
  currentStateTimestampMs: number;
  generation = 0;
  /** Null: a simple group, which only commits offsets. */
  protocolType: string | null = null;
  protocolName: string | null = null;
  leader: string | null = null;
  /** In order of joining. */
  readonly members = new Map<string, GroupMember>();
  /** Member id by group instance id. */
  readonly staticMembers = new Map<string, string>();
  /** Told to join again with the id that they were given, by what cancels their timer. */
  readonly pendingJoins = new Map<string, () => void>();
  readonly pendingSyncs = new Set<string>();
  /** Since the initial rebalance was last extended. */
  newMemberAdded = false;
  cancelJoin: () => void = nothingToCancel;
  cancelSync: () => void = nothingToCancel;

  constructor(groupId: string, nowMs: number) {
    this.groupId = groupId;
    this.state = 'Empty';
    this.previousState = 'Dead';
    this.currentStateTimestampMs = nowMs;
  }

  /** As its record says. Who waited for answers before a crash waits no longer. */
  static fromRecord(record: GroupMetadataRecord, state: GroupState): ClassicGroup {
    const value = record.value!;
    const group = new ClassicGroup(record.key.group, value.currentStateTimestampMs);
    group.state = state;
    group.generation = value.generation;
    group.protocolType = value.protocolType === '' ? null : value.protocolType;
    group.protocolName = value.protocol;
    for (const { subscription, ...member } of value.members) {
      group.add({
        ...member,
        protocols: [{ name: value.protocol!, metadata: subscription }],
        isNew: false,
        awaitingJoin: null,
        awaitingSync: null,
        cancelHeartbeat: nothingToCancel,
      });
    }
    group.leader = value.leader;
    return group;
  }

  transitionTo(state: GroupState, nowMs: number): void {
    this.previousState = this.state;
    this.state = state;
    this.currentStateTimestampMs = nowMs;
  }

  add(member: GroupMember): void {
    if (member.groupInstanceId !== null) {
      this.staticMembers.set(member.groupInstanceId, member.memberId);
    }
    this.leader ??= member.memberId;
    this.members.set(member.memberId, member);
    this.removePendingJoin(member.memberId);
  }

  remove(memberId: string): void {
    const member = this.members.get(memberId);
    if (member !== undefined) {
      member.cancelHeartbeat();
      this.members.delete(memberId);
      if (member.groupInstanceId !== null) this.staticMembers.delete(member.groupInstanceId);
    }
    if (this.leader === memberId) this.leader = firstOf(this.members.keys());
    this.removePendingJoin(memberId);
    this.pendingSyncs.delete(memberId);
  }

  removePendingJoin(memberId: string): void {
    this.pendingJoins.get(memberId)?.();
    this.pendingJoins.delete(memberId);
  }

  /** A static member comes back under a new member id (KIP-345). The old one is fenced where it waits. */
  replaceStaticMember(oldMemberId: string, newMemberId: string): GroupMember {
    const old = this.members.get(oldMemberId)!;
    old.cancelHeartbeat();
    completeJoin(old, refusedJoin('FENCED_INSTANCE_ID', oldMemberId));
    completeSync(old, { errorCode: 'FENCED_INSTANCE_ID', assignment: '' });
    const member: GroupMember = {
      ...old,
      memberId: newMemberId,
      isNew: false,
      cancelHeartbeat: nothingToCancel,
    };
    this.members.delete(oldMemberId);
    this.members.set(newMemberId, member);
    if (this.leader === oldMemberId) this.leader = newMemberId;
    this.staticMembers.set(old.groupInstanceId!, newMemberId);
    return member;
  }

  get hasAllMembersJoined(): boolean {
    return (
      this.pendingJoins.size === 0 &&
      [...this.members.values()].every(({ awaitingJoin }) => awaitingJoin !== null)
    );
  }

  /** ClassicGroup.maybeElectNewJoinedLeader: false if nobody joined. */
  electJoinedLeader(): boolean {
    const leader = this.leader === null ? undefined : this.members.get(this.leader);
    if (leader === undefined) return false;
    if (leader.awaitingJoin !== null) return true;
    for (const member of this.members.values()) {
      if (member.awaitingJoin === null) continue;
      this.leader = member.memberId;
      return true;
    }
    return false;
  }

  get rebalanceTimeoutMs(): number {
    let longest = 0;
    for (const member of this.members.values()) {
      longest = Math.max(longest, member.rebalanceTimeoutMs);
    }
    return longest;
  }

  supportsProtocols(protocolType: string, protocols: Protocols): boolean {
    if (this.state === 'Empty') return protocolType !== '' && protocols.length > 0;
    return (
      this.protocolType === protocolType &&
      protocols.some(({ name }) => this.#isSupportedByAll(name))
    );
  }

  #isSupportedByAll(name: string): boolean {
    for (const member of this.members.values()) {
      if (!member.protocols.some((protocol) => protocol.name === name)) return false;
    }
    return true;
  }

  /** ClassicGroup.selectProtocol: what all support and most prefer; of equals, the one first voted for. */
  selectProtocol(): string {
    const votes = new Map<string, number>();
    for (const { protocols } of this.members.values()) {
      const { name } = protocols.find((protocol) => this.#isSupportedByAll(protocol.name))!;
      votes.set(name, (votes.get(name) ?? 0) + 1);
    }
    let [selected] = [...votes][0]!;
    for (const [name, count] of votes) if (count > votes.get(selected)!) selected = name;
    return selected;
  }

  /** What a JoinGroup of the current generation is told; the leader learns who else is in it. */
  joinResponse(memberId: string): JoinGroupResponse {
    const members =
      this.leader === memberId
        ? [...this.members.values()].map((member) => ({
            memberId: member.memberId,
            groupInstanceId: member.groupInstanceId,
            metadata: subscriptionOf(member, this.protocolName),
          }))
        : [];
    return {
      errorCode: 'NONE',
      generationId: this.generation,
      protocolName: this.protocolName,
      leader: this.leader ?? '',
      memberId,
      members,
    };
  }

  /** GroupCoordinatorRecordHelpers.newGroupMetadataRecord. */
  record(assignments: ReadonlyMap<string, string>): GroupMetadataRecord {
    return {
      type: 'GroupMetadata',
      key: { group: this.groupId },
      value: {
        protocolType: this.protocolType ?? '',
        generation: this.generation,
        protocol: this.protocolName,
        leader: this.leader,
        currentStateTimestampMs: this.currentStateTimestampMs,
        members: [...this.members.values()].map((member) => ({
          memberId: member.memberId,
          groupInstanceId: member.groupInstanceId,
          rebalanceTimeoutMs: member.rebalanceTimeoutMs,
          sessionTimeoutMs: member.sessionTimeoutMs,
          subscription: subscriptionOf(member, this.protocolName),
          assignment: assignments.get(member.memberId) ?? '',
        })),
      },
    };
  }
}

export function completeJoin(member: GroupMember, response: JoinGroupResponse): void {
  const reply = member.awaitingJoin;
  member.awaitingJoin = null;
  reply?.(response);
}

/** Whether it was waiting. */
export function completeSync(member: GroupMember, response: SyncGroupResponse): boolean {
  const reply = member.awaitingSync;
  member.awaitingSync = null;
  reply?.(response);
  return reply !== null;
}

/** JoinGroupRequest.getErrorResponse. */
export function refusedJoin(
  errorCode: JoinGroupResponse['errorCode'],
  memberId: string,
): JoinGroupResponse {
  return { errorCode, generationId: -1, protocolName: null, leader: '', memberId, members: [] };
}

/** ClassicGroupMember.metadata. */
function subscriptionOf(member: GroupMember, protocolName: string | null): string {
  return member.protocols.find(({ name }) => name === protocolName)?.metadata ?? '';
}

function firstOf(names: Iterable<string>): string | null {
  for (const name of names) return name;
  return null;
}
