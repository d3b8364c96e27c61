/** What the coordinator does unasked: reads its partition when elected, and lets go of what nobody has used for long. */

import type { OffsetsLogRecord } from '../../../protocol/offsets-log.ts';
import type { StoredBatch } from '../../../protocol/records.ts';
import { ClassicGroup } from '../classic-group.ts';
import { replayOffsets, type GroupShard } from '../group-shard.ts';
import type { GroupOffset } from '../offset-store.ts';
import { decodeRecord } from '../offsets-log.ts';
import { rescheduleHeartbeat } from './sessions.ts';

/** CoordinatorLoaderImpl, GroupMetadataManager.onLoaded: members have a whole session to show up again. */
export function load(shard: GroupShard): void {
  for (const batch of shard.leader.log.entries) shard.handlers.replay(shard, batch);
  for (const group of shard.groups.values()) {
    for (const member of group.members.values()) rescheduleHeartbeat(shard, group, member);
  }
}

/** GroupCoordinatorShard.replay, replayEndTransactionMarker. */
export function replay(shard: GroupShard, batch: StoredBatch): void {
  replayOffsets(shard.offsets, batch);
  if (batch.kind === 'control') return;
  for (const dataRecord of batch.records) replayGroup(shard, decodeRecord(dataRecord));
}

function replayGroup(shard: GroupShard, record: OffsetsLogRecord): void {
  const { group } = record.key;
  if (record.type === 'OffsetCommit') {
    if (record.value !== null) shard.ensureGroup(group);
  } else if (record.value === null) {
    shard.groups.delete(group);
  } else {
    const state = shard.decisions.loadedState(record.value.members.length);
    shard.groups.set(group, ClassicGroup.fromRecord(record, state));
  }
}

/**
 * GroupCoordinatorShard.cleanupGroupMetadata: one batch of tombstones. Subscriptions are opaque here, hence a group with
 * members keeps its offsets, as Kafka does where it cannot read them.
 */
export function expireOffsets(shard: GroupShard): void {
  const tombstones: OffsetsLogRecord[] = [];
  for (const group of shard.groups.values()) tombstones.push(...tombstonesOf(shard, group));
  if (tombstones.length > 0) shard.append(tombstones, () => undefined);
}

function tombstonesOf(shard: GroupShard, group: ClassicGroup): readonly OffsetsLogRecord[] {
  const { decisions, offsets } = shard;
  const { groupId, state } = group;
  const committed = offsets.committedOf(groupId);
  const expired = committed.filter((offset) => isExpired(shard, group, offset));
  const tombstones: OffsetsLogRecord[] = expired.map(({ partition }) => ({
    type: 'OffsetCommit',
    key: { group: groupId, partition },
    value: null,
  }));
  const hasPending = offsets.pendingOf(groupId).length > 0;
  if (expired.length === committed.length && decisions.groupIsRemoved(state, hasPending)) {
    tombstones.push({ type: 'GroupMetadata', key: { group: groupId }, value: null });
  }
  return tombstones;
}

/** ClassicGroup.offsetExpirationCondition. */
function isExpired(shard: GroupShard, group: ClassicGroup, offset: GroupOffset): boolean {
  if (group.state !== 'Empty') return false;
  const sinceMs =
    group.protocolType === null ? offset.commitTimestampMs : group.currentStateTimestampMs;
  return shard.decisions.isExpired(
    sinceMs,
    shard.nowMs(),
    shard.config.offsetsRetentionMs,
    shard.offsets.hasPending(group.groupId, offset.partition),
  );
}
