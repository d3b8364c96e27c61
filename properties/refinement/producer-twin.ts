/**
 * The specification's side of a lock-step walk beside one producer instance: the machine, what it sent and the
 * implementation has yet to send, and what the machine's small numbers stand for.
 */

import type { ProducerIdentity, Sequence } from '../../protocol/ids.ts';
import { NO_IDENTITY, NO_PRODUCER_ID, NO_SEQUENCE } from '../../protocol/ids.ts';
import type { EventId, Outcome, StateId } from '../../model/checker/transition-table.ts';
import type { ProduceRequest } from '../../model/messages.ts';
import type { ProducerSend } from '../../model/producer-changes.ts';
import { markSent, produce } from '../../model/producer-changes.ts';
import { sendablePartition } from '../../model/producer-rules.ts';
import type { BatchPhase, ProducerContext, ProducerEvent } from '../../model/producer-state.ts';
import { jsonOf } from './disagreement.ts';
import type { ProducerCounter, ProducerTable } from './producer-tables.ts';
import { OWN_PRODUCER_ID } from './producer-tables.ts';

export type CoordinatorMessage = Extract<ProducerSend, { readonly to: 'coordinator' }>['message'];

export interface ProducerTwinOptions {
  readonly table: ProducerTable;
  readonly counter: ProducerCounter | null;
  /** Told when the model finds something impossible. */
  readonly onImpossible: (found: string) => void;
}

type EditedField =
  | 'outstanding'
  | 'newPartitions'
  | 'pendingPartitions'
  | 'transactionStarted'
  | 'epochBumpRequired';

export class ProducerTwin {
  /** Sent by the model and not by the implementation so far. */
  owedRequest: CoordinatorMessage | null = null;
  /** The same, of batches: by partition, in the current step. */
  readonly owedBatches = new Map<number, ProduceRequest>();
  readonly #options: ProducerTwinOptions;
  /** What the machine's epochs 0 and 1 stand for: one of them is the identity that it has. */
  readonly #identities: ProducerIdentity[] = [NO_IDENTITY, NO_IDENTITY];
  /** What a sequence other than 0 of the machine is less than the real one. */
  readonly #lowered: number[];
  #state: StateId;
  #context: ProducerContext;
  #value: string;

  constructor(options: ProducerTwinOptions) {
    this.#options = options;
    const { table, scope } = options.table;
    this.#lowered = Array.from({ length: scope.partitions }, () => 0);
    this.#state = table.initial;
    const { value, context } = table.stateOf(this.#state);
    this.#context = context;
    this.#value = value;
  }

  get value(): string {
    return this.#value;
  }

  get context(): ProducerContext {
    return this.#context;
  }

  get identity(): ProducerIdentity {
    const { producerId, producerEpoch } = this.#context;
    return producerId === NO_PRODUCER_ID ? NO_IDENTITY : this.#identities[producerEpoch]!;
  }

  /** The real sequence that the machine's stands for. */
  sequence(partition: number, sequence: Sequence): Sequence {
    return sequence <= 0 ? sequence : sequence + this.#lowered[partition]!;
  }

  /** Has the next sequence of a partition with nothing under way be this one; returns the machine's for it. */
  restart(partition: number, sequence: Sequence): Sequence {
    this.#lowered[partition] = Math.max(sequence - 1, 0);
    return Math.min(sequence, 1);
  }

  /** The real sequence of the next batch that is sent to a partition for the first time. */
  nextSequence(partition: number): Sequence {
    return this.sequence(partition, this.#context.nextSequence[partition]!);
  }

  /** How the machine is to see an identity that an answer brings: as another than it has. */
  named(identity: ProducerIdentity): ProducerIdentity {
    if (identity.producerId === NO_PRODUCER_ID) return NO_IDENTITY;
    const producerEpoch = this.#context.producerEpoch === 0 ? 1 : 0;
    this.#identities[producerEpoch] = identity;
    return { producerId: OWN_PRODUCER_ID, producerEpoch };
  }

  /** Takes one step of the model and notes what it sends. */
  feed(event: ProducerEvent): Outcome {
    const { table } = this.#options.table;
    const eventId = table.eventIdOf(event);
    if (this.#isRefused(eventId)) return 'ignored';
    const entry = table.step(this.#state, eventId);
    this.#options.counter?.count(table, entry);
    if (entry.outcome === 'unexpected') {
      this.#options.onImpossible(`${jsonOf(event)} in ${this.#value}`);
    }
    this.#move(entry.next);
    for (const { type, params } of entry.actions) {
      if (type !== 'send') continue;
      if (params.to === 'coordinator') this.owedRequest = params.message;
      else this.owedBatches.set(params.partition, params.message);
    }
    if (this.#value === 'FatalError') {
      this.owedRequest = null;
      this.owedBatches.clear();
    }
    return entry.outcome;
  }

  /** Whether it is a call that the model does not allow: what waits to be sent does not leave on its account. */
  #isRefused(eventId: EventId): boolean {
    if (!this.#context.batches.includes('Ready')) return false;
    const { table } = this.#options.table;
    const state = this.#options.table.edited(this.#state, 'holds back', ({ batches }) => ({
      batches: batches.map((phase) => (phase === 'Ready' ? 'Sent' : phase)),
    }));
    const entry = table.step(state, eventId);
    if (entry.outcome !== 'ignored') return false;
    this.#options.counter?.count(table, entry);
    return true;
  }

  /** A hidden step of what is not a list. */
  edit(changed: Partial<Pick<ProducerContext, EditedField>>): void {
    let name = '';
    for (const field in changed) name += `${field}=${String(changed[field as EditedField])} `;
    this.#edit(name, () => changed);
  }

  /** A hidden step of one partition's batch. */
  editBatch(partition: number, phase: BatchPhase, assigned: Sequence, next: Sequence): void {
    this.#edit(`${partition} ${phase} ${assigned} ${next}`, (context) => ({
      batches: context.batches.with(partition, phase),
      assigned: context.assigned.with(partition, assigned),
      nextSequence: context.nextSequence.with(partition, next),
    }));
  }

  #edit(name: string, change: (context: ProducerContext) => Partial<ProducerContext>): void {
    this.#move(this.#options.table.edited(this.#state, name, change));
  }

  /** The batch that the machine would send at once leaves now. False: it may not. */
  sendReady(partition: number): boolean {
    const { batches } = this.#context;
    const alone = batches.map((phase, index) => (index === partition ? phase : 'None'));
    const step = { context: { ...this.#context, batches: alone }, event: TURN };
    if (sendablePartition(step.context) !== partition) return false;
    const send = produce(step);
    if (send.to === 'leader') this.owedBatches.set(partition, send.message);
    this.#edit(`${partition} leaves`, () => ({
      ...markSent(step),
      batches: batches.with(partition, 'Sent'),
    }));
    return true;
  }

  /** The machine sent a batch for the first time, and the implementation does so later. */
  putBack(partition: number): void {
    const { assigned, nextSequence } = this.#context;
    const counted = nextSequence[partition] !== assigned[partition];
    const next = counted ? assigned[partition]! : nextSequence[partition]!;
    this.editBatch(partition, 'Ready', NO_SEQUENCE, next);
    this.owedBatches.delete(partition);
  }

  /** Ends the step in the least of the states that are alike. */
  settle(): void {
    this.owedBatches.clear();
    const { state, lowered } = this.#options.table.canonical(this.#state);
    if (state === this.#state) return;
    for (const [partition, by] of lowered.entries()) this.#lowered[partition]! += by;
    this.#move(state);
  }

  #move(state: StateId): void {
    this.#state = state;
    const { value, context } = this.#options.table.table.stateOf(state);
    this.#value = value;
    this.#context = context;
    // The sequences started again.
    for (let partition = 0; partition < this.#lowered.length; partition += 1) {
      const { assigned, nextSequence } = context;
      if (nextSequence[partition] === 0 && assigned[partition]! <= 0) this.#lowered[partition] = 0;
    }
  }
}

/** The sender loop's own turn, whatever the event. */
const TURN: ProducerEvent = { type: 'Disconnected' };
