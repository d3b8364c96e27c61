/**
 * Calls that block until the coordinator has answered, at most max.block.ms (TransactionalRequestResult.java and
 * TransactionManager.pendingTransition).
 */

import {
  failure,
  OK,
  type CallResult,
  type ClientError,
  type Done,
  type Outcome,
} from './call-result.ts';
import type { Producer } from './producer.ts';

export type OperationName =
  | 'initTransactions'
  | 'sendOffsetsToTransaction'
  | 'commitTransaction'
  | 'abortTransaction';

export interface Operation {
  readonly name: OperationName;
  result: CallResult | null;
  /** The application was told the result; until then only the same call may be made. */
  acknowledged: boolean;
  /** The caller that waits; null after max.block.ms. */
  done: Done | null;
  cancelTimeout: (() => void) | null;
}

export function newOperation(name: OperationName): Operation {
  return { name, result: null, acknowledged: false, done: null, cancelTimeout: null };
}

export class Operations {
  readonly #producer: Producer;
  /** A change of state whose result the application has not been told. */
  #pending: Operation | null = null;

  constructor(producer: Producer) {
    this.#producer = producer;
  }

  get pending(): Operation | null {
    if (this.#pending?.acknowledged === true) this.#pending = null;
    return this.#pending;
  }

  /** The operation that the same call, made again, waits for; null if there is none. */
  resumed(name: OperationName): Operation | null {
    const { pending } = this;
    return pending !== null && pending.name === name && pending.done === null ? pending : null;
  }

  /** The application must collect the result of this one before it makes another call. */
  begin(name: OperationName): Operation {
    this.#pending = newOperation(name);
    return this.#pending;
  }

  /** Has `done` told the result, at most max.block.ms from now. */
  await(operation: Operation, done: Done): void {
    if (operation.result !== null) {
      operation.acknowledged = true;
      return done(operation.result);
    }
    const producer = this.#producer;
    operation.done = done;
    operation.cancelTimeout = producer.ports.timers.after(producer.config.maxBlockMs, () => {
      operation.cancelTimeout = null;
      producer.handlers.callTimedOut(producer, operation);
      producer.run();
    });
    producer.run();
  }

  succeed(operation: Operation): void {
    this.#settle(operation, OK);
  }

  fail(operation: Operation, error: ClientError, outcome: Outcome): void {
    this.#settle(operation, failure(error, outcome));
  }

  /** Tells a waiting caller `result`, which need not be the operation's own. */
  answer(operation: Operation, result: CallResult): void {
    const { done } = operation;
    operation.done = null;
    operation.cancelTimeout?.();
    operation.cancelTimeout = null;
    if (done !== null) this.#producer.deliver(done, result);
  }

  #settle(operation: Operation, result: CallResult): void {
    if (operation.result !== null) return;
    operation.result = result;
    if (operation.done === null) return;
    operation.acknowledged = true;
    this.answer(operation, result);
  }
}
