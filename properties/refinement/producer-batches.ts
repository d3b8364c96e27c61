/**
 * A producer's batches by partition. The model has one batch a partition under way, Java's client up to five
 * (`max.in.flight.requests.per.connection`) and more that wait: the oldest of a partition is the model's, those behind
 * it take its place in turn.
 */

import type { DataRecord } from '../../protocol/records.ts';
import type { ProducerCall } from '../../impl/simulation/observer.ts';
import type { Sequence } from '../../protocol/ids.ts';
import { NO_SEQUENCE } from '../../protocol/ids.ts';
import type { ProducerEvent } from '../../model/producer-state.ts';

export type SendCall = Extract<ProducerCall, { readonly name: 'send' }>;

export interface TrackedBatch {
  readonly call: SendCall;
  readonly partition: number;
  readonly deadlineMs: number;
  /** -1 until it is first sent. */
  sequence: Sequence;
  /** Some attempt ended without saying whether it was written. */
  mayBeWritten: boolean;
  /** It got another sequence since it was last sent. */
  renumbered: boolean;
  /** The answer that has it sent again: the model hears of it when that happens. */
  held: ProducerEvent | null;
}

export class TrackedBatches {
  /** Oldest first. */
  readonly #partitions: readonly TrackedBatch[][];
  readonly #byRecord = new Map<DataRecord, TrackedBatch>();
  /** Given up before they were sent; the application may not have been told yet. */
  readonly #dropped = new Map<SendCall, TrackedBatch>();
  /** Sequences of each partition that are used up although an older batch is in flight. */
  readonly #usedUp: readonly Set<Sequence>[];

  constructor(partitions: number) {
    this.#partitions = Array.from({ length: partitions }, () => []);
    this.#usedUp = this.#partitions.map(() => new Set());
  }

  of(partition: number): readonly TrackedBatch[] {
    return this.#partitions[partition]!;
  }

  byRecord(record: DataRecord): TrackedBatch | undefined {
    return this.#byRecord.get(record);
  }

  add(call: SendCall, partition: number, deadlineMs: number): TrackedBatch {
    const batch = {
      call,
      partition,
      deadlineMs,
      sequence: NO_SEQUENCE,
      mayBeWritten: false,
      renumbered: false,
      held: null,
    };
    this.#partitions[partition]!.push(batch);
    this.#byRecord.set(call.record, batch);
    return batch;
  }

  remove(batch: TrackedBatch): void {
    const batches = this.#partitions[batch.partition]!;
    batches.splice(batches.indexOf(batch), 1);
    this.#byRecord.delete(batch.call.record);
  }

  /** The sequence after all that were sent; `following`: the one after the oldest batch. */
  nextSequence(partition: number, following: Sequence): Sequence {
    return following + this.sentBehind(partition) + this.#usedUp[partition]!.size;
  }

  useUp({ partition, sequence }: TrackedBatch): void {
    this.#usedUp[partition]!.add(sequence);
  }

  /** How many sequences from this one on are used up, and of no further interest. */
  takeUsedUp(partition: number, from: Sequence): number {
    const usedUp = this.#usedUp[partition]!;
    if (usedUp.size === 0) return 0;
    let sequence = from;
    while (usedUp.delete(sequence)) sequence += 1;
    return sequence - from;
  }

  /** How many batches behind the oldest of a partition were sent. */
  sentBehind(partition: number): number {
    let count = 0;
    for (const { sequence } of this.#partitions[partition]!) {
      if (sequence !== NO_SEQUENCE) count += 1;
    }
    return Math.max(count - 1, 0);
  }

  /** Whether some batch is not the oldest of its partition; `sent`: and was sent. */
  areBehind(sent: boolean): boolean {
    return this.#partitions.some(
      (batches) =>
        batches.length > 1 &&
        (!sent || batches.some((batch, index) => index > 0 && wasSent(batch))),
    );
  }

  /** A batch was certainly not written: those behind it move up (TxnPartitionMap.adjustSequencesDueToFailedBatch). */
  closeGap({ partition, sequence }: TrackedBatch): void {
    for (const batch of this.#partitions[partition]!) {
      if (batch.sequence <= sequence) continue;
      batch.sequence -= 1;
      batch.renumbered = true;
    }
    const usedUp = this.#usedUp[partition]!;
    for (const used of [...usedUp].toSorted((left, right) => left - right)) {
      if (used > sequence && usedUp.delete(used)) usedUp.add(used - 1);
    }
  }

  /** Gives up what was never sent, or everything. */
  drop(all: boolean): void {
    for (const batches of this.#partitions) {
      for (const batch of batches.slice()) {
        if (!all && wasSent(batch)) continue;
        this.remove(batch);
        this.#dropped.set(batch.call, batch);
      }
    }
    if (all) for (const usedUp of this.#usedUp) usedUp.clear();
  }

  /** Whether the batch of a call was given up, and would have run out of time by now. */
  isDroppedBefore(call: SendCall, nowMs: number): boolean {
    const batch = this.#dropped.get(call);
    return batch !== undefined && batch.deadlineMs <= nowMs;
  }

  /** The batch of a call that was given up, whose application is told now. */
  takeDropped(call: SendCall): TrackedBatch | undefined {
    const batch = this.#dropped.get(call);
    this.#dropped.delete(call);
    return batch;
  }
}

export function wasSent({ sequence }: TrackedBatch): boolean {
  return sequence !== NO_SEQUENCE;
}
