/** Turns what a simulated run shows into the client history: every attempt of a producer and what it was answered. */

import { SimulationObserver } from '../../impl/simulation/observer.ts';
import type { Endpoint, Message } from '../../impl/simulation/network.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { ProducerIdentity } from '../../protocol/ids.ts';
import type { Request, Response, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { Attempt, HistoryEvent } from '../../reports/evidence/history.ts';
import type { TraceEvent } from '../../reports/evidence/trace.ts';
import type { Scheduler } from '../../impl/simulation/scheduler.ts';

export class RunObserver extends SimulationObserver {
  readonly history: HistoryEvent[] = [];
  readonly scheduler: Scheduler;
  /** Endpoints whose attempts are part of the history: the producers'. */
  readonly #producers = new Set<Endpoint>();
  /** By message. */
  readonly #requestNumbers: (number | undefined)[] = [];
  #requests = 0;

  constructor(scheduler: Scheduler) {
    super();
    this.scheduler = scheduler;
  }

  watch(producer: Endpoint): void {
    this.#producers.add(producer);
  }

  /** Everything that happened, where a subclass records it. */
  get trace(): readonly TraceEvent[] {
    return [];
  }

  stepStarted(_index: number): void {}
  stepTaken(_index: number, _taken: boolean): void {}
  clockMoved(_fromMs: number): void {}

  /** Records an event of the history. */
  record(event: HistoryEvent): void {
    this.history.push(event);
  }

  override requestSent(message: Message): void {
    if (!this.#producers.has(message.sender)) return;
    const number = this.#requests;
    this.#requests += 1;
    this.#requestNumbers[message.id] = number;
    this.record(requestEvent(message.request, this.scheduler.nowMs(), message.sender.name, number));
  }

  override responseDelivered(message: Message): void {
    this.#answered(message, errorOf(message.request, message.response!));
  }

  override disconnected(message: Message): void {
    this.#answered(message, null);
  }

  override requestDuplicated(message: Message, _copy: Message): void {
    const request = this.#requestNumbers[message.id];
    if (request === undefined) return;
    const time = this.scheduler.nowMs();
    this.record({ type: 'copy', time, process: message.sender.name, request });
  }

  #answered(message: Message, errorCode: ErrorCode | null): void {
    const request = this.#requestNumbers[message.id];
    if (request === undefined) return;
    this.record({
      type: 'response',
      time: this.scheduler.nowMs(),
      process: message.sender.name,
      request,
      errorCode,
    });
  }
}

/** Written out case by case: this runs for every request of every scenario, and spreading costs ten times as much. */
function requestEvent(request: Request, time: number, process: string, number: number): Attempt {
  const { api, apiVersion } = request;
  switch (request.api) {
    case 'Produce': {
      const { partition, batch } = request.body.partitions[0]!;
      const { producerId, producerEpoch, baseSequence } = batch;
      return {
        type: 'request',
        time,
        process,
        request: number,
        api,
        apiVersion,
        producerId,
        producerEpoch,
        partition,
        baseSequence,
      };
    }
    case 'InitProducerId':
      return identifiedEvent(request, time, process, number, request.body);
    case 'EndTxn': {
      const { producerId, producerEpoch, committed } = request.body;
      return {
        type: 'request',
        time,
        process,
        request: number,
        api,
        apiVersion,
        producerId,
        producerEpoch,
        committed,
      };
    }
    case 'AddPartitionsToTxn':
      return identifiedEvent(request, time, process, number, request.body.transactions[0]!);
    case 'AddOffsetsToTxn':
    case 'TxnOffsetCommit':
      return identifiedEvent(request, time, process, number, request.body);
    default:
      return { type: 'request', time, process, request: number, api, apiVersion };
  }
}

/** Of a request of which nothing else matters than on whose behalf it is sent. */
function identifiedEvent(
  { api, apiVersion }: Request,
  time: number,
  process: string,
  number: number,
  { producerId, producerEpoch }: ProducerIdentity,
): Attempt {
  return {
    type: 'request',
    time,
    process,
    request: number,
    api,
    apiVersion,
    producerId,
    producerEpoch,
  };
}

/** The first error that a response carries, or NONE. */
export function errorOf(request: Request, response: Response): ErrorCode {
  switch (request.api) {
    case 'Produce':
    case 'Fetch':
    case 'ListOffsets':
    case 'TxnOffsetCommit':
    case 'OffsetCommit':
      return firstError((response as ResponseOf<'Produce'>).partitions);
    case 'AddPartitionsToTxn': {
      const { errorCode, results } = response as ResponseOf<'AddPartitionsToTxn'>;
      return errorCode === 'NONE' ? firstErrorWithin(results) : errorCode;
    }
    case 'WriteTxnMarkers':
      return firstErrorWithin((response as ResponseOf<'WriteTxnMarkers'>).markers);
    case 'DescribeTransactions':
      return firstError((response as ResponseOf<'DescribeTransactions'>).transactionStates);
    case 'Metadata':
      return firstError((response as ResponseOf<'Metadata'>).topics);
    default:
      return (response as ResponseOf<'EndTxn'>).errorCode;
  }
}

function firstError(results: readonly { readonly errorCode: ErrorCode }[]): ErrorCode {
  for (const { errorCode } of results) if (errorCode !== 'NONE') return errorCode;
  return 'NONE';
}

function firstErrorWithin(
  results: readonly { readonly partitions: readonly { readonly errorCode: ErrorCode }[] }[],
): ErrorCode {
  for (const { partitions } of results) {
    const errorCode = firstError(partitions);
    if (errorCode !== 'NONE') return errorCode;
  }
  return 'NONE';
}
