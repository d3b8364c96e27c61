/**
 * What a partition of `__consumer_offsets` says of offsets (OffsetMetadataManager): those that are committed, and those
 * of open transactions, which a marker makes count or go. Changed by replaying the log and in no other way.
 */

import type { Offset, ProducerId, TopicPartition } from '../../protocol/ids.ts';
import type { OffsetCommitRecord, OffsetCommitValue } from '../../protocol/offsets-log.ts';
import type { TransactionResult } from '../../protocol/states.ts';
import type { GroupDecisions } from './decisions.ts';

export interface StoredOffset extends OffsetCommitValue {
  /** Where the record lies in the log: the later of two commits counts, in whatever order they are decided. */
  readonly recordOffset: Offset;
}

export interface PendingOffset extends StoredOffset {
  readonly producerId: ProducerId;
  readonly group: string;
  readonly partition: TopicPartition;
}

export interface GroupOffset extends StoredOffset {
  readonly partition: TopicPartition;
}

/** By group and partition. */
type Offsets = Map<string, Map<TopicPartition, StoredOffset>>;

export class OffsetStore {
  readonly #decisions: GroupDecisions;
  readonly #committed: Offsets = new Map();
  readonly #pending = new Map<ProducerId, Offsets>();

  constructor(decisions: GroupDecisions) {
    this.#decisions = decisions;
  }

  committed(group: string, partition: TopicPartition): StoredOffset | undefined {
    return this.#committed.get(group)?.get(partition);
  }

  committedOf(group: string): readonly GroupOffset[] {
    const offsets = this.#committed.get(group);
    return offsets === undefined
      ? []
      : [...offsets].map(([partition, stored]) => ({ partition, ...stored }));
  }

  /** Whether an open transaction may still move the offset. */
  hasPending(group: string, partition: TopicPartition): boolean {
    for (const offsets of this.#pending.values()) {
      if (offsets.get(group)?.has(partition)) return true;
    }
    return false;
  }

  pendingOf(group: string): readonly PendingOffset[] {
    const found: PendingOffset[] = [];
    for (const [producerId, offsets] of this.#pending) {
      for (const [partition, stored] of offsets.get(group) ?? []) {
        found.push({ producerId, group, partition, ...stored });
      }
    }
    return found;
  }

  /** OffsetMetadataManager.replay. `producerId` is the batch's. */
  replay(record: OffsetCommitRecord, recordOffset: Offset, producerId: ProducerId): void {
    const { key, value } = record;
    if (value === null) {
      this.#remove(key.group, key.partition);
      return;
    }
    const offsets = this.#decisions.isPending(producerId)
      ? innerMap(this.#pending, producerId)
      : this.#committed;
    innerMap(offsets, key.group).set(key.partition, { ...value, recordOffset });
  }

  /** A tombstone removes what is committed and what is pending. */
  #remove(group: string, partition: TopicPartition): void {
    removeIn(this.#committed, group, partition);
    for (const [producerId, offsets] of this.#pending) {
      removeIn(offsets, group, partition);
      if (offsets.size === 0) this.#pending.delete(producerId);
    }
  }

  /** OffsetMetadataManager.replayEndTransactionMarker: all groups' offsets of the transaction at once. */
  endTransaction(producerId: ProducerId, result: TransactionResult): void {
    for (const settled of this.#decisions.settledBy(producerId, [...this.#pending.keys()])) {
      const offsets = this.#pending.get(settled);
      if (offsets === undefined) continue;
      if (this.#decisions.materialises(result)) this.#materialise(offsets);
      if (this.#decisions.clearsPending(result)) this.#pending.delete(settled);
    }
  }

  #materialise(offsets: Offsets): void {
    for (const [group, ofGroup] of offsets) {
      const committed = innerMap(this.#committed, group);
      for (const [partition, pending] of ofGroup) {
        if (this.#decisions.isNewer(pending, committed.get(partition) ?? null)) {
          committed.set(partition, pending);
        }
      }
    }
  }
}

function innerMap<Key, InnerKey, Value>(
  map: Map<Key, Map<InnerKey, Value>>,
  key: Key,
): Map<InnerKey, Value> {
  let inner = map.get(key);
  if (inner === undefined) {
    inner = new Map();
    map.set(key, inner);
  }
  return inner;
}

function removeIn(offsets: Offsets, group: string, partition: TopicPartition): void {
  const ofGroup = offsets.get(group);
  if (ofGroup?.delete(partition) && ofGroup.size === 0) offsets.delete(group);
}
