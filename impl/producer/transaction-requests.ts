/**
 * Requests to the transaction coordinator (TransactionManager.java, TxnRequestHandler and nextRequest): a priority
 * queue of which one request is in flight, looked up and sent again until it is answered for good.
 */

import type { BrokerId, ProducerIdentity, TopicPartition } from '../../protocol/ids.ts';
import type { ApiName, Request, RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import { END_TXN_TV2 } from '../../protocol/transaction-version.ts';
import type { ClientError, Outcome } from './call-result.ts';
import type { RequestErrorTable } from './error-handling.ts';
import type { Operation } from './operation.ts';
import type { Producer } from './producer.ts';

/** TxnRequestHandler.Priority. */
const FIND_COORDINATOR = 0;
const INIT_PRODUCER_ID = 1;
const ADD_PARTITIONS = 2;
const END_TXN = 3;
const EPOCH_BUMP = 4;

/** Versions without meaning for the protocol's rules are the newest whose fields are named. */
const FIND_COORDINATOR_VERSION = 6;
const ADD_PARTITIONS_VERSION = 3;
const INIT_PRODUCER_ID_VERSION = 5;
/** Before InitProducerId v3 no identity can be presented (KIP-360). */
const INIT_PRODUCER_ID_WITHOUT_IDENTITY_VERSION = 1;
const END_TXN_TV1 = 4;
/** InitProducerId without a transactional id (TransactionManager.bumpIdempotentEpochAndResetIdIfNeeded). */
const NO_TRANSACTION_TIMEOUT_MS = 2_147_483_647;

export type TransactionalMessage = Extract<
  Request,
  { api: 'FindCoordinator' | 'InitProducerId' | 'AddPartitionsToTxn' | 'EndTxn' }
>;

export interface TransactionalRequest {
  readonly message: TransactionalMessage;
  readonly priority: number;
  /** Row of the error tables. */
  readonly errors: RequestErrorTable;
  /** The blocked call that waits for it. */
  readonly operation: Operation | null;
  attempts: number;
  /** To wait before it is sent again; 0: it was not sent yet. */
  backoffMs: number;
  /** An attempt ended without saying whether it took effect. */
  ambiguous: boolean;
}

/** What is known of a request that ends in an error: one that was sent again may have taken effect the first time. */
export function outcomeOf(request: TransactionalRequest): Outcome {
  return request.attempts > 1 || request.ambiguous ? 'unknown' : 'failed';
}

export class TransactionalRequests {
  readonly #producer: Producer;
  readonly #queue: TransactionalRequest[] = [];
  #inFlight: TransactionalRequest | null = null;
  #coordinator: BrokerId | null = null;
  /** Brokers asked so far: each attempt asks the next. */
  #asked = 0;

  constructor(producer: Producer) {
    this.#producer = producer;
  }

  /** A request is unanswered, or about to be sent again. */
  get inFlight(): boolean {
    return this.#inFlight !== null;
  }

  get isEmpty(): boolean {
    return this.#inFlight === null && this.#queue.length === 0;
  }

  /** Presents `identity` (both -1: none), whose epoch the coordinator then bumps. */
  initProducerId(
    identity: ProducerIdentity,
    isEpochBump: boolean,
    operation: Operation | null,
  ): void {
    const { config } = this.#producer;
    const transactional = config.transactionalId !== null;
    const message: RequestOf<'InitProducerId'> = {
      api: 'InitProducerId',
      apiVersion: config.coordinatorSupportsEpochBump
        ? INIT_PRODUCER_ID_VERSION
        : INIT_PRODUCER_ID_WITHOUT_IDENTITY_VERSION,
      body: {
        transactionalId: config.transactionalId,
        transactionTimeoutMs: transactional
          ? config.transactionTimeoutMs
          : NO_TRANSACTION_TIMEOUT_MS,
        producerId: identity.producerId,
        producerEpoch: identity.producerEpoch,
        enable2Pc: false,
        keepPreparedTxn: false,
      },
    };
    this.#add(message, isEpochBump ? EPOCH_BUMP : INIT_PRODUCER_ID, 'InitProducerId', operation);
  }

  addPartitions(partitions: readonly TopicPartition[]): void {
    const { producerId, producerEpoch } = this.#producer.identity;
    const message: RequestOf<'AddPartitionsToTxn'> = {
      api: 'AddPartitionsToTxn',
      apiVersion: ADD_PARTITIONS_VERSION,
      body: {
        transactions: [
          {
            transactionalId: this.#producer.config.transactionalId ?? '',
            producerId,
            producerEpoch,
            verifyOnly: false,
            partitions,
          },
        ],
      },
    };
    this.#add(message, ADD_PARTITIONS, 'AddPartitionsToTxn', null);
  }

  endTxn(committed: boolean, operation: Operation): void {
    const { config, identity } = this.#producer;
    const message: RequestOf<'EndTxn'> = {
      api: 'EndTxn',
      apiVersion: config.transactionVersion === 2 ? END_TXN_TV2 : END_TXN_TV1,
      body: {
        transactionalId: config.transactionalId ?? '',
        producerId: identity.producerId,
        producerEpoch: identity.producerEpoch,
        committed,
      },
    };
    this.#add(message, END_TXN, committed ? 'EndTxnCommit' : 'EndTxnAbort', operation);
  }

  /** Forgets the coordinator and asks for it before anything else is sent. */
  lookUpCoordinator(): void {
    this.#coordinator = null;
    const message: RequestOf<'FindCoordinator'> = {
      api: 'FindCoordinator',
      apiVersion: FIND_COORDINATOR_VERSION,
      body: { keyType: 'TRANSACTION', key: this.#producer.config.transactionalId ?? '' },
    };
    this.#add(message, FIND_COORDINATOR, 'FindCoordinator', null);
  }

  coordinatorFound(broker: BrokerId): void {
    this.#coordinator = broker;
  }

  /** Sends it again after a pause. */
  retry(request: TransactionalRequest, backoffMs: number): void {
    request.backoffMs = backoffMs;
    this.#insert(request);
  }

  /** Everything queued or in flight ends with this error; an answer that still comes is dropped. */
  failAll(error: ClientError): void {
    const inFlight = this.#inFlight;
    this.#inFlight = null;
    if (inFlight?.operation) {
      const outcome = inFlight.attempts > 0 ? 'unknown' : 'failed';
      this.#producer.fail(inFlight.operation, error, outcome);
    }
    for (const request of this.#queue.splice(0)) this.#failQueued(request, error);
  }

  /** Sends the next request unless one is in flight, the queue is empty, or it must wait for batches. */
  sendNext(): void {
    while (this.#inFlight === null) {
      const request = this.#next();
      if (request === null) return;
      if (this.#needsCoordinator(request) && this.#coordinator === null) {
        this.#insert(request);
        this.lookUpCoordinator();
        continue;
      }
      this.#inFlight = request;
      if (request.backoffMs === 0) this.#send(request);
      else this.#sendLater(request);
    }
  }

  #next(): TransactionalRequest | null {
    const producer = this.#producer;
    for (;;) {
      producer.enqueueNewPartitions();
      const request = this.#queue[0];
      if (request === undefined) return null;
      const endsTransaction = request.message.api === 'EndTxn';
      if (endsTransaction && producer.decisions.withholdsEndTxn(producer.sender.incomplete))
        return null;
      this.#queue.shift();
      if (producer.lastError !== null && this.#mustNotSend(request)) {
        this.#failQueued(request, producer.lastError);
      } else if (endsTransaction && producer.decisions.endsLocally(producer.transactionStarted)) {
        producer.completeTransaction(request.operation);
      } else {
        return request;
      }
    }
  }

  /** TransactionManager.maybeTerminateRequestWithError. */
  #mustNotSend(request: TransactionalRequest): boolean {
    const { state } = this.#producer;
    if (state === 'FatalError') return true;
    return state === 'AbortableError' && request.message.api !== 'FindCoordinator';
  }

  #failQueued(request: TransactionalRequest, error: ClientError): void {
    if (request.operation === null) return;
    // It was sent at least once if it waits to be sent again.
    const outcome = request.attempts > 0 ? 'unknown' : 'failed';
    this.#producer.fail(request.operation, error, outcome);
  }

  #needsCoordinator(request: TransactionalRequest): boolean {
    return (
      request.message.api !== 'FindCoordinator' && this.#producer.config.transactionalId !== null
    );
  }

  #sendLater(request: TransactionalRequest): void {
    this.#producer.ports.timers.after(request.backoffMs, () => {
      if (this.#inFlight === request) this.#send(request);
    });
  }

  #send(request: TransactionalRequest): void {
    const { handlers } = this.#producer;
    const { message } = request;
    request.attempts += 1;
    switch (message.api) {
      case 'FindCoordinator':
        return this.#call(request, message, handlers.findCoordinatorAnswered);
      case 'InitProducerId':
        return this.#call(request, message, handlers.initProducerIdAnswered);
      case 'AddPartitionsToTxn':
        return this.#call(request, message, handlers.addPartitionsAnswered);
      case 'EndTxn':
        return this.#call(request, message, handlers.endTxnAnswered);
    }
  }

  #call<Api extends ApiName>(
    request: TransactionalRequest,
    message: RequestOf<Api>,
    answered: (
      producer: Producer,
      request: TransactionalRequest,
      response: ResponseOf<Api>,
    ) => void,
  ): void {
    const producer = this.#producer;
    const { config, ports } = producer;
    ports.outbound.call(this.#target(request), message, config.requestTimeoutMs, (response) => {
      if (this.#inFlight !== request) return;
      this.#inFlight = null;
      if (response === null) this.#disconnected(request);
      else answered(producer, request, response);
      producer.run();
    });
  }

  #target(request: TransactionalRequest): BrokerId {
    if (this.#needsCoordinator(request) && this.#coordinator !== null) return this.#coordinator;
    const { bootstrap } = this.#producer.ports;
    const broker = bootstrap[this.#asked % bootstrap.length]!;
    this.#asked += 1;
    return broker;
  }

  #disconnected(request: TransactionalRequest): void {
    request.ambiguous = true;
    if (this.#needsCoordinator(request)) this.lookUpCoordinator();
    this.retry(request, this.#producer.config.retryBackoffMs);
  }

  #add(
    message: TransactionalMessage,
    priority: number,
    errors: RequestErrorTable,
    operation: Operation | null,
  ): void {
    this.#insert({
      message,
      priority,
      errors,
      operation,
      attempts: 0,
      backoffMs: 0,
      ambiguous: false,
    });
  }

  /** By priority, and among equals in order of arrival. */
  #insert(request: TransactionalRequest): void {
    let index = this.#queue.length;
    while (index > 0 && this.#queue[index - 1]!.priority > request.priority) index -= 1;
    this.#queue.splice(index, 0, request);
  }
}
