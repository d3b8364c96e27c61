/**
 * The model's producer where it has no place for what the client does: several batches to a partition, offsets, and
 * waiting. Each hidden step is here; what the client does about it is judged by the machine all the same.
 */

import type { BatchPhase, ProducerEvent } from '../../model/producer-state.ts';
import { NO_PARTITIONS, type PartitionSet } from '../../model/messages.ts';
import { NO_SEQUENCE, type Sequence } from '../../protocol/ids.ts';
import type { Outcome } from '../../model/checker/transition-table.ts';
import type { TrackedBatch } from './producer-batches.ts';
import { TrackedBatches, wasSent } from './producer-batches.ts';
import type { ProducerTwin } from './producer-twin.ts';

/** States in which what was never sent is given up. */
const GIVES_UP_UNSENT: readonly string[] = ['AbortableError', 'AbortingTransaction'];
const COMPLETES: readonly string[] = ['CommittingTransaction', 'AbortingTransaction'];
const OPEN: readonly string[] = ['InTransaction', 'CommittingTransaction'];
const ENDS_IN_TRANSACTION: readonly string[] = [...OPEN, ...GIVES_UP_UNSENT];

export type BatchEvent = Extract<ProducerEvent, { readonly partition: number }>;

export interface SpecifiedProducerOptions {
  readonly twin: ProducerTwin;
  /** Of the topology; the machine has one more, for what is behind. */
  readonly partitions: number;
  readonly bumpsEpoch: 0 | 1;
  /** A batch that takes the place of an older one does not have the sequence that the model gives it. */
  readonly onOtherSequence: (expected: number, found: number) => void;
}

export class SpecifiedProducer {
  readonly batches: TrackedBatches;
  readonly #options: SpecifiedProducerOptions;
  readonly #twin: ProducerTwin;
  /** The machine's partition for whatever it has no place for and the end of a transaction waits for. */
  readonly #behind: number;
  /** Requests that add partitions or offsets are under way or wait. */
  #areAdding = false;
  /** Partitions with a batch of unknown fate while another is in flight, whose answer may resolve it. */
  readonly #unresolved = new Set<number>();
  /** Of each partition, while something is in flight: the last sequence that was written, and the last that was used up. */
  readonly #lastWritten: Sequence[];
  readonly #lastUsed: Sequence[];
  /** Of a client that does not bump its epoch: the first sequence of each partition that was given up, to be used again. */
  readonly #reused: (Sequence | undefined)[] = [];

  constructor(options: SpecifiedProducerOptions) {
    this.#options = options;
    this.#twin = options.twin;
    this.#behind = options.partitions;
    this.batches = new TrackedBatches(options.partitions);
    this.#lastWritten = Array.from({ length: options.partitions }, () => NO_SEQUENCE);
    this.#lastUsed = [...this.#lastWritten];
  }

  /** Whether an epoch bump that the machine holds due may yet turn out not to be. */
  get mayResolve(): boolean {
    return this.#unresolved.size > 0;
  }

  beginStep(areAdding: boolean): void {
    this.#areAdding = areAdding;
  }

  endStep(): void {
    const { outstanding } = this.#twin.context;
    if (this.#areAdding && outstanding === 'None' && this.#isInTransaction) {
      this.#twin.edit({ outstanding: 'AddPartitionsToTxn' });
    } else if (!this.#areAdding && outstanding === 'AddPartitionsToTxn') {
      this.#twin.edit({ outstanding: 'None' });
    }
    this.#takePlace(false);
    this.#twin.settle();
  }

  get #isInTransaction(): boolean {
    return ENDS_IN_TRANSACTION.includes(this.#twin.value);
  }

  /** Takes a step of the model; what is behind keeps it from ending the transaction. */
  feed(event: ProducerEvent): Outcome {
    const { value } = this.#twin;
    this.#takePlace(event.type === 'AbortTransaction' || GIVES_UP_UNSENT.includes(value));
    return this.#feed(event);
  }

  #feed(event: ProducerEvent): Outcome {
    const outcome = this.#twin.feed(event);
    const { value } = this.#twin;
    if (GIVES_UP_UNSENT.includes(value)) this.batches.drop(false);
    else if (value === 'FatalError') this.#fail();
    return outcome;
  }

  #fail(): void {
    this.batches.drop(true);
    this.#unresolved.clear();
  }

  #takePlace(givesUpUnsent: boolean): void {
    const { batches } = this.#twin.context;
    const isTaken =
      this.#isInTransaction && (this.#areAdding || this.batches.areBehind(givesUpUnsent));
    const phase: BatchPhase = isTaken ? 'Sent' : 'None';
    if (batches[this.#behind] !== phase) {
      this.#twin.editBatch(this.#behind, phase, NO_SEQUENCE, 0);
    }
  }

  /** From transaction version 2 on the first offsets open the transaction at the client as records do. */
  offsetsAccepted(): void {
    this.#twin.edit({ transactionStarted: 1 });
  }

  /** A request that adds partitions waits behind others: it takes those that were used since the last one. */
  addsAsked(partitions: PartitionSet): boolean {
    const { newPartitions, pendingPartitions } = this.#twin.context;
    if (newPartitions !== partitions) return false;
    this.#twin.edit({
      newPartitions: NO_PARTITIONS,
      pendingPartitions: pendingPartitions | partitions,
    });
    return true;
  }

  /**
   * An answer to one of the requests that add something: of these partitions, of none for offsets. `others`: what the
   * others under way add; null: there are none. Partitions used meanwhile wait as long as there are.
   */
  addsAnswered(event: ProducerEvent, partitions: PartitionSet, others: PartitionSet | null): void {
    if (!this.#isInTransaction) {
      this.feed(event);
      return;
    }
    const { newPartitions } = this.#twin.context;
    this.#twin.edit({
      outstanding: 'AddPartitionsToTxn',
      pendingPartitions: partitions,
      newPartitions: others === null ? newPartitions : NO_PARTITIONS,
    });
    this.feed(event);
    const { value, context } = this.#twin;
    if (others === null || !ENDS_IN_TRANSACTION.includes(value)) return;
    const isOpen = OPEN.includes(value);
    this.#twin.edit({
      newPartitions: isOpen ? context.newPartitions | newPartitions : context.newPartitions,
      outstanding: 'AddPartitionsToTxn',
      pendingPartitions: context.pendingPartitions | others,
    });
  }

  /** A record is sent. `ignored`: the model does not allow it. */
  send(batch: TrackedBatch): Outcome {
    const { partition } = batch;
    if (this.batches.of(partition)[0] === batch) return this.feed({ type: 'Send', partition });
    return this.#twin.value === 'InTransaction' ? 'handled' : 'ignored';
  }

  /** A batch is answered for good, or given up. Whether it was written; null: the model has it sent again. */
  finish(batch: TrackedBatch, event: BatchEvent): boolean | null {
    const isOldest = this.batches.of(batch.partition)[0] === batch;
    return isOldest ? this.#finishOldest(batch, event) : this.#finishBehind(batch, event);
  }

  #finishOldest(batch: TrackedBatch, event: BatchEvent): boolean | null {
    const { partition } = batch;
    const { value, context } = this.#twin;
    const assigned = context.assigned[partition]!;
    const mayResolve = COMPLETES.includes(value) && context.epochBumpRequired === 0;
    this.feed({ ...event, partition });
    const { batches, nextSequence, epochBumpRequired } = this.#twin.context;
    if (this.#twin.value === 'FatalError') return false;
    if (batches[partition] !== 'None') return null;
    const isExpired = event.type === 'BatchExpired';
    const isWritten = !isExpired && nextSequence[partition] !== assigned;
    if (wasSent(batch)) {
      if (!isExpired && !isWritten) this.batches.closeGap(batch);
      this.#note(batch, isWritten, isExpired);
      // Java counts a sequence when it is sent, others when it is acknowledged.
      if (isExpired && this.#options.bumpsEpoch === 0) this.batches.useUp(batch);
    }
    if (epochBumpRequired === 1 && !isWritten) {
      if (!mayResolve && !COMPLETES.includes(value)) this.#unresolved.clear();
      else if (mayResolve && isExpired) this.#unresolved.add(partition);
    }
    if (this.batches.of(partition)[0] === batch) this.batches.remove(batch);
    this.#promote(partition);
    return isWritten;
  }

  #finishBehind(batch: TrackedBatch, event: BatchEvent): boolean | null {
    const { partition } = batch;
    const isCompleting = COMPLETES.includes(this.#twin.value);
    this.#twin.editBatch(this.#behind, 'Sent', 0, 1);
    this.#feed({ ...event, partition: this.#behind });
    const { batches, nextSequence, epochBumpRequired } = this.#twin.context;
    if (this.#twin.value === 'FatalError') return false;
    if (batches[this.#behind] !== 'None') return null;
    const isKept = nextSequence[this.#behind] !== 0;
    const isWritten = isKept && event.type !== 'BatchExpired';
    if (wasSent(batch)) {
      this.#note(batch, isWritten, isKept && !isWritten);
      if (isKept) this.batches.useUp(batch);
      else this.batches.closeGap(batch);
    }
    if (epochBumpRequired === 1 && !isWritten && !isCompleting) this.#unresolved.clear();
    if (this.batches.of(partition).includes(batch)) this.batches.remove(batch);
    return isWritten;
  }

  #note({ partition, sequence }: TrackedBatch, isWritten: boolean, isGivenUp: boolean): void {
    if (!isWritten && !isGivenUp) return;
    this.#lastUsed[partition] = Math.max(this.#lastUsed[partition]!, sequence);
    if (isWritten) {
      this.#lastWritten[partition] = Math.max(this.#lastWritten[partition]!, sequence);
      if (sequence > (this.#reused[partition] ?? sequence)) this.#reused[partition] = undefined;
    } else if (sequence > this.#lastWritten[partition]!) this.#reused[partition] ??= sequence;
  }

  /** A batch that was given up unsent has run out of time before its application was told. */
  expireDropped(): void {
    this.#twin.editBatch(this.#behind, 'Sent', 0, 1);
    this.#feed({ type: 'BatchExpired', partition: this.#behind });
  }

  /** The next batch of a partition takes the place of one that is done with. */
  #promote(partition: number): void {
    const [next] = this.batches.of(partition);
    const { nextSequence } = this.#twin.context;
    const current = nextSequence[partition]!;
    const following = this.#twin.nextSequence(partition);
    const usedUp = this.batches.takeUsedUp(partition, following);
    const sequence = current + usedUp;
    if (next !== undefined && wasSent(next)) {
      const expected = following + usedUp;
      if (next.sequence !== expected) this.#options.onOtherSequence(expected, next.sequence);
      const isCounted = this.#options.bumpsEpoch === 1;
      this.#twin.editBatch(partition, 'Sent', sequence, isCounted ? sequence + 1 : sequence);
    } else {
      this.#resolve(partition);
      const resumed = this.#followingInFlight(partition, sequence);
      if (next !== undefined || resumed !== current) {
        const phase = next === undefined ? 'None' : 'Ready';
        this.#twin.editBatch(partition, phase, NO_SEQUENCE, resumed);
      }
    }
  }

  /** The sequence that follows once nothing of a partition is in flight. */
  #followingInFlight(partition: number, sequence: Sequence): Sequence {
    const reused = this.#reused[partition];
    this.#reused[partition] = undefined;
    if (this.#options.bumpsEpoch === 1 || reused === undefined) return sequence;
    return this.#twin.restart(partition, reused);
  }

  /** Nothing of the partition is in flight any more (TransactionManager.maybeResolveSequences). */
  #resolve(partition: number): void {
    const isResolved = this.#lastWritten[partition] === this.#lastUsed[partition];
    this.#lastWritten[partition] = NO_SEQUENCE;
    this.#lastUsed[partition] = NO_SEQUENCE;
    if (!this.#unresolved.delete(partition) || this.#unresolved.size > 0 || !isResolved) return;
    this.#twin.edit({ epochBumpRequired: 0 });
  }
}
