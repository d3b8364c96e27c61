/**
 * A partition of `__consumer_offsets` as the specification sees it: a list, a high watermark, and everything else
 * *defined* by scanning the list. What a group has committed is the last record that counts, and a transactional record
 * counts once a COMMIT marker of its producer id follows it. Pending offsets are those without a marker yet.
 * A tombstone takes back whatever precedes it, committed or pending.
 *
 * Left out: leader epochs and metadata strings of offsets.
 */

import type { Offset, ProducerEpoch, ProducerId } from '../protocol/ids.ts';
import {
  NO_COORDINATOR_EPOCH,
  NO_OFFSET,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
} from '../protocol/ids.ts';
import type { ProducerView } from './append-rules.ts';
import type { GroupInstanceId, MemberId } from './messages.ts';
import type { MarkerEntry } from './partition-log.ts';

export interface Member {
  readonly memberId: MemberId;
  readonly groupInstanceId: GroupInstanceId;
}

/** Members have no order (ClassicGroup keeps a map); one normal form keeps equal groups equal. */
export function orderedMembers(members: readonly Member[]): readonly Member[] {
  return members.toSorted((a, b) => a.memberId - b.memberId);
}

/** One batch of OffsetCommit records. Without a producer id it is a plain commit. */
export interface OffsetsEntry {
  readonly kind: 'offsets';
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  /** Names what the request commits. */
  readonly offsets: number;
}

/** A GroupMetadata record: what of a classic group outlives its coordinator. */
export interface GroupEntry {
  readonly kind: 'group';
  readonly generationId: number;
  readonly members: readonly Member[];
}

/** One batch of tombstones: of offsets, named like what a request commits, and of the group itself. */
export interface TombstonesEntry {
  readonly kind: 'tombstones';
  readonly offsets: number;
  readonly removesGroup: 0 | 1;
}

/** What one group's coordinator appends. */
export type GroupLogEntry = OffsetsEntry | GroupEntry | TombstonesEntry | MarkerEntry;

/** As the partition stores it, for several groups, which are numbered like the partitions that they read. */
export type StoredOffsets = Omit<OffsetsEntry, 'offsets'> & {
  readonly group: number;
  readonly offsets: readonly (readonly [partition: number, offset: Offset])[];
};
export type StoredGroup = GroupEntry & { readonly group: number };
export type StoredTombstones = Omit<TombstonesEntry, 'offsets'> & {
  readonly group: number;
  readonly partitions: readonly number[];
};
type ProducerEntry = StoredOffsets | MarkerEntry;
export type StoredOffsetsEntry = ProducerEntry | StoredGroup | StoredTombstones;

/** Offsets of the log itself are indexes of `entries`; the watermark is exclusive. */
export interface OffsetsLog {
  readonly entries: readonly StoredOffsetsEntry[];
  readonly highWatermark: number;
}

export const EMPTY_OFFSETS_LOG: OffsetsLog = { entries: [], highWatermark: 0 };

function hasProducer(entry: StoredOffsetsEntry): entry is ProducerEntry {
  return entry.kind === 'offsets' || entry.kind === 'marker';
}

/** What the log knows of a producer id (ProducerStateManager); its state is a fold of the log. */
export function producerView(log: OffsetsLog, producerId: ProducerId): ProducerView {
  const own = log.entries.filter(hasProducer).filter((entry) => entry.producerId === producerId);
  const last = own.at(-1);
  return {
    producerEpoch: last?.producerEpoch ?? NO_PRODUCER_EPOCH,
    coordinatorEpoch:
      own.findLast((entry) => entry.kind === 'marker')?.coordinatorEpoch ?? NO_COORDINATOR_EPOCH,
    open: last?.kind === 'offsets' ? 1 : 0,
    unreplicated: log.entries.length - log.highWatermark,
  };
}

type Standing = 'counts' | 'pending' | 'aborted';

interface StandingRecord {
  readonly producerId: ProducerId;
  readonly offset: Offset;
  readonly standing: Standing;
}

/**
 * The records of one partition that a group reads, in the log's order, each decided by the first marker of its producer
 * id that follows it (OffsetMetadataManager.replayEndTransactionMarker): read from the end, the last one met.
 */
function recordsOf(
  entries: OffsetsLog['entries'],
  group: number,
  partition: number,
): readonly StandingRecord[] {
  const results = new Map<ProducerId, Standing>([[NO_PRODUCER_ID, 'counts']]);
  const found: StandingRecord[] = [];
  for (const entry of entries.toReversed()) {
    if (entry.kind === 'marker') {
      results.set(entry.producerId, entry.result === 'COMMIT' ? 'counts' : 'aborted');
    } else if (entry.group !== group) {
      continue;
    } else if (entry.kind === 'tombstones') {
      if (entry.partitions.includes(partition)) break;
    } else if (entry.kind === 'offsets') {
      const { producerId, offsets } = entry;
      const standing = results.get(producerId) ?? 'pending';
      for (const [committed, offset] of offsets.toReversed()) {
        if (committed === partition) found.push({ producerId, offset, standing });
      }
    }
  }
  return found.reverse();
}

/**
 * The last record that counts, whichever transaction committed last: "the most recent committed offset" is the one
 * furthest on in the log (OffsetMetadataManager.replayEndTransactionMarker). -1: none.
 */
export function committedOffset(
  entries: OffsetsLog['entries'],
  group: number,
  partition: number,
): Offset {
  const counted = recordsOf(entries, group, partition).filter(
    ({ standing }) => standing === 'counts',
  );
  return counted.at(-1)?.offset ?? NO_OFFSET;
}

/** What open transactions may still make count: the last record of each producer id, in the log's order. */
export function pendingOffsets(
  entries: OffsetsLog['entries'],
  group: number,
  partition: number,
): readonly (readonly [producerId: ProducerId, offset: Offset])[] {
  const records = recordsOf(entries, group, partition);
  return lastPending(records).map((index) => [records[index]!.producerId, records[index]!.offset]);
}

function lastPending(records: readonly StandingRecord[]): readonly number[] {
  const lastOf = new Map<ProducerId, number>();
  for (const [index, { producerId, standing }] of records.entries()) {
    if (standing === 'pending') lastOf.set(producerId, index);
  }
  return [...lastOf.values()].sort((a, b) => a - b);
}

/** What a fetch of one partition may need: all of the log, or what of it is replicated. */
export interface FetchView {
  readonly committedOffset: Offset;
  readonly replicatedCommittedOffset: Offset;
  /** 1: some transaction may still move it. */
  readonly pending: 0 | 1;
  readonly unreplicated: number;
}

export function fetchView(log: OffsetsLog, group: number, partition: number): FetchView {
  const replicatedEntries = log.entries.slice(0, log.highWatermark);
  return {
    committedOffset: committedOffset(log.entries, group, partition),
    replicatedCommittedOffset: committedOffset(replicatedEntries, group, partition),
    pending: pendingOffsets(log.entries, group, partition).length > 0 ? 1 : 0,
    unreplicated: log.entries.length - log.highWatermark,
  };
}

/** What a coordinator finds of a group when it loads the partition. */
export interface GroupView {
  /** 0: no record mentions the group. */
  readonly exists: 0 | 1;
  readonly generationId: number;
  readonly members: readonly Member[];
}

/** The last GroupMetadata record; any offset alone makes the group a simple one (OffsetMetadataManager.replay). */
export function groupView(log: OffsetsLog, group: number): GroupView {
  const all = log.entries.filter((entry) => entry.kind !== 'marker' && entry.group === group);
  const removed = all.findLastIndex(
    (entry) => entry.kind === 'tombstones' && entry.removesGroup === 1,
  );
  const own = all.slice(removed + 1).filter(({ kind }) => kind !== 'tombstones');
  const last = own.findLast((entry) => entry.kind === 'group');
  return {
    exists: own.length > 0 ? 1 : 0,
    generationId: last?.generationId ?? 0,
    members: last?.members ?? [],
  };
}

/** The log after a coordinator appended `entry`. */
export function offsetsAppended(log: OffsetsLog, entry: StoredOffsetsEntry): OffsetsLog {
  return { ...log, entries: [...log.entries, entry] };
}

export function offsetsReplicated(log: OffsetsLog): OffsetsLog {
  return { ...log, highWatermark: log.highWatermark + 1 };
}

/** The log that a new coordinator loads after a crash: `kept` of the entries above the high watermark survived. */
export function offsetsReloaded(log: OffsetsLog, kept: number): OffsetsLog {
  const entries = log.entries.slice(0, log.highWatermark + kept);
  return { entries, highWatermark: entries.length };
}

/** What later steps still need of the replicated part, and the rest as it is. */
export interface OffsetsSummary {
  readonly producers: readonly { readonly producerId: ProducerId; readonly view: ProducerView }[];
  readonly groups: readonly { readonly group: number; readonly view: GroupView }[];
  readonly partitions: readonly SummarisedPartition[];
  readonly retained: readonly StoredOffsetsEntry[];
}

export interface SummarisedPartition {
  readonly group: number;
  readonly partition: number;
  readonly committedOffset: Offset;
  /** Last pending record of each producer id, in the log's order; offset -1: a later record that counts outdates it. */
  readonly pending: readonly (readonly [producerId: ProducerId, offset: Offset])[];
}

/** The fold summary. Logs with equal summaries answer every question alike, for ever. */
export function offsetsSummary(log: OffsetsLog): OffsetsSummary {
  const entries = log.entries.slice(0, log.highWatermark);
  const folded = { entries, highWatermark: entries.length };
  const producerIds = entries.filter(hasProducer).map(({ producerId }) => producerId);
  const groups = entries.flatMap((entry) => (entry.kind === 'marker' ? [] : [entry.group]));
  return {
    producers: ordered(producerIds)
      .filter((producerId) => producerId !== NO_PRODUCER_ID)
      .map((producerId) => ({ producerId, view: producerView(folded, producerId) })),
    groups: ordered(groups)
      .map((group) => ({ group, view: groupView(folded, group) }))
      .filter(({ view }) => view.exists === 1),
    partitions: ordered(groups).flatMap((group) => partitionsOf(entries, group)),
    retained: log.entries.slice(log.highWatermark),
  };
}

function partitionsOf(
  entries: OffsetsLog['entries'],
  group: number,
): readonly SummarisedPartition[] {
  const partitions = entries.flatMap((entry) =>
    entry.kind === 'offsets' && entry.group === group
      ? entry.offsets.map(([partition]) => partition)
      : [],
  );
  return ordered(partitions)
    .map((partition) => ({
      group,
      partition,
      committedOffset: committedOffset(entries, group, partition),
      pending: pendingOf(recordsOf(entries, group, partition)),
    }))
    .filter(({ committedOffset: offset, pending }) => offset !== NO_OFFSET || pending.length > 0);
}

function pendingOf(records: readonly StandingRecord[]): SummarisedPartition['pending'] {
  const lastCounted = records.findLastIndex(({ standing }) => standing === 'counts');
  const last = lastPending(records);
  const outdated = last.filter((index) => index < lastCounted);
  return [
    ...ordered(outdated.map((index) => records[index]!.producerId)).map(
      (producerId) => [producerId, NO_OFFSET] as const,
    ),
    ...last
      .filter((index) => index > lastCounted)
      .map((index) => [records[index]!.producerId, records[index]!.offset] as const),
  ];
}

function ordered(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
