/**
 * Records of `__consumer_offsets`: a group's committed offsets (OffsetCommitKey.json, OffsetCommitValue.json) and what
 * makes its members a generation (GroupMetadataKey.json, GroupMetadataValue.json). A null value is a tombstone.
 */

import type { Offset, TopicPartition } from './ids.ts';

export interface OffsetCommitKey {
  readonly group: string;
  readonly partition: TopicPartition;
}

export interface OffsetCommitValue {
  /** Next offset to read. */
  readonly offset: Offset;
  /** -1 = unknown. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly commitTimestampMs: number;
}

/** In a transactional batch it is part of the batch's transaction; the marker decides whether it counts. */
export interface OffsetCommitRecord {
  readonly type: 'OffsetCommit';
  readonly key: OffsetCommitKey;
  readonly value: OffsetCommitValue | null;
}

/** Opaque bytes of the consumers' protocol are strings here. */
export interface MemberMetadata {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly subscription: string;
  readonly assignment: string;
}

export interface GroupMetadataValue {
  readonly protocolType: string;
  readonly generation: number;
  /** Null: the generation has no member. */
  readonly protocol: string | null;
  readonly leader: string | null;
  readonly currentStateTimestampMs: number;
  readonly members: readonly MemberMetadata[];
}

export interface GroupMetadataRecord {
  readonly type: 'GroupMetadata';
  readonly key: { readonly group: string };
  readonly value: GroupMetadataValue | null;
}

export type OffsetsLogRecord = OffsetCommitRecord | GroupMetadataRecord;
