/** A producer instance as the script drives it: which calls it may make, and what the history says of them. */

import type { InputRecord } from '../../impl/application/message-processor.ts';
import type { CallResult } from '../../impl/producer/call-result.ts';
import type { Producer } from '../../impl/producer/producer.ts';
import type { Endpoint } from '../../impl/simulation/network.ts';
import type { ProducerIdentity, TopicPartition, TransactionalId } from '../../protocol/ids.ts';
import type { StateFields } from '../../reports/evidence/trace.ts';
import type { Application } from './application.ts';
import type { CallLog } from './call-log.ts';
import { identityText } from './message-text.ts';
import { producerStateFields } from './state-fields.ts';

interface SendOptions {
  /** Names the record and must be unique in the run. */
  readonly value?: string;
  /** What it was made from. */
  readonly input?: InputRecord;
}

export class Instance {
  /** `A#1`. */
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly transactionalId: TransactionalId | null;
  readonly #producer: Producer;
  readonly #calls: CallLog;
  /** Null: it only produces. */
  readonly #application: Application | null;
  readonly #transactionTimeoutMs: number;
  readonly #isProbe: boolean;
  /** Ordinal of its current transaction; 0 before the first. */
  #transaction = 0;
  #sends = 0;
  /** init, commit and abort block their caller. */
  #blocked = false;
  #outstanding = 0;

  constructor(options: {
    readonly transactionalId: TransactionalId | null;
    readonly producer: Producer;
    readonly endpoint: Endpoint;
    readonly calls: CallLog;
    readonly application: Application | null;
    readonly transactionTimeoutMs: number;
    /** Started after quiescence, to see whether its id can still be used. */
    readonly isProbe: boolean;
  }) {
    this.name = options.calls.process;
    this.transactionalId = options.transactionalId;
    this.endpoint = options.endpoint;
    this.#producer = options.producer;
    this.#calls = options.calls;
    this.#application = options.application;
    this.#transactionTimeoutMs = options.transactionTimeoutMs;
    this.#isProbe = options.isProbe;
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
    return this.isAlive && (this.#blocked || (this.#application?.isBlocked ?? false));
  }

  /** Whether some call of it has not returned. */
  get isBusy(): boolean {
    return this.isAlive && (this.#outstanding > 0 || this.isBlocked);
  }

  /** initTransactions; an idempotent producer obtains its identity with its first send. */
  init(): void {
    const { transactionalId } = this;
    if (transactionalId === null) {
      const op = this.#calls.invoke({ call: 'init', transactionalId });
      this.#complete(op, { status: 'ok' });
      return;
    }
    const transactionTimeoutMs = this.#transactionTimeoutMs;
    const op = this.#calls.invoke({
      call: 'init',
      transactionalId,
      transactionTimeoutMs,
      ...(this.#isProbe ? { probe: true } : {}),
    });
    this.#block(op, (returned) =>
      this.#producer.initTransactions((result) => returned(result, this.#producer.identity)),
    );
  }

  begin(): boolean {
    if (!this.#isReady) return false;
    const result = this.#producer.beginTransaction();
    this.#transaction += 1;
    this.#sends = 0;
    this.#complete(this.#calls.invoke({ call: 'begin', transaction: this.#transaction }), result);
    return true;
  }

  send(partition: TopicPartition, options: SendOptions = {}): boolean {
    if (!this.#idle) return false;
    const { state } = this.#producer;
    if (this.transactionalId === null ? state === 'FatalError' : state !== 'InTransaction') {
      return false;
    }
    const transaction = this.transactionalId === null ? null : this.#transaction;
    this.#sends += 1;
    const { value = `${this.name}.${this.#transaction}.${this.#sends}`, input } = options;
    const op = this.#calls.invoke(
      input === undefined
        ? { call: 'send', transaction, partition, value }
        : { call: 'send', transaction, partition, value, input },
    );
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
    if (!(this.#application?.mayCommit ?? true)) return false;
    const op = this.#calls.invoke({ call: 'commit', transaction: this.#transaction });
    this.#block(op, (done) => this.#producer.commitTransaction(done), 'commit');
    return true;
  }

  abort(): boolean {
    const { state } = this.#producer;
    const mayAbort =
      state === 'InTransaction' || state === 'AbortableError' || state === 'AbortingTransaction';
    if (!this.#idle || !mayAbort) return false;
    const op = this.#calls.invoke({ call: 'abort', transaction: this.#transaction });
    this.#block(op, (done) => this.#producer.abortTransaction(done), 'abort');
    return true;
  }

  /** Only between transactions: what was read before may be another member's afterwards. */
  join(): boolean {
    if (this.#application === null || !this.#isReady) return false;
    this.#application.join();
    return true;
  }

  consume(): boolean {
    return this.#idle && (this.#application?.consume() ?? false);
  }

  transform(partition: TopicPartition): boolean {
    if (this.#application === null || !this.#isInTransaction) return false;
    const inputs = this.#application.process();
    for (const input of inputs) this.send(partition, { input });
    return inputs.length > 0;
  }

  sendOffsets(): boolean {
    if (this.#application === null || !this.#isInTransaction) return false;
    return this.#application.sendOffsets(this.#producer, this.#transaction);
  }

  commitOffsets(): boolean {
    return this.#idle && (this.#application?.commitOffsets() ?? false);
  }

  /** The process is killed: nothing it had outstanding ever returns. */
  crash(): boolean {
    if (!this.isAlive) return false;
    this.stop();
    this.#calls.crash();
    return true;
  }

  /** Like a crash of which the history says nothing: it has ended. */
  stop(): void {
    this.endpoint.kill();
    this.#application?.kill();
  }

  get #idle(): boolean {
    return this.isAlive && !this.isBlocked;
  }

  get #isReady(): boolean {
    return this.#idle && this.transactionalId !== null && this.#producer.state === 'Ready';
  }

  get #isInTransaction(): boolean {
    return this.#idle && this.#producer.state === 'InTransaction';
  }

  #block(
    op: number,
    call: (returned: (result: CallResult, identity?: ProducerIdentity) => void) => void,
    end: 'commit' | 'abort' | null = null,
  ): void {
    this.#blocked = true;
    this.#outstanding += 1;
    call((result, identity) => {
      this.#blocked = false;
      this.#outstanding -= 1;
      this.#complete(op, result, identity);
      if (end !== null && result.status === 'ok') this.#application?.transactionEnded(end);
    });
  }

  #complete(op: number, result: CallResult, identity?: ProducerIdentity): void {
    if (result.status === 'error') {
      const { outcome, errorCode, kind } = result.error;
      this.#calls.error(op, outcome, errorCode ?? kind);
    } else if (result.offset === undefined) {
      this.#calls.ok(op, identity);
    } else {
      this.#calls.ok(op, { offset: result.offset });
    }
  }
}
