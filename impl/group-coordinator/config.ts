/** Settings of a group coordinator, by Kafka's defaults (GroupCoordinatorConfig). Times are milliseconds. */

import {
  GROUP_INITIAL_REBALANCE_DELAY_MS,
  GROUP_MAX_SESSION_TIMEOUT_MS,
  GROUP_MIN_SESSION_TIMEOUT_MS,
  GROUP_NEW_MEMBER_JOIN_TIMEOUT_MS,
  OFFSET_METADATA_MAX_SIZE,
  OFFSETS_COMMIT_TIMEOUT_MS,
  OFFSETS_RETENTION_CHECK_INTERVAL_MS,
  OFFSETS_RETENTION_MS,
} from '../../protocol/limits.ts';

export interface GroupConfig {
  /** `offset.metadata.max.bytes`. */
  readonly offsetMetadataMaxSize: number;
  /** `offsets.commit.timeout.ms`: how long an append may wait for replication. */
  readonly offsetsCommitTimeoutMs: number;
  /** `offsets.retention.minutes`. */
  readonly offsetsRetentionMs: number;
  /** `offsets.retention.check.interval.ms`. */
  readonly offsetsRetentionCheckIntervalMs: number;
  /** `group.initial.rebalance.delay.ms`: a new group waits so long for more members. */
  readonly initialRebalanceDelayMs: number;
  /** `group.min.session.timeout.ms`. */
  readonly minSessionTimeoutMs: number;
  /** `group.max.session.timeout.ms`. */
  readonly maxSessionTimeoutMs: number;
  readonly newMemberJoinTimeoutMs: number;
  /** `group.max.size`. */
  readonly maxSize: number;
  /** Time from election until the partition has been read; until then requests are put off. */
  readonly loadMs: number;
}

export const GROUP_CONFIG: GroupConfig = {
  offsetMetadataMaxSize: OFFSET_METADATA_MAX_SIZE,
  offsetsCommitTimeoutMs: OFFSETS_COMMIT_TIMEOUT_MS,
  offsetsRetentionMs: OFFSETS_RETENTION_MS,
  offsetsRetentionCheckIntervalMs: OFFSETS_RETENTION_CHECK_INTERVAL_MS,
  initialRebalanceDelayMs: GROUP_INITIAL_REBALANCE_DELAY_MS,
  minSessionTimeoutMs: GROUP_MIN_SESSION_TIMEOUT_MS,
  maxSessionTimeoutMs: GROUP_MAX_SESSION_TIMEOUT_MS,
  newMemberJoinTimeoutMs: GROUP_NEW_MEMBER_JOIN_TIMEOUT_MS,
  maxSize: Number.MAX_SAFE_INTEGER,
  loadMs: 0,
};
