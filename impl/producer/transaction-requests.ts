/**
 * Requests to the coordinators (TransactionManager.java, TxnRequestHandler and nextRequest): a priority queue of
 * which one request is in flight, its coordinator looked up first, sent again until it is answered for good.
 */

import type { BrokerId, ProducerIdentity, TopicPartition } from '../../protocol/ids.ts';
import type { ApiName, Request, RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { CommittedOffset } from '../../protocol/messages/txn-offset-commit.ts';
import type { ClientError, Outcome } from './call-result.ts';
import type { RequestErrorTable } from './error-handling.ts';
import type { Operation } from './operation.ts';
import type { Producer } from './producer.ts';
import {
  addOffsets,
  addPartitions,
  endTxn,
  findCoordinator,
  initProducerId,
  txnOffsetCommit,
  type ConsumerGroupMetadata,
} from './transactional-messages.ts';

/** TxnRequestHandler.Priority. */
const FIND_COORDINATOR = 0;
const INIT_PRODUCER_ID = 1;
const ADD_PARTITIONS_OR_OFFSETS = 2;
const END_TXN = 3;
const EPOCH_BUMP = 4;

export type TransactionalMessage = Extract<
  Request,
  {
    api:
      | 'FindCoordinator'
      | 'InitProducerId'
      | 'AddPartitionsToTxn'
      | 'AddOffsetsToTxn'
      | 'TxnOffsetCommit'
      | 'EndTxn';
  }
>;

export interface TransactionalRequest {
  readonly message: TransactionalMessage;
  readonly priority: number;
  readonly errors: RequestErrorTable;
  /** The blocked call that waits for it. */
  readonly operation: Operation | null;
  /** What follows AddOffsetsToTxn. */
  readonly next: RequestOf<'TxnOffsetCommit'> | null;
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
  #transactionCoordinator: BrokerId | null = null;
  readonly #groupCoordinators = new Map<string, BrokerId>();
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

  /** What is in flight, waits to be sent again, or has not had its turn. */
  get unfinished(): readonly TransactionalMessage[] {
    const queued = this.#queue.map(({ message }) => message);
    return this.#inFlight === null ? queued : [this.#inFlight.message, ...queued];
  }

  /** Presents `identity` (both -1: none), whose epoch the coordinator then bumps. */
  initProducerId(
    identity: ProducerIdentity,
    isEpochBump: boolean,
    operation: Operation | null,
  ): void {
    const message = initProducerId(this.#producer.config, identity);
    this.#add(message, isEpochBump ? EPOCH_BUMP : INIT_PRODUCER_ID, 'InitProducerId', operation);
  }

  addPartitions(partitions: readonly TopicPartition[]): void {
    const { config, identity } = this.#producer;
    const message = addPartitions(config, identity, partitions);
    this.#add(message, ADD_PARTITIONS_OR_OFFSETS, 'AddPartitionsToTxn', null);
  }

  /** TV1: adds the group's offsets partition to the transaction, then commits the offsets to the group. */
  addOffsets(
    group: ConsumerGroupMetadata,
    offsets: readonly CommittedOffset[],
    operation: Operation,
  ): void {
    const { config, identity } = this.#producer;
    const message = addOffsets(config, identity, group.groupId);
    const next = txnOffsetCommit(config, identity, group, offsets);
    this.#add(message, ADD_PARTITIONS_OR_OFFSETS, 'AddOffsetsToTxn', operation, next);
  }

  commitOffsets(message: RequestOf<'TxnOffsetCommit'>, operation: Operation | null): void {
    this.#add(message, ADD_PARTITIONS_OR_OFFSETS, 'TxnOffsetCommit', operation);
  }

  endTxn(committed: boolean, operation: Operation): void {
    const message = endTxn(this.#producer.config, this.#producer.identity, committed);
    this.#add(message, END_TXN, committed ? 'EndTxnCommit' : 'EndTxnAbort', operation);
  }

  /** Forgets the coordinator that a request goes to, and asks for it before anything else is sent. */
  lookUpCoordinator(request: TransactionalRequest): void {
    if (request.message.api === 'TxnOffsetCommit') {
      const { groupId } = request.message.body;
      this.#groupCoordinators.delete(groupId);
      this.#find('GROUP', groupId);
    } else {
      this.#transactionCoordinator = null;
      this.#find('TRANSACTION', this.#producer.config.transactionalId ?? '');
    }
  }

  #find(keyType: 'GROUP' | 'TRANSACTION', key: string): void {
    this.#add(findCoordinator(keyType, key), FIND_COORDINATOR, 'FindCoordinator', null);
  }

  coordinatorFound(request: TransactionalRequest, broker: BrokerId): void {
    if (request.message.api !== 'FindCoordinator') return;
    const { keyType, key } = request.message.body;
    if (keyType === 'GROUP') this.#groupCoordinators.set(key, broker);
    else this.#transactionCoordinator = broker;
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
    if (inFlight !== null) this.#fail(inFlight, error);
    for (const request of this.#queue.splice(0)) this.#fail(request, error);
  }

  /** Sends the next request unless one is in flight, the queue is empty, or it must wait for batches. */
  sendNext(): void {
    while (this.#inFlight === null) {
      const request = this.#next();
      if (request === null) return;
      if (this.#target(request) === null) {
        this.#insert(request);
        this.lookUpCoordinator(request);
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
      if (endsTransaction && producer.decisions.withholdsEndTxn(producer.sender.incomplete)) {
        return null;
      }
      this.#queue.shift();
      if (producer.lastError !== null && this.#mustNotSend(request)) {
        this.#fail(request, producer.lastError);
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

  /** Its outcome is unknown if it was sent, however that ended. */
  #fail(request: TransactionalRequest, error: ClientError): void {
    if (request.operation === null) return;
    const outcome = request.attempts > 0 ? 'unknown' : 'failed';
    this.#producer.operations.fail(request.operation, error, outcome);
  }

  /** The broker to send to; null while its coordinator is not known. */
  #target(request: TransactionalRequest): BrokerId | null {
    const { message } = request;
    const { config, ports } = this.#producer;
    if (message.api === 'TxnOffsetCommit') {
      return this.#groupCoordinators.get(message.body.groupId) ?? null;
    }
    if (message.api !== 'FindCoordinator' && config.transactionalId !== null) {
      return this.#transactionCoordinator;
    }
    return ports.bootstrap[this.#asked % ports.bootstrap.length]!;
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
      case 'AddOffsetsToTxn':
        return this.#call(request, message, handlers.addOffsetsAnswered);
      case 'TxnOffsetCommit':
        return this.#call(request, message, handlers.txnOffsetCommitAnswered);
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
    const target = this.#target(request)!;
    if (!this.#hasCoordinator(request)) this.#asked += 1;
    producer.ports.outbound.call(target, message, producer.config.requestTimeoutMs, (response) => {
      if (this.#inFlight !== request) return;
      this.#inFlight = null;
      if (response === null) this.#disconnected(request);
      else answered(producer, request, response);
      producer.run();
    });
  }

  #hasCoordinator(request: TransactionalRequest): boolean {
    return (
      request.message.api !== 'FindCoordinator' && this.#producer.config.transactionalId !== null
    );
  }

  #disconnected(request: TransactionalRequest): void {
    request.ambiguous = true;
    if (this.#hasCoordinator(request)) this.lookUpCoordinator(request);
    this.retry(request, this.#producer.config.retryBackoffMs);
  }

  #add(
    message: TransactionalMessage,
    priority: number,
    errors: RequestErrorTable,
    operation: Operation | null,
    next: RequestOf<'TxnOffsetCommit'> | null = null,
  ): void {
    this.#insert({
      message,
      priority,
      errors,
      operation,
      next,
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
