/**
 * The producer client, transactional or idempotent only, as the Java client is: KafkaProducer.java's calls on
 * TransactionManager.java's states. Nothing blocks: a call takes a callback, which is called exactly once, before
 * the call returns if the call is not allowed. KIP-98, KIP-360, KIP-890.
 *
 * Java's sender thread is `run`: it is called after everything that happens and does whatever can be done.
 */

import {
  NO_IDENTITY,
  NO_PRODUCER_ID,
  type ProducerIdentity,
  type TopicPartition,
} from '../../protocol/ids.ts';
import type { CommittedOffset } from '../../protocol/messages/txn-offset-commit.ts';
import type { DataRecord } from '../../protocol/records.ts';
import type { ProducerState } from '../../protocol/states.ts';
import { newBatch } from './batch.ts';
import {
  failure,
  illegalState,
  OK,
  type CallResult,
  type ClientError,
  type Done,
} from './call-result.ts';
import type { ProducerConfig, ProducerPorts } from './config.ts';
import { DECISIONS, type ProducerDecisions } from './decisions.ts';
import { HANDLERS, type ProducerHandlers } from './handlers.ts';
import { newOperation, Operations, type Operation, type OperationName } from './operation.ts';
import { Sender } from './sender.ts';
import { TransactionPartitions } from './transaction-partitions.ts';
import { TransactionalRequests } from './transaction-requests.ts';
import { txnOffsetCommit, type ConsumerGroupMetadata } from './transactional-messages.ts';

export interface ProducerOptions {
  readonly config: ProducerConfig;
  readonly ports: ProducerPorts;
  readonly decisions?: ProducerDecisions;
  readonly handlers?: ProducerHandlers;
}

const TRANSACTION_ABORTED: ClientError = {
  kind: 'abortable',
  errorCode: null,
  message: 'the transaction was aborted before the record was sent',
  outcome: 'failed',
};

const ILLEGAL_TRANSITION: ClientError = {
  kind: 'fatal',
  errorCode: null,
  message: 'an answer led to an illegal transition of the producer',
  outcome: 'unknown',
};

export class Producer {
  readonly config: ProducerConfig;
  readonly ports: ProducerPorts;
  readonly decisions: ProducerDecisions;
  readonly handlers: ProducerHandlers;
  readonly sender: Sender;
  readonly requests: TransactionalRequests;
  readonly operations: Operations;
  readonly partitions = new TransactionPartitions();
  identity: ProducerIdentity = NO_IDENTITY;
  /** The coordinator may have something to end. */
  transactionStarted = false;
  /** An InitProducerId must follow the end of the transaction. */
  #epochBumpRequired = false;
  #state: ProducerState = 'Uninitialized';
  #lastError: ClientError | null = null;
  #closing = false;
  #running = false;
  #runAgain = false;
  readonly #deliveries: { readonly done: Done; readonly result: CallResult }[] = [];

  constructor(options: ProducerOptions) {
    this.config = options.config;
    this.ports = options.ports;
    this.decisions = options.decisions ?? DECISIONS;
    this.handlers = options.handlers ?? HANDLERS;
    this.sender = new Sender(this);
    this.requests = new TransactionalRequests(this);
    this.operations = new Operations(this);
  }

  get state(): ProducerState {
    return this.#state;
  }

  /** Why the producer is in an error state; null in any other. */
  get lastError(): ClientError | null {
    return this.#lastError;
  }

  get isTransactional(): boolean {
    return this.config.transactionalId !== null;
  }

  /** TransactionManager.clientSideEpochBumpRequired. */
  get isEpochBumpRequired(): boolean {
    return this.#epochBumpRequired;
  }

  get isCompleting(): boolean {
    return this.#state === 'CommittingTransaction' || this.#state === 'AbortingTransaction';
  }

  /** Obtains an identity and fences older instances of the transactional id (KIP-98). */
  initTransactions(done: Done): void {
    this.#operate('initTransactions', 'Initializing', done, (operation) => {
      this.transitionTo('Initializing');
      this.requests.initProducerId(NO_IDENTITY, false, operation);
    });
  }

  /** Starts a transaction; no request is sent. */
  beginTransaction(): CallResult {
    const refusal = this.#refusal('beginTransaction', 'InTransaction');
    if (refusal !== null) return refusal;
    this.transitionTo('InTransaction');
    return OK;
  }

  /** Sends one record; `ok` carries its offset, -1 if the leader no longer knew it. */
  send(partition: TopicPartition, record: DataRecord, done: Done): void {
    const refusal = this.#additionRefusal('send');
    if (refusal !== null) return done(refusal);
    if (this.isTransactional && this.config.transactionVersion === 2) {
      this.partitions.add(partition);
      this.transactionStarted = true;
    } else if (this.isTransactional) {
      this.partitions.use(partition);
    }
    const deadlineMs = this.ports.clock.nowMs() + this.config.deliveryTimeoutMs;
    this.sender.enqueue(newBatch({ partition, record, deadlineMs, done }));
    this.run();
  }

  /** Commits consumer offsets (the next to read) with the transaction (KIP-98, KIP-447). */
  sendOffsetsToTransaction(
    offsets: readonly CommittedOffset[],
    group: ConsumerGroupMetadata,
    done: Done,
  ): void {
    const refusal = this.isTransactional
      ? this.#additionRefusal('sendOffsetsToTransaction')
      : illegalState('sendOffsetsToTransaction needs a transactional id');
    if (refusal !== null) return done(refusal);
    if (group.generationId > 0 && group.memberId === '') {
      return done(illegalState('a group generation without a member id'));
    }
    if (offsets.length === 0) return done(OK);
    const operation = newOperation('sendOffsetsToTransaction');
    if (this.config.transactionVersion === 2) {
      this.transactionStarted = true;
      const message = txnOffsetCommit(this.config, this.identity, group, offsets);
      this.requests.commitOffsets(message, operation);
    } else {
      this.requests.addOffsets(group, offsets, operation);
    }
    this.operations.await(operation, done);
  }

  /** Waits for every record's result, then commits; fails without asking the coordinator if a record failed. */
  commitTransaction(done: Done): void {
    this.#operate('commitTransaction', 'CommittingTransaction', done, (operation) => {
      this.transitionTo('CommittingTransaction');
      this.enqueueNewPartitions();
      this.requests.endTxn(true, operation);
    });
  }

  /** Aborts; the only call that is left after an abortable error. */
  abortTransaction(done: Done): void {
    this.#operate('abortTransaction', 'AbortingTransaction', done, (operation) => {
      this.#abort(operation);
    });
  }

  /** Lets pending records and calls finish, then aborts a transaction that is still open (Sender.run). */
  close(): void {
    this.#closing = true;
    this.run();
  }

  // What follows is for the handlers.

  /** Java's sender loop: does whatever can be done, then tells the application its results. */
  run(): void {
    this.#runAgain = true;
    if (this.#running) return;
    this.#running = true;
    while (this.#runAgain) {
      this.#runAgain = false;
      this.#runOnce();
      if (this.#deliveries.length === 0) continue;
      for (const { done, result } of this.#deliveries.splice(0)) done(result);
    }
    this.#running = false;
  }

  #runOnce(): void {
    this.sender.resolveSequences();
    if (this.#state === 'FatalError') {
      const error = this.#lastError ?? ILLEGAL_TRANSITION;
      this.requests.failAll(error);
      this.sender.abortAll(error);
      return;
    }
    if (!this.isTransactional) this.#maintainIdentity();
    if (this.#closing) this.#abortOpenTransaction();
    const abandoned = this.#state === 'AbortableError' || this.#state === 'AbortingTransaction';
    if (abandoned && !this.requests.inFlight) {
      this.sender.abortUndrained(this.#lastError ?? TRANSACTION_ABORTED);
    }
    this.requests.sendNext();
    this.sender.drain();
  }

  /** TransactionManager.bumpIdempotentEpochAndResetIdIfNeeded. */
  #maintainIdentity(): void {
    this.sender.bumpEpochIfRequested();
    if (this.#state !== 'Uninitialized' || this.sender.incomplete === 0) return;
    this.transitionTo('Initializing');
    this.requests.initProducerId(NO_IDENTITY, false, null);
  }

  #abortOpenTransaction(): void {
    const open = this.#state === 'InTransaction' || this.#state === 'AbortableError';
    if (open && this.sender.incomplete === 0 && this.requests.isEmpty) {
      this.#abort(newOperation('abortTransaction'));
    }
  }

  #abort(operation: Operation): void {
    this.transitionTo('AbortingTransaction');
    this.partitions.dropUnasked();
    this.requests.endTxn(false, operation);
  }

  /** Tells the application a result, once the producer has come to rest. */
  deliver(done: Done, result: CallResult): void {
    this.#deliveries.push({ done, result });
    this.#runAgain = true;
  }

  /** An illegal transition that no call of the application asked for poisons the producer (KAFKA-14831). */
  transitionTo(target: ProducerState, error: ClientError | null = null): void {
    if (this.decisions.mayTransition(this.#state, target)) {
      this.#state = target;
      this.#lastError = error;
    } else if (this.#state !== 'FatalError') {
      this.#state = 'FatalError';
      this.#lastError = ILLEGAL_TRANSITION;
    }
  }

  fatalError(error: ClientError): void {
    if (this.#state !== 'FatalError') this.transitionTo('FatalError', error);
  }

  /** Has the epoch bumped after the transaction, if that takes a request of the client (KIP-360). */
  requireEpochBump(): void {
    if (this.decisions.epochRecovery(this.config) === 'init-producer-id') {
      this.#epochBumpRequired = true;
    }
  }

  /** TransactionManager.transitionToUninitialized: everything fails and the producer may be initialised again. */
  uninitialize(operation: Operation | null, error: ClientError): void {
    if (operation !== null) this.operations.fail(operation, error, error.outcome);
    this.requests.failAll(error);
    this.sender.abortAll(error);
    this.transitionTo('AbortableError', error);
    this.transitionTo('Uninitialized');
  }

  /** Takes the identity that the coordinator gave; a new one starts every sequence at 0. */
  adoptIdentity(identity: ProducerIdentity): void {
    this.identity = identity;
    if (this.isTransactional) this.sender.resetSequences(identity);
    else this.sender.identityObtained(identity);
  }

  /** An idempotent producer's last epoch is used up: it needs another producer id. */
  forgetIdentity(): void {
    this.identity = NO_IDENTITY;
    this.transitionTo('Uninitialized');
  }

  /** TransactionManager.resetTransactionState, followed by the epoch bump if one is due. */
  completeTransaction(operation: Operation | null): void {
    const bump = this.#epochBumpRequired;
    this.#epochBumpRequired = false;
    this.transactionStarted = false;
    this.partitions.reset(this.decisions.partitionsAfterCompletion(this.partitions.added));
    this.transitionTo(bump ? 'Initializing' : 'Ready');
    if (bump) this.requests.initProducerId(this.identity, true, operation);
    else if (operation !== null) this.operations.succeed(operation);
  }

  /** Sends the partitions used since the last AddPartitionsToTxn, all in one (TransactionManager.nextRequest). */
  enqueueNewPartitions(): void {
    const partitions = this.partitions.takeUnasked();
    if (partitions.length > 0) this.requests.addPartitions(partitions);
  }

  /** The coordinator has these in the transaction. */
  partitionsAdded(partitions: readonly TopicPartition[]): void {
    this.partitions.confirm(partitions);
    this.transactionStarted = true;
  }

  mayDrain(partition: TopicPartition): boolean {
    return this.decisions.mayDrain({
      added: !this.isTransactional || this.partitions.added.includes(partition),
      pendingAdd: this.partitions.isPending(partition),
      requestInFlight: this.requests.inFlight,
    });
  }

  /** TransactionManager.handleCachedTransactionRequestResult. */
  #operate(
    name: OperationName,
    target: ProducerState,
    done: Done,
    start: (operation: Operation) => void,
  ): void {
    const resumed = this.operations.resumed(name);
    if (resumed !== null) return this.operations.await(resumed, done);
    const refusal = this.#refusal(name, target);
    if (refusal !== null) return done(refusal);
    const operation = this.operations.begin(name);
    start(operation);
    this.operations.await(operation, done);
  }

  /** Why a transactional call that leads to `target` is not allowed; null if it is. */
  #refusal(call: string, target: ProducerState): CallResult | null {
    if (this.#closing) return illegalState(`${call} after close`);
    if (!this.isTransactional) return illegalState(`${call} needs a transactional id`);
    const { pending } = this.operations;
    if (pending !== null) {
      return illegalState(
        `${call} before the result of ${pending.name}, which must be called again`,
      );
    }
    const recovers = this.#state === 'AbortableError' && target === 'AbortingTransaction';
    if (this.#lastError !== null && !recovers) return failure(this.#lastError, 'failed');
    if (this.decisions.mayTransition(this.#state, target)) return null;
    return illegalState(`${call} in state ${this.#state}`);
  }

  /** TransactionManager.maybeAddPartition and sendOffsetsToTransaction: why nothing may be added now; null if it may. */
  #additionRefusal(call: string): CallResult | null {
    if (this.#closing) return illegalState(`${call} after close`);
    if (this.#lastError !== null) return failure(this.#lastError, 'failed');
    if (!this.isTransactional) return null;
    const { pending } = this.operations;
    if (pending !== null) return illegalState(`${call} before the result of ${pending.name}`);
    if (this.#state !== 'InTransaction') return illegalState(`${call} in state ${this.#state}`);
    if (this.identity.producerId !== NO_PRODUCER_ID) return null;
    return illegalState(`${call} without an identity`);
  }
}
