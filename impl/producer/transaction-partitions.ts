/** Partitions of the current transaction as the producer knows them (TransactionManager's three sets). */

import type { TopicPartition } from '../../protocol/ids.ts';

export class TransactionPartitions {
  /** In the transaction; before transaction version 2, confirmed by the coordinator. */
  #added: readonly TopicPartition[] = [];
  /** In an AddPartitionsToTxn that is queued or unanswered. */
  #pending: readonly TopicPartition[] = [];
  /** For the next AddPartitionsToTxn. */
  #unasked: readonly TopicPartition[] = [];

  get added(): readonly TopicPartition[] {
    return this.#added;
  }

  isPending(partition: TopicPartition): boolean {
    return this.#pending.includes(partition) || this.#unasked.includes(partition);
  }

  add(partition: TopicPartition): void {
    if (!this.#added.includes(partition)) this.#added = [...this.#added, partition];
  }

  /** The partition is used; the coordinator must be asked to add it. */
  use(partition: TopicPartition): void {
    if (this.#added.includes(partition) || this.isPending(partition)) return;
    this.#unasked = [...this.#unasked, partition];
  }

  /** Takes what the coordinator has not been asked for yet. */
  takeUnasked(): readonly TopicPartition[] {
    const partitions = this.#unasked;
    if (partitions.length === 0) return partitions;
    this.#unasked = [];
    this.#pending = [...this.#pending, ...partitions];
    return partitions;
  }

  confirm(partitions: readonly TopicPartition[]): void {
    this.#pending = this.#pending.filter((partition) => !partitions.includes(partition));
    for (const partition of partitions) this.add(partition);
  }

  dropUnasked(): void {
    this.#unasked = [];
  }

  /** Forgets all but `kept`. */
  reset(kept: readonly TopicPartition[]): void {
    this.#added = kept;
    this.#pending = [];
    this.#unasked = [];
  }
}
