/**
 * A data partition's log as the specification sees it: a list, a high watermark, and everything else *defined* by
 * scanning the list. Nothing here is maintained incrementally; the reference implementation does that, and the two
 * meet in the refinement only.
 *
 * A batch holds one record. Ghosts: a data entry's `record` (its application record) and a marker's `owner` (the
 * application transaction that it ends, -1 when it ends none).
 */

import type { CoordinatorEpoch, ProducerEpoch, ProducerId, Sequence } from '../protocol/ids.ts';
import { NO_COORDINATOR_EPOCH, NO_PRODUCER_EPOCH } from '../protocol/ids.ts';
import { RETAINED_BATCHES } from '../protocol/limits.ts';
import type { TransactionResult } from '../protocol/states.ts';
import { transactionOf } from './records.ts';

export interface DataEntry {
  readonly kind: 'data';
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly baseSequence: Sequence;
  readonly record: number;
}

export interface MarkerEntry {
  readonly kind: 'marker';
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly coordinatorEpoch: CoordinatorEpoch;
  readonly result: TransactionResult;
}

export type PartitionLogEntry = DataEntry | MarkerEntry;
type StoredMarker = MarkerEntry & { readonly owner: number };
export type StoredPartitionEntry = DataEntry | StoredMarker;

/** Offsets are indexes of `entries`; each bound is exclusive. */
export interface PartitionLog {
  readonly entries: readonly StoredPartitionEntry[];
  /** What a crash cannot lose, and what may be read and acknowledged. */
  readonly highWatermark: number;
  /** The read_committed reader's position; without a reader it is the high watermark. */
  readonly position: number;
  /** Where the last producer state snapshot was taken that a load used; only one batch below it is remembered. */
  readonly snapshot: number;
}

export const EMPTY_PARTITION_LOG: PartitionLog = {
  entries: [],
  highWatermark: 0,
  position: 0,
  snapshot: 0,
};

/** What a leader knows of one producer id from its log alone (ProducerStateEntry). */
export interface PartitionView {
  /** Epoch of the producer id's last batch or marker, -1 if it has none. */
  readonly producerEpoch: ProducerEpoch;
  /** Of its last marker, -1 if it has none. */
  readonly coordinatorEpoch: CoordinatorEpoch;
  /** 1: data without a later marker. The open transaction's epoch is `producerEpoch`. */
  readonly open: 0 | 1;
  /** Remembered batches, oldest first: sequence, and how many entries must still be replicated to cover it. */
  readonly window: readonly (readonly [sequence: Sequence, ahead: number])[];
  /** Entries above the high watermark, of all producers. */
  readonly unreplicated: number;
}

/** The view of `producerId`, by definition (ProducerStateManager's state is a fold of the log; S9). */
export function partitionView(log: PartitionLog, producerId: ProducerId): PartitionView {
  const own = log.entries.filter((entry) => entry.producerId === producerId);
  const markers = own.filter((entry) => entry.kind === 'marker');
  return {
    producerEpoch: own.at(-1)?.producerEpoch ?? NO_PRODUCER_EPOCH,
    coordinatorEpoch: markers.at(-1)?.coordinatorEpoch ?? NO_COORDINATOR_EPOCH,
    open: own.at(-1)?.kind === 'data' ? 1 : 0,
    window: windowOf(log, producerId),
    unreplicated: log.entries.length - log.highWatermark,
  };
}

/**
 * The last five batches of the current epoch: another epoch, of data or of a marker, empties the window. Below a
 * snapshot only the last batch counts (ProducerStateManager.writeSnapshot).
 */
function windowOf(log: PartitionLog, producerId: ProducerId): PartitionView['window'] {
  const epoch = log.entries.findLast((entry) => entry.producerId === producerId)?.producerEpoch;
  const batches: { readonly sequence: Sequence; readonly offset: number }[] = [];
  log.entries.forEach((entry, offset) => {
    if (entry.kind === 'marker' || entry.producerId !== producerId) return;
    if (entry.producerEpoch === epoch) batches.push({ sequence: entry.baseSequence, offset });
  });
  const lastBelowSnapshot = batches.findLast(({ offset }) => offset < log.snapshot)?.offset ?? 0;
  return batches
    .filter(({ offset }) => offset >= lastBelowSnapshot)
    .slice(-RETAINED_BATCHES)
    .map(({ sequence, offset }) => [sequence, Math.max(0, offset + 1 - log.highWatermark)]);
}

export type Fate = 'open' | 'committed' | 'aborted';

/** What became of a stored batch: decided by the first marker of its producer id that follows it. */
export interface StoredBatchFate {
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly baseSequence: Sequence;
  readonly record: number;
  readonly fate: Fate;
  /** Ghost: the transaction whose end decided it; -1 while open. */
  readonly owner: number;
}

/** Fates of the batches below the high watermark, each decided by markers below it, in offset order. */
export function fates(log: PartitionLog): readonly StoredBatchFate[] {
  const entries = log.entries.slice(0, log.highWatermark);
  const found: StoredBatchFate[] = [];
  for (const [offset, entry] of entries.entries()) {
    if (entry.kind === 'marker') continue;
    const { kind: _kind, ...batch } = entry;
    const marker = decidingMarker(entries, offset);
    const fate =
      marker === undefined ? 'open' : marker.result === 'COMMIT' ? 'committed' : 'aborted';
    found.push({ ...batch, fate, owner: marker?.owner ?? -1 });
  }
  return found;
}

function decidingMarker(
  entries: PartitionLog['entries'],
  offset: number,
): StoredMarker | undefined {
  const { producerId } = entries[offset]!;
  return entries.find(
    (entry, later): entry is StoredMarker =>
      later >= offset && entry.kind === 'marker' && entry.producerId === producerId,
  );
}

/** Offset below which no transaction is undecided or decided only above the high watermark (LSO, UnifiedLog). */
export function lastStableOffset(log: PartitionLog): number {
  const replicatedEntries = log.entries.slice(0, log.highWatermark);
  const firstUndecided = replicatedEntries.findIndex(
    (entry, offset) =>
      entry.kind === 'data' && decidingMarker(replicatedEntries, offset) === undefined,
  );
  return firstUndecided === -1 ? log.highWatermark : firstUndecided;
}

/** The log after the leader appended `entry`. */
export function appended(log: PartitionLog, entry: StoredPartitionEntry): PartitionLog {
  return { ...log, entries: [...log.entries, entry] };
}

/** The log after one more entry was replicated; `reader` 0 moves the position along. */
export function replicated(log: PartitionLog, reader: 0 | 1): PartitionLog {
  const highWatermark = log.highWatermark + 1;
  return { ...log, highWatermark, position: reader === 1 ? log.position : highWatermark };
}

/**
 * The log that a new leader loads after a crash: `kept` of the entries above the high watermark survived. With
 * `fromSnapshot` 1 the producer state was loaded from a snapshot at its end, else replayed from the log.
 */
export function reloaded(log: PartitionLog, kept: number, fromSnapshot: 0 | 1): PartitionLog {
  const entries = log.entries.slice(0, log.highWatermark + kept);
  return { ...log, entries, snapshot: fromSnapshot === 1 ? entries.length : log.snapshot };
}

/** The log after the reader moved on by `count` entries. */
export function readOn(log: PartitionLog, count: number): PartitionLog {
  return { ...log, position: log.position + count };
}

/** Records that a read_committed reader delivers of the next `count` entries, told now which transactions aborted. */
export function deliverable(log: PartitionLog, count: number): readonly number[] {
  const known = log.entries.slice(0, log.highWatermark);
  return known.slice(0, log.position + count).flatMap((entry, offset) => {
    if (entry.kind === 'marker' || offset < log.position) return [];
    return decidingMarker(known, offset)?.result === 'ABORT' ? [] : [entry.record];
  });
}

/** What later steps and the invariants still need of a log; the list is kept for traces and as the oracle. */
export interface PartitionSummary {
  /** One a producer id that the log mentions, ordered by it: the view of the part that the summary folds. */
  readonly views: readonly { readonly producerId: ProducerId; readonly view: PartitionView }[];
  /** Fates of the folded batches, without their order; `stranger` 1: decided by another transaction's end (S31). */
  readonly batches: readonly SummarisedBatch[];
  /** 1: something was appended below an epoch that its producer id had already reached (S37). */
  readonly staleAppend: 0 | 1;
  /** Entries not folded: above the high watermark, or not yet read. */
  readonly retained: readonly StoredPartitionEntry[];
  readonly replicatedOfRetained: number;
  /** Snapshot bound relative to the fold's end; a bound inside the fold has done its work. */
  readonly snapshot: number;
}

export interface SummarisedBatch {
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly baseSequence: Sequence;
  readonly record: number;
  readonly fate: Fate;
  readonly stranger: 0 | 1;
}

/** The fold summary. Logs with equal summaries answer every question alike, for ever. */
export function partitionSummary(log: PartitionLog): PartitionSummary {
  const end = Math.min(log.position, log.highWatermark);
  const folded = { ...log, entries: log.entries.slice(0, end), highWatermark: end };
  const producerIds = [...new Set(folded.entries.map(({ producerId }) => producerId))];
  return {
    views: producerIds
      .sort((a, b) => a - b)
      .map((producerId) => ({ producerId, view: partitionView(folded, producerId) })),
    batches: batchesOf(folded),
    staleAppend: hasStaleAppend(folded),
    retained: log.entries.slice(end),
    replicatedOfRetained: log.highWatermark - end,
    snapshot: Math.max(0, log.snapshot - end),
  };
}

/** The batches below the high watermark, ordered by record and then by identity. */
export function batchesOf(log: PartitionLog): readonly SummarisedBatch[] {
  return fates(log)
    .map(({ owner, ...batch }) => ({
      ...batch,
      stranger: batch.fate !== 'open' && owner !== transactionOf(batch.record) ? ONE : ZERO,
    }))
    .sort(
      (a, b) =>
        a.record - b.record ||
        a.producerEpoch - b.producerEpoch ||
        a.baseSequence - b.baseSequence ||
        a.fate.localeCompare(b.fate),
    );
}

const ZERO = 0 as const;
const ONE = 1 as const;

/** Whether an entry's epoch is lower than one before it, of the same producer id. */
export function hasStaleAppend(log: PartitionLog): 0 | 1 {
  const stale = log.entries.some((entry, offset) =>
    log.entries
      .slice(0, offset)
      .some(
        (earlier) =>
          earlier.producerId === entry.producerId && earlier.producerEpoch > entry.producerEpoch,
      ),
  );
  return stale ? 1 : 0;
}
