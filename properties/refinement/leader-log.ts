/**
 * A data partition's log in the model's terms, beside a run. It is data and nothing else: whatever a leader must know
 * of it is defined in `model/partition-log.ts` by scanning it. Each entry takes one offset, since clients send one
 * record a batch; a data entry's ghost is its offset.
 */

import type { Offset, ProducerId } from '../../protocol/ids.ts';
import type {
  PartitionLog,
  PartitionLogEntry,
  PartitionView,
  StoredPartitionEntry,
} from '../../model/partition-log.ts';
import { deliverable, lastStableOffset, partitionView } from '../../model/partition-log.ts';

/** The model numbers transactions; nothing that is compared here asks which one a marker ends. */
const NO_OWNER = -1;

export class LeaderLog {
  readonly #entries: StoredPartitionEntry[] = [];
  /** The same, but for what is appended outside transactions: for the last stable offset it is decided at once. */
  readonly #decided: StoredPartitionEntry[] = [];
  #highWatermark = 0;
  /** What was scanned since the log last changed. */
  readonly #views = new Map<ProducerId, PartitionView>();
  #lastStableOffset: Offset | null = null;

  get length(): number {
    return this.#entries.length;
  }

  get highWatermark(): Offset {
    return this.#highWatermark;
  }

  entryAt(offset: Offset): StoredPartitionEntry | undefined {
    return this.#entries[offset];
  }

  /** `entry`: as the producer id's machine has it, which names itself otherwise. */
  append(entry: PartitionLogEntry, producerId: ProducerId, isTransactional: boolean): void {
    this.#changed();
    const stored = storedAs(entry, producerId, this.#entries.length);
    this.#entries.push(stored);
    this.#decided.push(isTransactional ? stored : decided(stored));
  }

  /** Everything becomes durable; returns how many entries that was new of. */
  replicate(): number {
    this.#changed();
    const count = this.#entries.length - this.#highWatermark;
    this.#highWatermark = this.#entries.length;
    return count;
  }

  /** What was not durable is gone. */
  crash(): void {
    this.#changed();
    this.#entries.length = this.#highWatermark;
    this.#decided.length = this.#highWatermark;
  }

  /** What a leader knows of a producer id; outside transactions none is ever open. */
  viewOf(producerId: ProducerId, isTransactional: boolean): PartitionView {
    let view = this.#views.get(producerId);
    if (view === undefined) {
      const scanned = partitionView(this.#log(this.#entries), producerId);
      view = shared(isTransactional ? scanned : { ...scanned, open: 0 });
      this.#views.set(producerId, view);
    }
    return view;
  }

  lastStableOffset(): Offset {
    this.#lastStableOffset ??= lastStableOffset(this.#log(this.#decided));
    return this.#lastStableOffset;
  }

  /** Offsets of the records that a read_committed reader delivers of the `count` entries from `offset`. */
  deliverable(offset: Offset, count: number): readonly Offset[] {
    return deliverable({ ...this.#log(this.#entries), position: offset }, count);
  }

  #changed(): void {
    this.#views.clear();
    this.#lastStableOffset = null;
  }

  #log(entries: readonly StoredPartitionEntry[]): PartitionLog {
    return { entries, highWatermark: this.#highWatermark, position: 0, snapshot: 0 };
  }
}

/** Written out: spreading an entry costs ten times as much. */
function storedAs(
  entry: PartitionLogEntry,
  producerId: ProducerId,
  record: number,
): StoredPartitionEntry {
  const { producerEpoch } = entry;
  if (entry.kind === 'data') {
    return { kind: 'data', producerId, producerEpoch, baseSequence: entry.baseSequence, record };
  }
  const { coordinatorEpoch, result } = entry;
  return { kind: 'marker', producerId, producerEpoch, coordinatorEpoch, result, owner: NO_OWNER };
}

function decided({ producerId, producerEpoch }: StoredPartitionEntry): StoredPartitionEntry {
  const marker = { coordinatorEpoch: -1, result: 'COMMIT', owner: NO_OWNER } as const;
  return { kind: 'marker', producerId, producerEpoch, ...marker };
}

/** One object for equal views, which the tables recognise without comparing them. */
const SHARED_VIEWS = new Map<string, PartitionView>();

function shared(view: PartitionView): PartitionView {
  const { producerEpoch, coordinatorEpoch, open, unreplicated, window } = view;
  const key = `${producerEpoch} ${coordinatorEpoch} ${open} ${unreplicated} ${window.join(' ')}`;
  const known = SHARED_VIEWS.get(key);
  if (known !== undefined) return known;
  SHARED_VIEWS.set(key, view);
  return view;
}
