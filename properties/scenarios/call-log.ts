/** What a process calls and is told, as the history has it. */

import type { Completion, Invocation } from '../../reports/evidence/history.ts';
import type { RunObserver } from './run-observer.ts';

/** Hands out operation numbers, unique within the history. */
export interface OperationNumbers {
  next(): number;
}

type CallOf<Event> = Event extends { readonly call: string }
  ? Omit<Event, 'type' | 'time' | 'process' | 'op'>
  : never;
type Told = Omit<Extract<Completion, { readonly type: 'ok' }>, 'type' | 'time' | 'process' | 'op'>;

export class CallLog {
  readonly process: string;
  readonly #observer: RunObserver;
  readonly #operations: OperationNumbers;

  constructor(process: string, observer: RunObserver, operations: OperationNumbers) {
    this.process = process;
    this.#observer = observer;
    this.#operations = operations;
  }

  /** The operation's number. */
  invoke(call: CallOf<Invocation>): number {
    const op = this.#operations.next();
    this.#observer.record({
      type: 'invoke',
      time: this.#nowMs,
      process: this.process,
      op,
      ...call,
    });
    return op;
  }

  ok(op: number, told?: Told): void {
    const { process } = this;
    const time = this.#nowMs;
    this.#observer.record(
      told === undefined
        ? { type: 'ok', time, process, op }
        : { type: 'ok', time, process, op, ...told },
    );
  }

  /** `failed`: certainly without effect. */
  error(op: number, outcome: 'failed' | 'unknown', error: string): void {
    this.#observer.record({ type: outcome, time: this.#nowMs, process: this.process, op, error });
  }

  crash(): void {
    this.#observer.record({ type: 'crash', time: this.#nowMs, process: this.process });
  }

  get #nowMs(): number {
    return this.#observer.scheduler.nowMs();
  }
}
