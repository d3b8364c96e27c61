/**
 * What the application calls, and what it is told: which calls the model allows, and that each result is the one that the
 * model's state implies. Whether a failed call may have taken effect is the claims' to judge.
 */

import type { CallResult } from '../../impl/producer/call-result.ts';
import type { ProducerCall } from '../../impl/simulation/observer.ts';
import { NO_PRODUCER_ID } from '../../protocol/ids.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { Outcome } from '../../model/producer-state.ts';
import type { SendCall } from './producer-batches.ts';
import type { SpecifiedProducer } from './producer-specified.ts';
import type { ProducerTwin } from './producer-twin.ts';

type CallName = ProducerCall['name'];

const EVENTS = {
  initTransactions: 'InitTransactions',
  beginTransaction: 'BeginTransaction',
  commitTransaction: 'CommitTransaction',
  abortTransaction: 'AbortTransaction',
} as const;

/** What the model tells of the transaction that a call has ended. */
const TOLD: Readonly<Partial<Record<CallName, Outcome>>> = {
  commitTransaction: 'Committed',
  abortTransaction: 'Aborted',
};

/** States in which the model allows no call. */
const UNDER_WAY: readonly string[] = [
  'Initializing',
  'CommittingTransaction',
  'AbortingTransaction',
];

/** States in which no call waits for anything. */
const AT_REST: readonly string[] = ['Ready', 'AbortableError', 'FatalError'];

export interface ProducerCallsOptions {
  readonly twin: ProducerTwin;
  readonly model: SpecifiedProducer;
  readonly transactionVersion: TransactionVersion;
  readonly disagree: (expected: readonly string[], found: string, why: string) => void;
}

export class ProducerCalls {
  readonly #options: ProducerCallsOptions;
  /** The call that blocks its caller. */
  #waiting: CallName | null = null;
  /** Its result is still to come after max.block.ms, and has to be collected first (TransactionManager.pendingTransition). */
  #uncollected: CallName | null = null;
  /** The model does not allow the call of this step. */
  #refused: ProducerCall | null = null;
  /** Records whose fate the current step decides, and whether they were written. */
  readonly #decided = new Map<SendCall, boolean>();

  constructor(options: ProducerCallsOptions) {
    this.#options = options;
  }

  /** `result`: what the call returned at once, if it did. `partition`, `deadlineMs`: of a record. */
  called(
    call: ProducerCall,
    result: CallResult | undefined,
    partition: number,
    deadlineMs: number,
  ): void {
    if (this.#uncollected !== null && call.name === this.#uncollected) this.#resume(call.name);
    else if (this.#uncollected !== null || this.#waiting !== null) {
      // Until it is done the model refuses as well; from then on only that nobody was told stands in the way.
      if (UNDER_WAY.includes(this.#options.twin.value)) this.#feed(call, partition);
      this.#refuse(call, result);
    } else if (!this.#isAllowed(call, result, partition, deadlineMs)) this.#refuse(call, result);
  }

  #feed(call: ProducerCall, partition: number): void {
    const { model } = this.#options;
    if (call.name === 'send') model.feed({ type: 'Send', partition });
    else if (call.name !== 'sendOffsetsToTransaction') model.feed({ type: EVENTS[call.name] });
  }

  #resume(name: CallName): void {
    this.#uncollected = null;
    this.#waiting = name;
  }

  #isAllowed(
    call: ProducerCall,
    result: CallResult | undefined,
    partition: number,
    deadlineMs: number,
  ): boolean {
    const { twin, model, transactionVersion } = this.#options;
    switch (call.name) {
      case 'send': {
        const batch = model.batches.add(call, partition, deadlineMs);
        if (model.send(batch) === 'handled') return true;
        model.batches.remove(batch);
        return false;
      }
      case 'sendOffsetsToTransaction':
        if (twin.value !== 'InTransaction' || twin.context.producerId === NO_PRODUCER_ID) {
          return false;
        }
        // Without offsets there is nothing to do, which is told at once.
        if (result === undefined && transactionVersion === 2) model.offsetsAccepted();
        else if (result?.status === 'error') this.#otherResult('an acceptance', result);
        return true;
      case 'beginTransaction':
        if (model.feed({ type: EVENTS[call.name] }) === 'ignored') return false;
        if (result?.status !== 'ok') this.#otherResult('an acceptance', result);
        return true;
      default:
        if (model.feed({ type: EVENTS[call.name] }) === 'ignored') return false;
        this.#waiting = call.name;
        return true;
    }
  }

  #refuse(call: ProducerCall, result: CallResult | undefined): void {
    this.#refused = call;
    if (result?.status !== 'error') this.#otherResult('a refusal', result);
  }

  #otherResult(expected: string, result: CallResult | undefined): void {
    const found = result === undefined ? 'an acceptance' : textOf(result);
    this.#options.disagree([expected], found, 'the call is answered otherwise');
  }

  /** The fate of a record is known. */
  decide(call: SendCall, isWritten: boolean): void {
    this.#decided.set(call, isWritten);
  }

  /** Something that was called in this step or earlier returns. */
  returned(call: ProducerCall, result: CallResult): void {
    if (call === this.#refused || call.name === 'beginTransaction') return;
    const { twin } = this.#options;
    const isError = result.status === 'error';
    if (call.name !== 'send' && isError && result.error.kind === 'retriable-timeout') {
      // Offsets that come late need not be collected.
      if (call.name === 'sendOffsetsToTransaction') return;
      this.#uncollected = call.name;
      this.#waiting = null;
      return;
    }
    if (isError && (result.error.kind === 'fatal') !== (twin.value === 'FatalError')) {
      this.#unlikeState(result);
    }
    if (call.name === 'send') this.#recordReturned(call, result);
    else if (call.name !== 'sendOffsetsToTransaction') this.#operationReturned(call.name, result);
  }

  #recordReturned(call: SendCall, { status }: CallResult): void {
    const { model, disagree } = this.#options;
    const isWritten = this.#decided.get(call);
    this.#decided.delete(call);
    const dropped = model.batches.takeDropped(call);
    const expected = isWritten ?? (dropped === undefined ? null : false);
    if (expected === null) disagree([], status, 'the fate of the record is not known yet');
    else if (expected !== (status === 'ok')) {
      disagree([expected ? 'ok' : 'error'], status, 'the fate of the record is told otherwise');
    }
  }

  #operationReturned(name: CallName, result: CallResult): void {
    const { value, context } = this.#options.twin;
    this.#waiting = null;
    if (result.status === 'error') {
      if (value !== 'FatalError' && value !== 'AbortableError') this.#unlikeState(result);
      return;
    }
    const told = TOLD[name];
    const last = context.told.at(-1)?.outcome;
    // What could not be initialised is aborted without a transaction.
    const isTold = told === undefined || last === undefined || last === told;
    if (value !== 'Ready' || !isTold) this.#unlikeState(result);
  }

  #unlikeState(result: CallResult): void {
    const { twin, disagree } = this.#options;
    disagree([`what ${twin.value} implies`], textOf(result), 'the application is told otherwise');
  }

  /** `isIdle`: no request of a coordinator's is under way or waits. */
  stepEnded(isIdle: boolean): void {
    const { twin, disagree } = this.#options;
    this.#refused = null;
    if (this.#decided.size > 0) {
      disagree(['the fate of a record'], 'nothing', 'the application is not told');
    } else if (this.#waiting !== null && isIdle && AT_REST.includes(twin.value)) {
      disagree([`a result of ${this.#waiting}`], 'nothing', 'the application is not told');
    }
  }
}

function textOf(result: CallResult): string {
  return result.status === 'ok' ? 'ok' : `${result.error.kind}: ${result.error.message}`;
}
