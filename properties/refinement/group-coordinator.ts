/**
 * How the specification sees the reference's group coordinator.
 *
 * | model                          | trace          | implementation (GroupSnapshot)                        |
 * | ------------------------------ | -------------- | ----------------------------------------------------- |
 * | chart state                    | state          | state; no snapshot: Absent, Loading or NotCoordinator |
 * | generationId                   | generation     | generation                                            |
 * | members (numbers, in order)    | members        | members (ids)                                         |
 * | committedOffset of the log     | offsets        | committed                                             |
 * | pendingOffsets of the log      | offsets        | pending                                               |
 * | assignmentAhead                | the record     | in closures: compared as the record appended          |
 * | parked                         | the question   | in closures: compared as question, answer and record  |
 * | waiting                        | the answer     | in closures: compared as the answer given             |
 * | verifications                  |                | with the partition's leader: shown by what it refuses |
 *
 * One implementation step is a delivered request, an answer of the transaction coordinator, a flush, a timer, or the
 * death of the process. A commit, a fetched partition, a marker, an answer and a replicated batch are one model event
 * each, of every group concerned. What JoinGroup, SyncGroup, LeaveGroup and timers make of a group is read off its
 * snapshot: the shortest list of model events that could have led there, which the model may still refuse.
 */

import type { GroupSnapshot } from '../../impl/group-coordinator/group-coordinator.ts';
import type { Offset, ProducerId, TopicPartition } from '../../protocol/ids.ts';
import type { GroupContext } from '../../model/group-coordinator-state.ts';
import type { groupCoordinator } from '../../model/group-coordinator.machine.ts';
import { NO_INSTANCE, NO_MEMBER } from '../../model/messages.ts';
import type { Member, OffsetsLog } from '../../model/offsets-log.ts';
import { committedOffset, orderedMembers, pendingOffsets } from '../../model/offsets-log.ts';
import type { StateValueFrom } from 'xstate';

export type GroupChartState = StateValueFrom<typeof groupCoordinator>;

/** Small numbers for the names of one run, in the order of first sight. */
class Numbers {
  readonly #numbers = new Map<string, number>();

  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(name, number);
    return number;
  }

  /** In the order of their numbers. */
  get names(): readonly string[] {
    return [...this.#numbers.keys()];
  }
}

/** What the model calls the groups, members, instances and partitions of one run. */
export class GroupNames {
  readonly groups = new Numbers();
  readonly partitions = new Numbers();
  readonly #members = new Numbers();
  readonly #instances = new Numbers();

  memberOf(memberId: string): number {
    return memberId === '' ? NO_MEMBER : this.#members.of(memberId);
  }

  instanceOf(groupInstanceId: string | null): number {
    return groupInstanceId === null ? NO_INSTANCE : this.#instances.of(groupInstanceId);
  }

  members(
    named: readonly { readonly memberId: string; readonly groupInstanceId: string | null }[],
  ): readonly Member[] {
    return orderedMembers(
      named.map(({ memberId, groupInstanceId }) => ({
        memberId: this.memberOf(memberId),
        groupInstanceId: this.instanceOf(groupInstanceId),
      })),
    );
  }
}

/** What of the model's state the snapshot can show. */
export interface VisibleGroup {
  readonly value: GroupChartState;
  readonly generationId: number;
  readonly members: readonly Member[];
}

/** Every field of the snapshot that `abstract` and `offsetsDiffer` read, and where it goes. */
const MAPPED = {
  isLoading: 'value',
  state: 'value',
  generation: 'generationId',
  members: 'members',
  committed: 'committedOffset',
  pending: 'pendingOffsets',
} as const satisfies Partial<Record<keyof GroupSnapshot, string>>;

/** Fields that the specification does not see, each with the reason. A field in neither table is a compile error. */
export const HIDDEN: Readonly<Record<Exclude<keyof GroupSnapshot, keyof typeof MAPPED>, string>> = {
  groupId: 'each machine stands for one group',
  partition: 'placement: the composition decides which log holds the group',
  protocolType: 'the model has no protocols; whether one changes is part of an event',
  protocolName: 'the model has no protocols; whether one changes is part of an event',
  leader: 'assignments are opaque; that the leader sent them is an event',
  pendingMembers: 'an id that was handed out and not used yet fences nobody',
};

/** The snapshot as the model would show it; without one the group is absent, still loading, or not this broker's. */
export function abstract(
  snapshot: GroupSnapshot | null,
  condition: 'NotCoordinator' | 'Loading' | 'Loaded',
  names: GroupNames,
): VisibleGroup {
  if (snapshot === null || snapshot.isLoading) {
    return { value: condition === 'Loaded' ? 'Absent' : condition, generationId: 0, members: [] };
  }
  return {
    value: snapshot.state as GroupChartState,
    generationId: snapshot.generation,
    members: names.members(snapshot.members),
  };
}

/** What of a model state the implementation's snapshot would show. */
export function visible(
  value: GroupChartState,
  { generationId, members }: GroupContext,
): VisibleGroup {
  return { value, generationId, members };
}

/** The names of the visible fields in which the two differ. */
export function differences(
  expected: VisibleGroup,
  found: VisibleGroup,
): readonly (keyof VisibleGroup)[] {
  const fields: (keyof VisibleGroup)[] = [];
  if (expected.value !== found.value) fields.push('value');
  if (expected.generationId !== found.generationId) fields.push('generationId');
  if (!sameMembers(expected.members, found.members)) fields.push('members');
  return fields;
}

export function sameMembers(left: readonly Member[], right: readonly Member[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ memberId, groupInstanceId }, index) => {
      const other = right[index]!;
      return memberId === other.memberId && groupInstanceId === other.groupInstanceId;
    })
  );
}

/** A group's offset of one partition: what counts, and what open transactions may make count. */
export interface PartitionOffsets {
  readonly partition: TopicPartition;
  readonly committed: Offset;
  readonly pending: readonly (readonly [producerId: ProducerId, offset: Offset])[];
}

/** By definition of the log, of every partition that this run has named. */
export function offsetsByLog(
  { entries }: OffsetsLog,
  groupId: string,
  names: GroupNames,
): readonly PartitionOffsets[] {
  const group = names.groups.of(groupId);
  return names.partitions.names.map((partition) => {
    const number = names.partitions.of(partition);
    return {
      partition,
      committed: committedOffset(entries, group, number),
      pending: pendingOffsets(entries, group, number).toSorted(byProducer),
    };
  });
}

export function offsetsOf(
  snapshot: Pick<GroupSnapshot, 'committed' | 'pending'> | null,
  names: GroupNames,
): readonly PartitionOffsets[] {
  return names.partitions.names.map((partition) => ({
    partition,
    committed: snapshot?.committed.find((stored) => stored.partition === partition)?.offset ?? -1,
    pending: (snapshot?.pending ?? [])
      .filter((stored) => stored.partition === partition)
      .map(({ producerId, offset }) => [producerId, offset] as const)
      .toSorted(byProducer),
  }));
}

function byProducer([left]: readonly [number, number], [right]: readonly [number, number]): number {
  return left - right;
}
