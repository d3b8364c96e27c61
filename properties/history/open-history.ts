/**
 * A history while it is read: what is open in it and nothing else. Calls that have not completed, requests that were not
 * answered, producers that live, each with the transaction that it began last. What is over is told to folds
 * (history-fold.ts), and forgotten. It expects a well-formed history (linter.ts).
 */

import type {
  Attempt,
  Completion,
  HistoryEvent,
  Invocation,
} from '../../reports/evidence/history.ts';
import { FoldsByCall, type HistoryFold } from './history-fold.ts';
import {
  ClientTransaction,
  NEVER,
  type AnsweredPoll,
  type Begin,
  type Description,
  type End,
  type EndOffset,
  type Init,
  type LiveProducer,
  type Ok,
  type Operation,
  type PollAnswer,
  type RecordRead,
  type Send,
  type SendOffsets,
  type WireAttempt,
} from './operations.ts';

interface WritableOperation {
  invocation: Invocation;
  invokedAt: number;
  completion: Completion | PollAnswer | null;
  completedAt: number;
  ordinal?: number;
  firstRow?: number;
  endRow?: number;
}

type Writable<Read> = { -readonly [Field in keyof Read]: Read[Field] };
type WritableProducer = Writable<LiveProducer>;

/** What a history has had so far. */
export interface HistoryCounts {
  /** Processes that called `init`. */
  readonly producers: number;
  /** Without those of probes. */
  readonly transactions: number;
  readonly sends: number;
  readonly attempts: number;
}

const NO_RECORDS: readonly RecordRead[] = [];

export class OpenHistory {
  readonly #told = new FoldsByCall();
  /** Operations that have not completed, by number. */
  readonly #outstanding = new Map<number, WritableOperation>();
  /** By name. */
  readonly #producers = new Map<string, WritableProducer>();
  readonly #unanswered = new Map<number, Writable<WireAttempt>>();
  readonly #counts = { producers: 0, transactions: 0, sends: 0, attempts: 0 };
  #length = 0;
  #quiescentSince = NEVER;

  /** Before the first event. */
  watch(fold: HistoryFold): void {
    this.#told.add(fold);
  }

  /** Events taken so far. */
  get length(): number {
    return this.#length;
  }

  get counts(): HistoryCounts {
    return this.#counts;
  }

  /** Position of the first final read: faults, processes and timeouts lie before it. `NEVER`: there is none. */
  get quiescentSince(): number {
    return this.#quiescentSince;
  }

  /** Those that have not crashed: superseded or not, they may act at any time. */
  get liveProducers(): Iterable<LiveProducer> {
    return this.#producers.values();
  }

  liveProducer(name: string): LiveProducer | undefined {
    return this.#producers.get(name);
  }

  /** The operation with this number, if it has not completed. */
  outstanding(op: number): Operation | undefined {
    return this.#outstanding.get(op) as Operation | undefined;
  }

  /** The request with this number, if it was not answered. */
  unanswered(request: number): WireAttempt | undefined {
    return this.#unanswered.get(request);
  }

  get outstandingCalls(): Iterable<Operation> {
    return this.#outstanding.values() as Iterable<Operation>;
  }

  /** Takes the next event. Returns the operation that it completes, if it does. */
  add(event: HistoryEvent): Operation | null {
    const position = this.#length;
    this.#length += 1;
    switch (event.type) {
      case 'invoke':
        this.#invoke(event, position);
        return null;
      case 'request':
        this.#request(event, position);
        return null;
      case 'copy':
        this.#copy(event);
        return null;
      case 'response':
        this.#respond(event, position);
        return null;
      case 'crash':
        this.#crash(event.process, position);
        return null;
      default:
        return this.#complete(event, position);
    }
  }

  /** For whoever keeps more; `transaction`: which it begins or belongs to, if its producer lives. */
  protected invoked(_operation: Operation, _transaction: ClientTransaction | undefined): void {}
  protected polled(_poll: AnsweredPoll, _records: readonly RecordRead[]): void {}
  protected attempted(_attempt: WireAttempt): void {}
  protected crashed(_process: string, _position: number): void {}

  #invoke(invocation: Invocation, position: number): void {
    const operation = this.#operation(invocation, position);
    this.#outstanding.set(invocation.op, operation);
    const transaction = this.#transactionIn(operation);
    this.invoked(operation as Operation, transaction);
    switch (invocation.call) {
      case 'send':
        for (const fold of this.#told.sending) fold.sending(operation as Send, transaction);
        break;
      case 'commit':
      case 'abort':
        for (const fold of this.#told.ending) fold.ending(operation as End, transaction);
        break;
      case 'poll':
        if (invocation.final && position < this.#quiescentSince) this.#quiescentSince = position;
        for (const fold of this.#told.asking) fold.asking(operation as Operation);
        break;
      case 'end-offset':
        for (const fold of this.#told.asking) fold.asking(operation as Operation);
        break;
      default:
    }
  }

  /** Written out case by case: this runs for every call of every scenario, and spreading costs ten times as much. */
  #operation(invocation: Invocation, invokedAt: number): WritableOperation {
    switch (invocation.call) {
      case 'send': {
        const isProbe = this.#producers.get(invocation.process)?.isProbe === true;
        const ordinal = isProbe ? -1 : this.#counts.sends++;
        return { invocation, invokedAt, completion: null, completedAt: NEVER, ordinal };
      }
      case 'poll': {
        const [completion, completedAt] = [null, NEVER];
        return { invocation, invokedAt, completion, completedAt, firstRow: 0, endRow: 0 };
      }
      default:
        return { invocation, invokedAt, completion: null, completedAt: NEVER };
    }
  }

  /** Opens the producer or the transaction that a call opens. Returns the transaction that it belongs to. */
  #transactionIn(operation: WritableOperation): ClientTransaction | undefined {
    const { invocation } = operation;
    switch (invocation.call) {
      case 'init':
        this.#initialise(operation as Init);
        return undefined;
      case 'begin':
        return this.#begin(operation as Begin);
      case 'send': {
        const transaction = this.#current(invocation.process, invocation.transaction);
        transaction?.addSend(operation as Send);
        return transaction;
      }
      case 'commit':
      case 'abort': {
        const transaction = this.#current(invocation.process, invocation.transaction);
        transaction?.addEnd(operation as End);
        return transaction;
      }
      case 'send-offsets': {
        const transaction = this.#current(invocation.process, invocation.transaction);
        transaction?.addOffsetSend(operation as SendOffsets);
        return transaction;
      }
      default:
        return undefined;
    }
  }

  #initialise({ invocation }: Init): void {
    const { process: name, transactionalId } = invocation;
    let producer = this.#producers.get(name);
    if (producer === undefined) {
      producer = { name, transactionalId, isProbe: false, current: undefined };
      this.#producers.set(name, producer);
      this.#counts.producers += 1;
    }
    producer.transactionalId ??= transactionalId;
    producer.isProbe ||= invocation.probe === true;
  }

  #begin(begin: Begin): ClientTransaction {
    const transaction = new ClientTransaction(begin);
    const producer = this.#producers.get(transaction.process);
    if (producer?.isProbe !== true) this.#counts.transactions += 1;
    if (producer === undefined) return transaction;
    for (const fold of this.#told.begun) fold.begun(transaction, producer);
    producer.current = transaction;
    return transaction;
  }

  /** The transaction with this ordinal, if its process began it last and lives. */
  #current(process: string, ordinal: number | null): ClientTransaction | undefined {
    if (ordinal === null) return undefined;
    const current = this.#producers.get(process)?.current;
    return current?.ordinal === ordinal ? current : undefined;
  }

  #complete(completion: Completion, position: number): Operation | null {
    const operation = this.#outstanding.get(completion.op);
    if (operation === undefined) return null;
    this.#outstanding.delete(completion.op);
    operation.completion = completion;
    operation.completedAt = position;
    if (completion.type === 'ok') {
      this.#returned(operation, completion);
    } else {
      const producer = this.#producers.get(completion.process);
      for (const fold of this.#told.refused) fold.refused(operation as Operation, producer);
    }
    return operation as Operation;
  }

  #returned(operation: WritableOperation, answer: Ok): void {
    const { invocation } = operation;
    switch (invocation.call) {
      case 'init':
        this.#initialised(operation as Init);
        break;
      case 'send': {
        const transaction = this.#current(invocation.process, invocation.transaction);
        for (const fold of this.#told.acknowledged)
          fold.acknowledged(operation as Send, transaction);
        break;
      }
      case 'commit':
      case 'abort': {
        const producer = this.#producers.get(invocation.process);
        const transaction = this.#current(invocation.process, invocation.transaction);
        transaction?.close();
        for (const fold of this.#told.ended) fold.ended(operation as End, transaction, producer);
        break;
      }
      case 'poll':
        this.#polled(operation, answer);
        break;
      case 'end-offset':
        for (const fold of this.#told.endTold) fold.endTold(operation as EndOffset);
        break;
      case 'describe-transaction':
        for (const fold of this.#told.described) fold.described(operation as Description);
        break;
      default:
    }
  }

  /** The event that its records came in is not kept. */
  #polled(operation: WritableOperation, answer: Ok): void {
    const { type, time, process, op, records = NO_RECORDS } = answer;
    const { position, highWatermark, lastStableOffset } = answer;
    operation.completion = { type, time, process, op, position, highWatermark, lastStableOffset };
    const poll = operation as AnsweredPoll;
    this.polled(poll, records);
    for (const fold of this.#told.polled) fold.polled(poll, records);
  }

  #initialised(init: Init): void {
    const producer = this.#producers.get(init.invocation.process);
    if (producer === undefined) return;
    for (const fold of this.#told.initialised) fold.initialised(init, producer);
  }

  /** What a killed process had outstanding never completes, and what it sent is never answered. */
  #crash(process: string, position: number): void {
    this.crashed(process, position);
    const producer = this.#producers.get(process);
    for (const [op, operation] of this.#outstanding) {
      if (operation.invocation.process !== process) continue;
      this.#outstanding.delete(op);
      for (const fold of this.#told.abandoned) fold.abandoned(operation as Operation, producer);
    }
    for (const [number, attempt] of this.#unanswered) {
      if (attempt.request.process !== process) continue;
      this.#unanswered.delete(number);
      for (const fold of this.#told.settled) fold.settled(attempt);
    }
    for (const fold of this.#told.crashed) fold.crashed(process, producer);
    this.#producers.delete(process);
  }

  #request(request: Extract<Attempt, { readonly type: 'request' }>, sentAt: number): void {
    const attempt: Writable<WireAttempt> = {
      request,
      sentAt,
      errorCode: undefined,
      answeredAt: NEVER,
      copied: false,
    };
    this.#counts.attempts += 1;
    this.#unanswered.set(request.request, attempt);
    this.attempted(attempt);
    const producer = this.#producers.get(request.process);
    for (const fold of this.#told.sent) fold.sent(attempt, producer);
  }

  #copy({ request }: Extract<Attempt, { readonly type: 'copy' }>): void {
    const attempt = this.#unanswered.get(request);
    if (attempt === undefined) return;
    attempt.copied = true;
    for (const fold of this.#told.copied) fold.copied(attempt);
  }

  #respond(response: Extract<Attempt, { readonly type: 'response' }>, position: number): void {
    const attempt = this.#unanswered.get(response.request);
    if (attempt === undefined) return;
    this.#unanswered.delete(response.request);
    attempt.errorCode = response.errorCode;
    attempt.answeredAt = position;
    for (const fold of this.#told.settled) fold.settled(attempt);
  }
}
