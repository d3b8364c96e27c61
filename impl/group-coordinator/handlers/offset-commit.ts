/** OffsetCommit, outside any transaction (OffsetMetadataManager.commitOffset). */

import type { ErrorCode } from '../../../protocol/error-codes.ts';
import type { RequestOf, ResponseOf } from '../../../protocol/messages/rpc.ts';
import type { CommittedOffset } from '../../../protocol/messages/txn-offset-commit.ts';
import type { OffsetCommitRecord } from '../../../protocol/offsets-log.ts';
import type { ClassicGroup } from '../classic-group.ts';
import type { GroupShard } from '../group-shard.ts';
import type { Reply } from '../handlers.ts';
import { rescheduleHeartbeat } from './sessions.ts';

/** First version that knows GROUP_ID_NOT_FOUND. */
const GROUP_ID_NOT_FOUND_VERSION = 9;

export function offsetCommit(
  shard: GroupShard,
  request: RequestOf<'OffsetCommit'>,
  reply: Reply<'OffsetCommit'>,
): void {
  const { body } = request;
  const refuse = (errorCode: ErrorCode): void =>
    reply({ partitions: body.offsets.map(({ partition }) => ({ partition, errorCode })) });
  const group = shard.groups.get(body.groupId);
  const refusal = validate(shard, group, request);
  if (refusal !== 'NONE') return refuse(refusal);
  if (group !== undefined) keepAlive(shard, group, body.memberId);
  const partitions = commitErrors(shard, body.offsets);
  const records = offsetRecords(shard, body.groupId, body.offsets);
  const finish = (errorCode: ErrorCode): void =>
    errorCode === 'NONE' ? reply({ partitions }) : refuse(errorCode);
  if (records.length === 0) shard.afterPendingWrites(finish);
  else shard.append(records, finish);
}

function validate(
  { decisions }: GroupShard,
  group: ClassicGroup | undefined,
  { apiVersion, body }: RequestOf<'OffsetCommit'>,
): ErrorCode {
  const { generationIdOrMemberEpoch: generation, memberId, groupInstanceId } = body;
  return group === undefined
    ? decisions.validateWithoutGroup(generation, apiVersion >= GROUP_ID_NOT_FOUND_VERSION)
    : decisions.validateOffsetCommit(group, { generation, memberId, groupInstanceId });
}

/** A commit is as good as a heartbeat. */
function keepAlive(shard: GroupShard, group: ClassicGroup, memberId: string): void {
  const member = group.members.get(memberId);
  const counts = group.state === 'Stable' || group.state === 'PreparingRebalance';
  if (counts && member !== undefined) rescheduleHeartbeat(shard, group, member);
}

/** What each partition of an accepted commit is answered. */
export function commitErrors(
  { decisions, config }: GroupShard,
  offsets: readonly CommittedOffset[],
): ResponseOf<'OffsetCommit'>['partitions'] {
  return offsets.map(({ partition, committedMetadata }) => ({
    partition,
    errorCode: decisions.metadataIsTooLarge(committedMetadata, config.offsetMetadataMaxSize)
      ? 'OFFSET_METADATA_TOO_LARGE'
      : 'NONE',
  }));
}

/** GroupCoordinatorRecordHelpers.newOffsetCommitRecord for each partition whose metadata is not too large. */
export function offsetRecords(
  shard: GroupShard,
  group: string,
  offsets: readonly CommittedOffset[],
): readonly OffsetCommitRecord[] {
  const { decisions, config } = shard;
  const commitTimestampMs = shard.nowMs();
  return offsets
    .filter(
      ({ committedMetadata }) =>
        !decisions.metadataIsTooLarge(committedMetadata, config.offsetMetadataMaxSize),
    )
    .map(({ partition, committedOffset, committedLeaderEpoch, committedMetadata }) => ({
      type: 'OffsetCommit',
      key: { group, partition },
      value: {
        offset: committedOffset,
        leaderEpoch: committedLeaderEpoch,
        metadata: committedMetadata ?? '',
        commitTimestampMs,
      },
    }));
}
