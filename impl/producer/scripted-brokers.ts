/**
 * A bench for one producer: brokers that answer what a test tells them to, and a clock that moves when it is told
 * to. Requests wait until they are answered, in the order in which they were sent.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { BrokerId, Offset, ProducerIdentity } from '../../protocol/ids.ts';
import type {
  ApiName,
  Request,
  RequestOf,
  Response,
  ResponseOf,
} from '../../protocol/messages/rpc.ts';
import type { CallResult, ClientError } from './call-result.ts';
import { PRODUCER_DEFAULTS, type ProducerConfig } from './config.ts';
import { DECISIONS, type ProducerDecisions } from './decisions.ts';
import { HANDLERS, type ProducerHandlers } from './handlers.ts';
import { Producer } from './producer.ts';
import type { ConsumerGroupMetadata } from './transactional-messages.ts';

interface Outstanding {
  readonly broker: BrokerId;
  readonly request: Request;
  readonly done: (response: Response | null) => void;
}

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

export const COORDINATOR: BrokerId = 1;
export const LEADER: BrokerId = 2;
export const GROUP_COORDINATOR: BrokerId = 3;

export class Bench {
  readonly producer: Producer;
  /** Everything sent so far, as one line each. */
  readonly sent: string[] = [];
  readonly requests: Request[] = [];
  /** Results by the name that the test gave to the call. */
  readonly results: Record<string, CallResult> = {};
  /** Of every partition. */
  leader: BrokerId | null = LEADER;
  #nowMs = 0;
  #timers: Timer[] = [];
  #outstanding: Outstanding[] = [];

  /** With its rules replaced, it is a producer with a defect. */
  constructor(
    config: Partial<ProducerConfig> = {},
    replaced: {
      readonly decisions?: Partial<ProducerDecisions>;
      readonly handlers?: Partial<ProducerHandlers>;
    } = {},
  ) {
    this.producer = new Producer({
      decisions: { ...DECISIONS, ...replaced.decisions },
      handlers: { ...HANDLERS, ...replaced.handlers },
      config: { ...PRODUCER_DEFAULTS, transactionalId: 'id', ...config },
      ports: {
        clock: { nowMs: () => this.#nowMs },
        timers: { after: (delayMs, callback) => this.#after(delayMs, callback) },
        outbound: {
          call: <Api extends ApiName>(
            broker: BrokerId,
            request: RequestOf<Api>,
            _timeoutMs: number,
            done: (response: ResponseOf<Api> | null) => void,
          ) => this.#call(broker, request as unknown as Request, done as Outstanding['done']),
        },
        metadata: { leaderOf: () => this.leader },
        bootstrap: [7, 8],
      },
    });
  }

  /** One line a request that no answer came for yet. */
  get outstanding(): readonly string[] {
    return this.#outstanding.map(({ request }) => line(request));
  }

  /** Answers the oldest outstanding request of an RPC; null closes its connection without an answer. */
  answer<Api extends ApiName>(api: Api, response: ResponseOf<Api> | null): void {
    const index = this.#outstanding.findIndex(({ request }) => request.api === api);
    if (index === -1)
      throw new Error(`no ${api} is outstanding, only ${this.outstanding.join(', ')}`);
    this.#outstanding.splice(index, 1)[0]!.done(response);
  }

  found(errorCode: ErrorCode = 'NONE', coordinator: BrokerId = COORDINATOR): void {
    const nodeId = errorCode === 'NONE' ? coordinator : -1;
    this.answer('FindCoordinator', { errorCode, nodeId });
  }

  identified(producerId: number, producerEpoch: number): void {
    this.answer('InitProducerId', { errorCode: 'NONE', producerId, producerEpoch });
  }

  initRefused(errorCode: ErrorCode): void {
    this.answer('InitProducerId', { errorCode, producerId: -1, producerEpoch: -1 });
  }

  /** Answers AddPartitionsToTxn, each partition with its code in turn. */
  added(...errorCodes: ErrorCode[]): void {
    const next = this.#outstanding.find(({ request }) => request.api === 'AddPartitionsToTxn');
    const body = next?.request.api === 'AddPartitionsToTxn' ? next.request.body : null;
    const partitions = body?.transactions[0]?.partitions ?? [];
    this.answer('AddPartitionsToTxn', {
      errorCode: 'NONE',
      results: [
        {
          transactionalId: 'id',
          partitions: partitions.map((partition, index) => ({
            partition,
            errorCode: errorCodes[index] ?? 'NONE',
          })),
        },
      ],
    });
  }

  /** Answers the oldest Produce: with an offset, or with an error. */
  produced(answer: Offset | ErrorCode, logStartOffset: Offset = -1): void {
    this.answer('Produce', {
      partitions: [
        {
          partition: 'a-0',
          errorCode: typeof answer === 'number' ? 'NONE' : answer,
          baseOffset: typeof answer === 'number' ? answer : -1,
          logAppendTimeMs: -1,
          logStartOffset,
        },
      ],
    });
  }

  ended(errorCode: ErrorCode = 'NONE', identity?: ProducerIdentity): void {
    this.answer('EndTxn', { errorCode, producerId: -1, producerEpoch: -1, ...identity });
  }

  /** initTransactions, answered with this identity. */
  init(producerId = 5, producerEpoch = 0): this {
    this.producer.initTransactions(this.note('init'));
    this.found();
    this.identified(producerId, producerEpoch);
    return this;
  }

  begin(): this {
    this.producer.beginTransaction();
    return this;
  }

  /** Sends a record named by its value. */
  send(value: string, partition = 'a-0'): this {
    this.producer.send(partition, { key: null, value }, this.note(value));
    return this;
  }

  commit(name = 'commit'): this {
    this.producer.commitTransaction(this.note(name));
    return this;
  }

  abort(name = 'abort'): this {
    this.producer.abortTransaction(this.note(name));
    return this;
  }

  /** Commits offset 3 of `in-0`, and any further partitions', for the group g. */
  sendOffsets(name: string, group: Partial<ConsumerGroupMetadata> = {}, ...more: string[]): this {
    const offsets = ['in-0', ...more].map((partition) => ({
      partition,
      committedOffset: 3,
      committedLeaderEpoch: -1,
      committedMetadata: null,
    }));
    const unknown = { groupId: 'g', generationId: -1, memberId: '', groupInstanceId: null };
    const metadata = { ...unknown, ...group };
    this.producer.sendOffsetsToTransaction(offsets, metadata, this.note(name));
    return this;
  }

  /** Answers TxnOffsetCommit, each partition with its code in turn. */
  offsetsCommitted(...errorCodes: ErrorCode[]): void {
    this.answer('TxnOffsetCommit', {
      partitions: errorCodes.map((errorCode, index) => ({ partition: `in-${index}`, errorCode })),
    });
  }

  note(name: string): (result: CallResult) => void {
    return (result) => {
      if (this.results[name] !== undefined) throw new Error(`${name} returned twice`);
      this.results[name] = result;
    };
  }

  /** What the call was told: `ok`, `ok@3`, or `abortable INVALID_TXN_STATE failed`. */
  told(name: string): string {
    const result = this.results[name];
    if (result === undefined) return 'nothing';
    if (result.status === 'ok') return result.offset === undefined ? 'ok' : `ok@${result.offset}`;
    return errorLine(result.error);
  }

  /** Moves the clock, firing timers on the way. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      let due: Timer | undefined;
      for (const timer of this.#timers) {
        if (timer.dueMs <= untilMs && (due === undefined || timer.dueMs < due.dueMs)) due = timer;
      }
      if (due === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, due.dueMs);
      this.#cancel(due);
      due.callback();
    }
    this.#nowMs = untilMs;
  }

  /** Past one retry.backoff.ms. */
  backOff(): void {
    this.advance(PRODUCER_DEFAULTS.retryBackoffMs);
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }

  #call(broker: BrokerId, request: Request, done: (response: Response | null) => void): void {
    this.requests.push(request);
    this.sent.push(`${line(request)} -> ${broker}`);
    this.#outstanding.push({ broker, request, done });
  }

  #after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => this.#cancel(timer);
  }

  #cancel(timer: Timer): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }
}

export function errorLine(error: ClientError | null): string {
  return error === null ? 'none' : `${error.kind} ${error.errorCode ?? '-'} ${error.outcome}`;
}

function line(request: Request): string {
  const name = `${request.api} v${request.apiVersion}`;
  switch (request.api) {
    case 'InitProducerId':
      return `${name} ${request.body.producerId},${request.body.producerEpoch}`;
    case 'AddPartitionsToTxn':
      return `${name} ${request.body.transactions[0]?.partitions.join('+') ?? ''}`;
    case 'EndTxn': {
      const { committed, producerId, producerEpoch } = request.body;
      return `${name} ${committed ? 'commit' : 'abort'} ${producerId},${producerEpoch}`;
    }
    case 'Produce': {
      const { partition, batch } = request.body.partitions[0]!;
      const { producerId, producerEpoch, baseSequence, records } = batch;
      return `${name} ${partition} ${records[0]?.value} ${producerId},${producerEpoch}:${baseSequence}`;
    }
    case 'TxnOffsetCommit': {
      const { groupId, generationIdOrMemberEpoch, memberId, offsets } = request.body;
      const partitions = offsets.map(
        ({ partition, committedOffset }) => `${partition}=${committedOffset}`,
      );
      return `${name} ${groupId}/${generationIdOrMemberEpoch}/${memberId} ${partitions.join('+')}`;
    }
    case 'FindCoordinator':
      return request.body.keyType === 'GROUP' ? `${name} ${request.body.key}` : name;
    default:
      return name;
  }
}
