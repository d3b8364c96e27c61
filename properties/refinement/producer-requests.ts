/**
 * A producer's requests to coordinators beside the model's. The model has one at a time and sends what it has to send
 * again at once; the client backs off, looks the coordinator up, and lets others wait meanwhile. So an answer that has a
 * request sent again is taken when it is, and one that is not sent any more has lost its connection.
 */

import type { TransactionalMessage } from '../../impl/producer/transaction-requests.ts';
import type { TopicPartition } from '../../protocol/ids.ts';
import type { Response } from '../../protocol/messages/rpc.ts';
import type { PartitionSet } from '../../model/messages.ts';
import { NO_PARTITIONS } from '../../model/messages.ts';
import type { ProducerEvent } from '../../model/producer-state.ts';
import { fieldsOf, jsonOf } from './disagreement.ts';
import type {
  ComparedRequests,
  ModelledMessage,
  OffsetsMessage,
} from './producer-correspondence.ts';
import {
  addsSomething,
  answerEvent,
  identityIn,
  isOffsetsMessage,
  isSameApi,
  partitionsIn,
  requestDifference,
} from './producer-correspondence.ts';
import type { SpecifiedProducer } from './producer-specified.ts';
import type { CoordinatorMessage, ProducerTwin } from './producer-twin.ts';

type Message = ModelledMessage | OffsetsMessage;

export interface ProducerRequestsOptions extends ComparedRequests {
  readonly twin: ProducerTwin;
  readonly model: SpecifiedProducer;
  readonly disagree: (expected: readonly string[], found: string, why: string) => void;
}

/** States in which nothing more is added to the transaction. */
const ADDS_NOTHING: readonly string[] = ['AbortableError', 'FatalError'];

export class ProducerRequests {
  readonly #options: ProducerRequestsOptions;
  /** Answers that have a request sent again. */
  readonly #held = new Map<Message, ProducerEvent>();
  /** Sent again as far as the model goes: only their back-off has to pass, in which Java's sender thread sleeps. */
  readonly #backingOff = new Set<Message>();
  /** What adds to the transaction and is under way, or waits; offsets add none of the model's partitions. */
  readonly #adds = new Map<Message, PartitionSet>();
  /** What the implementation has under way, or lets wait, after the step. */
  #unfinished: readonly TransactionalMessage[] = [];

  constructor(options: ProducerRequestsOptions) {
    this.#options = options;
  }

  beginStep(unfinished: readonly TransactionalMessage[]): void {
    this.#unfinished = unfinished;
    this.#options.model.beginStep(unfinished.some(addsSomething));
    for (const message of unfinished) {
      if (isOffsetsMessage(message)) this.#adds.set(message, NO_PARTITIONS);
    }
  }

  answered(message: Message, response: Response | null): void {
    const { twin } = this.#options;
    const event = answerEvent(message, response, (identity) => twin.named(identity));
    if (this.#unfinished.includes(message)) this.#held.set(message, event);
    else this.#end(message, event);
  }

  /** The model takes the last answer to a request. */
  #end(message: Message, event: ProducerEvent): void {
    const { model } = this.#options;
    const partitions = this.#adds.get(message);
    this.#adds.delete(message);
    this.#held.delete(message);
    if (partitions === undefined) model.feed(event);
    else model.addsAnswered(event, partitions, this.#others(message));
  }

  /** What the others under way add; null: there are none. */
  #others(message: Message): PartitionSet | null {
    let others: PartitionSet | null = null;
    for (const [other, partitions] of this.#adds) {
      if (other !== message && this.#unfinished.includes(other)) {
        others = (others ?? NO_PARTITIONS) | partitions;
      }
    }
    return others;
  }

  sent(message: Message): void {
    if (!this.#backingOff.delete(message)) this.#takesItsTurn(message);
  }

  #takesItsTurn(message: Message): void {
    const { twin } = this.#options;
    const held = this.#held.get(message);
    this.#held.delete(message);
    if (isOffsetsMessage(message)) this.#sentOffsets(message, held);
    else if (held !== undefined) {
      const partitions = this.#adds.get(message);
      if (partitions === undefined) this.#options.model.feed(held);
      else this.#sentAgain(held, partitions, message);
      this.#compare(message);
    } else if (!this.#adds.has(message)) this.#asked(message);
    else if (ADDS_NOTHING.includes(twin.value)) this.#unexpected(message);
  }

  /** A request never changes: partitions that were used meanwhile are not taken along. */
  #sentAgain(held: ProducerEvent, partitions: PartitionSet, message: Message): void {
    const others = this.#others(message) ?? NO_PARTITIONS;
    this.#options.model.addsAnswered(held, partitions, others);
  }

  #sentOffsets(message: OffsetsMessage, held: ProducerEvent | undefined): void {
    const { twin } = this.#options;
    if (held !== undefined) this.#sentAgain(held, NO_PARTITIONS, message);
    if (ADDS_NOTHING.includes(twin.value)) this.#unexpected(message);
    const { identity } = twin;
    const found = identityIn(message);
    if (fieldsOf(identity, found).length > 0) {
      this.#options.disagree([jsonOf(identity)], jsonOf(found), 'the identity presented differs');
    }
  }

  /** A request is about to be sent for the first time, or has to wait behind another. */
  #asked(message: ModelledMessage): void {
    const { twin, model } = this.#options;
    if (message.api !== 'AddPartitionsToTxn') return this.#compare(message);
    const partitions = this.#setOf(partitionsIn(message));
    const mayWait = this.#others(message) !== null;
    const owed = twin.owedRequest;
    if (owed !== null && isSameApi(message, owed)) this.#compare(message);
    else if (!mayWait || !model.addsAsked(partitions)) this.#unexpected(message);
    this.#adds.set(message, partitions);
  }

  #setOf(names: readonly TopicPartition[]): PartitionSet {
    const { partitions } = this.#options;
    return names.reduce((set, name) => set | (1 << partitions.indexOf(name)), NO_PARTITIONS);
  }

  #compare(message: ModelledMessage): void {
    const { twin, disagree } = this.#options;
    const { owedRequest, identity } = twin;
    if (owedRequest === null) return this.#unexpected(message);
    twin.owedRequest = null;
    const why = requestDifference(message, owedRequest, identity, this.#options);
    if (why !== null) disagree([jsonOf(owedRequest)], jsonOf(message), why);
  }

  #unexpected(message: Message): void {
    this.#options.disagree([], jsonOf(message), 'the model sends no request');
  }

  /** `current`: what the connection to a coordinator is taken by, whether it was sent or backs off. */
  stepEnded(current: TransactionalMessage | null): void {
    if (current !== null && current.api !== 'FindCoordinator' && this.#held.has(current)) {
      this.#takesItsTurn(current);
      this.#backingOff.add(current);
    }
    for (const message of this.#unfinished) {
      const isNew = message.api === 'AddPartitionsToTxn' && !this.#adds.has(message);
      if (isNew) this.#asked(message);
    }
    for (const message of new Set([...this.#held.keys(), ...this.#adds.keys()])) {
      if (!this.#unfinished.includes(message)) this.#terminated(message);
    }
    this.#compareSilence();
  }

  /** In an error state a request is not sent, or not again (TransactionManager.maybeTerminateRequestWithError). */
  #terminated(message: Message): void {
    const event = this.#held.get(message) ?? { type: 'Disconnected' };
    if (!isOffsetsMessage(message) || this.#held.has(message)) this.#end(message, event);
    else this.#adds.delete(message);
  }

  /** What the model sent and the implementation neither sent nor lets wait. */
  #compareSilence(): void {
    const { twin, disagree } = this.#options;
    const owed = twin.owedRequest;
    if (owed === null || this.#unfinished.some((message) => isFor(message, owed))) return;
    disagree([jsonOf(owed)], 'no request', 'the request is not sent');
  }
}

function isFor(message: TransactionalMessage, expected: CoordinatorMessage): boolean {
  return (
    message.api !== 'FindCoordinator' && !isOffsetsMessage(message) && isSameApi(message, expected)
  );
}
