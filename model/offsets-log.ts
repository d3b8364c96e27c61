/**
 * A partition of `__consumer_offsets` as the specification sees it: a list, a high watermark, and everything else
 * *defined* by scanning the list. What a group has committed is the last record that counts, and a transactional record
 * counts once a COMMIT marker of its producer id follows it. Pending offsets are those without a marker yet.
 *
 * Left out: tombstones (OffsetDelete, DeleteGroups, expiry), leader epochs and metadata strings of offsets.
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

/** What one group's coordinator appends. */
export type GroupLogEntry = OffsetsEntry | GroupEntry | MarkerEntry;

/** As the partition stores it, for several groups, which are numbered like the partitions that they read. */
export type StoredOffsets = Omit<OffsetsEntry, 'offsets'> & {
  readonly group: number;
  readonly offsets: readonly (readonly [partition: number, offset: Offset])[];
};
export type StoredGroup = GroupEntry & { readonly group: number };
export type StoredOffsetsEntry = StoredOffsets | StoredGroup | MarkerEntry;

/** Offsets of the log itself are indexes of `entries`; the watermark is exclusive. */
export interface OffsetsLog {
  readonly entries: readonly StoredOffsetsEntry[];
  readonly highWatermark: number;
}

export const EMPTY_OFFSETS_LOG: OffsetsLog = { entries: [], highWatermark: 0 };

/** What the log knows of a producer id (ProducerStateManager); its state is a fold of the log. */
export function producerView(log: OffsetsLog, producerId: ProducerId): ProducerView {
  const own = log.entries.filter(
    (entry): entry is StoredOffsets | MarkerEntry =>
      entry.kind !== 'group' && entry.producerId === producerId,
  );
  const last = own.at(-1);
  return {
    producerEpoch: last?.producerEpoch ?? NO_PRODUCER_EPOCH,
    coordinatorEpoch:
      own.findLast((entry) => entry.kind === 'marker')?.coordinatorEpoch ?? NO_COORDINATOR_EPOCH,
    open: last?.kind === 'offsets' ? 1 : 0,
    unreplicated: log.entries.length - log.highWatermark,
  };
}

/** Of a marker's producer id, the first marker that follows a record: it decides the record (replayEndTransactionMarker). */
function decidingMarker(
  entries: OffsetsLog['entries'],
  index: number,
  producerId: ProducerId,
): MarkerEntry | undefined {
  return entries
    .slice(index)
    .find(
      (entry): entry is MarkerEntry => entry.kind === 'marker' && entry.producerId === producerId,
    );
}

type Standing = 'counts' | 'pending' | 'aborted';

interface StandingRecord {
  readonly producerId: ProducerId;
  readonly offset: Offset;
  readonly standing: Standing;
}

/** The records of one partition that a group reads, in the log's order. */
function recordsOf(
  entries: OffsetsLog['entries'],
  group: number,
  partition: number,
): readonly StandingRecord[] {
  return entries.flatMap((entry, index) => {
    if (entry.kind !== 'offsets' || entry.group !== group) return [];
    const { producerId } = entry;
    const standing = standingOf(entries, index, producerId);
    return entry.offsets
      .filter(([committed]) => committed === partition)
      .map(([, offset]) => ({ producerId, offset, standing }));
  });
}

function standingOf(
  entries: OffsetsLog['entries'],
  index: number,
  producerId: ProducerId,
): Standing {
  if (producerId === NO_PRODUCER_ID) return 'counts';
  const marker = decidingMarker(entries, index, producerId);
  if (marker === undefined) return 'pending';
  return marker.result === 'COMMIT' ? 'counts' : 'aborted';
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

/** Producer ids whose transaction may still move the offset, in the order of their first pending record. */
export function pendingProducers(
  entries: OffsetsLog['entries'],
  group: number,
  partition: number,
): readonly ProducerId[] {
  const pending = recordsOf(entries, group, partition).filter(
    ({ standing }) => standing === 'pending',
  );
  return [...new Set(pending.map(({ producerId }) => producerId))];
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
    pending: pendingProducers(log.entries, group, partition).length > 0 ? 1 : 0,
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
  const own = log.entries.filter((entry) => entry.kind !== 'marker' && entry.group === group);
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
  const producerIds = entries.flatMap((entry) =>
    entry.kind === 'group' ? [] : [entry.producerId],
  );
  const groups = entries.flatMap((entry) => (entry.kind === 'marker' ? [] : [entry.group]));
  return {
    producers: ordered(producerIds)
      .filter((producerId) => producerId !== NO_PRODUCER_ID)
      .map((producerId) => ({ producerId, view: producerView(folded, producerId) })),
    groups: ordered(groups).map((group) => ({ group, view: groupView(folded, group) })),
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
  const lastOf = new Map<ProducerId, number>();
  for (const [index, { producerId, standing }] of records.entries()) {
    if (standing === 'pending') lastOf.set(producerId, index);
  }
  const last = [...lastOf].sort(([, a], [, b]) => a - b);
  const outdated = last
    .filter(([, index]) => index < lastCounted)
    .map(([producerId]) => producerId);
  return [
    ...ordered(outdated).map((producerId) => [producerId, NO_OFFSET] as const),
    ...last
      .filter(([, index]) => index > lastCounted)
      .map(([producerId, index]) => [producerId, records[index]!.offset] as const),
  ];
}

function ordered(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
