/** A producer instance as the script drives it: which calls it may make, and what the history says of them. */

import type { CallResult } from '../../impl/producer/call-result.ts';
import type { Producer } from '../../impl/producer/producer.ts';
import type { Endpoint } from '../../impl/simulation/network.ts';
import type { ProducerIdentity, TopicPartition, TransactionalId } from '../../protocol/ids.ts';
import type { Invocation } from '../../reports/evidence/history.ts';
import type { StateFields } from '../../reports/evidence/trace.ts';
import { identityText } from './message-text.ts';
import type { RunObserver } from './run-observer.ts';
import { producerStateFields } from './state-fields.ts';

/** Hands out operation numbers, unique within the history. */
export interface OperationNumbers {
  next(): number;
}

export class Instance {
  /** `A#1`. */
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly transactionalId: TransactionalId | null;
  readonly #producer: Producer;
  readonly #observer: RunObserver;
  readonly #operations: OperationNumbers;
  /** Ordinal of its current transaction; 0 before the first. */
  #transaction = 0;
  #sends = 0;
  /** init, commit and abort block their caller. */
  #blocked = false;
  #outstanding = 0;

  constructor(options: {
    readonly name: string;
    readonly transactionalId: TransactionalId | null;
    readonly producer: Producer;
    readonly endpoint: Endpoint;
    readonly observer: RunObserver;
    readonly operations: OperationNumbers;
  }) {
    this.name = options.name;
    this.transactionalId = options.transactionalId;
    this.endpoint = options.endpoint;
    this.#producer = options.producer;
    this.#observer = options.observer;
    this.#operations = options.operations;
    options.observer.watch(options.endpoint);
  }

  get transaction(): number {
    return this.#transaction;
  }

  /** One line for people. */
  get stateText(): string {
    return `${this.#producer.state} ${identityText(this.#producer.identity)}`;
  }

  get stateFields(): StateFields {
    return producerStateFields(this.#producer.state, this.#producer.identity);
  }

  get isAlive(): boolean {
    return this.endpoint.isAlive;
  }

  get isBlocked(): boolean {
    return this.isAlive && this.#blocked;
  }

  /** Whether some call of it has not returned. */
  get isBusy(): boolean {
    return this.isAlive && this.#outstanding > 0;
  }

  /** initTransactions; an idempotent producer obtains its identity with its first send. */
  init(): void {
    const op = this.#operations.next();
    this.#invoke({ op, call: 'init', transactionalId: this.transactionalId });
    if (this.transactionalId === null) {
      this.#complete(op, { status: 'ok' });
      return;
    }
    this.#block(op, (returned) =>
      this.#producer.initTransactions((result) => returned(result, this.#producer.identity)),
    );
  }

  begin(): boolean {
    if (!this.#idle || this.transactionalId === null) return false;
    if (this.#producer.state !== 'Ready') return false;
    const result = this.#producer.beginTransaction();
    this.#transaction += 1;
    this.#sends = 0;
    const op = this.#operations.next();
    this.#invoke({ op, call: 'begin', transaction: this.#transaction });
    this.#complete(op, result);
    return true;
  }

  /** `value` names the record and must be unique in the run. */
  send(
    partition: TopicPartition,
    value = `${this.name}.${this.#transaction}.${this.#sends + 1}`,
  ): boolean {
    if (!this.#idle) return false;
    const { state } = this.#producer;
    if (this.transactionalId === null ? state === 'FatalError' : state !== 'InTransaction') {
      return false;
    }
    const op = this.#operations.next();
    const transaction = this.transactionalId === null ? null : this.#transaction;
    this.#sends += 1;
    this.#invoke({ op, call: 'send', transaction, partition, value });
    this.#outstanding += 1;
    this.#producer.send(partition, { key: null, value }, (result) => {
      this.#outstanding -= 1;
      this.#complete(op, result);
    });
    return true;
  }

  commit(): boolean {
    const { state } = this.#producer;
    if (!this.#idle || (state !== 'InTransaction' && state !== 'CommittingTransaction')) {
      return false;
    }
    const op = this.#operations.next();
    this.#invoke({ op, call: 'commit', transaction: this.#transaction });
    this.#block(op, (done) => this.#producer.commitTransaction(done));
    return true;
  }

  abort(): boolean {
    const { state } = this.#producer;
    const mayAbort =
      state === 'InTransaction' || state === 'AbortableError' || state === 'AbortingTransaction';
    if (!this.#idle || !mayAbort) return false;
    const op = this.#operations.next();
    this.#invoke({ op, call: 'abort', transaction: this.#transaction });
    this.#block(op, (done) => this.#producer.abortTransaction(done));
    return true;
  }

  /** The process is killed: nothing it had outstanding ever returns. */
  crash(): boolean {
    if (!this.isAlive) return false;
    this.endpoint.kill();
    this.#observer.record({ type: 'crash', time: this.#now, process: this.name });
    return true;
  }

  get #idle(): boolean {
    return this.isAlive && !this.#blocked;
  }

  get #now(): number {
    return this.#observer.scheduler.nowMs();
  }

  #block(
    op: number,
    call: (returned: (result: CallResult, identity?: ProducerIdentity) => void) => void,
  ): void {
    this.#blocked = true;
    this.#outstanding += 1;
    call((result, identity) => {
      this.#blocked = false;
      this.#outstanding -= 1;
      this.#complete(op, result, identity);
    });
  }

  #invoke(call: CallOf<Invocation>): void {
    this.#observer.record({ type: 'invoke', time: this.#now, process: this.name, ...call });
  }

  #complete(op: number, result: CallResult, identity?: ProducerIdentity): void {
    const head = { time: this.#now, process: this.name, op };
    if (result.status === 'error') {
      const { outcome, errorCode, kind } = result.error;
      this.#observer.record({ type: outcome, ...head, error: errorCode ?? kind });
      return;
    }
    this.#observer.record(
      result.offset === undefined
        ? { type: 'ok', ...head, ...identity }
        : { type: 'ok', ...head, offset: result.offset },
    );
  }
}

type CallOf<Event> = Event extends { readonly call: string }
  ? Omit<Event, 'type' | 'time' | 'process'>
  : never;
