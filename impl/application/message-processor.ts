/**
 * What a consume-transform-produce application knows of its input: how far it has read, what it has read and not yet
 * processed, and what it has processed in its current transaction (ExactlyOnceMessageProcessor.java of Kafka's examples,
 * KIP-447). It sends nothing itself.
 */

import type { Offset, TopicPartition } from '../../protocol/ids.ts';
import { APPLICATION_DECISIONS, type ApplicationDecisions, type Positions } from './decisions.ts';

export interface InputRecord {
  readonly partition: TopicPartition;
  readonly offset: Offset;
}

export class MessageProcessor {
  readonly #decisions: ApplicationDecisions;
  /** Null: the group has to be asked. */
  #positions: Positions | null = null;
  #unprocessed: readonly InputRecord[] = [];
  /** Offset of the last record processed in the current transaction, by partition. */
  readonly #processed = new Map<TopicPartition, Offset>();

  constructor(decisions: ApplicationDecisions = APPLICATION_DECISIONS) {
    this.#decisions = decisions;
  }

  /** Where to read on; null: the group's committed offsets have to be fetched first. */
  get positions(): Positions | null {
    return this.#positions;
  }

  get hasUnprocessed(): boolean {
    return this.#unprocessed.length > 0;
  }

  /** Whether the current transaction holds outputs of records whose offsets it does not commit unless told. */
  get hasProcessed(): boolean {
    return this.#processed.size > 0;
  }

  /** It has become a member anew: what it had read may be another member's by now. */
  joined(): void {
    this.#positions = null;
    this.#unprocessed = [];
  }

  /** The group's committed offsets of what it is assigned. */
  startFrom(
    committed: readonly { readonly partition: TopicPartition; readonly offset: Offset }[],
  ): void {
    this.#positions = new Map(
      committed.map(({ partition, offset }) => [partition, this.#decisions.startAt(offset)]),
    );
  }

  /** It has read records of one partition, in order, up to a position. */
  read(partition: TopicPartition, offsets: readonly Offset[], position: Offset): void {
    this.#positions = new Map([...(this.#positions ?? []), [partition, position]]);
    const records = offsets.map((offset) => ({ partition, offset }));
    this.#unprocessed = [...this.#unprocessed, ...records];
  }

  /** Processes in the current transaction whatever was read: one output is due for each of these. */
  process(): readonly InputRecord[] {
    const records = this.#unprocessed;
    this.#unprocessed = [];
    for (const { partition, offset } of records) this.#processed.set(partition, offset);
    return records;
  }

  /** What the current transaction has to commit of the group. */
  get offsetsToCommit(): readonly InputRecord[] {
    const offsets = this.#decisions.offsetsToCommit(this.#processed, this.#positions ?? new Map());
    return [...offsets].map(([partition, offset]) => ({ partition, offset }));
  }

  committed(): void {
    this.#processed.clear();
  }

  /** What it had read is to be read again, processed or not. */
  aborted(): void {
    this.#processed.clear();
    this.#unprocessed = [];
    if (this.#positions !== null) {
      this.#positions = this.#decisions.positionsAfterAbort(this.#positions);
    }
  }
}
