/**
 * Drives one transactional producer directly, with every call and every answer chosen by the caller, and the
 * specification beside it: calls at the wrong time, refusals of any kind, connections that end, time that runs out. An
 * action that makes no sense at its turn does nothing.
 */

import { PRODUCER_DEFAULTS } from '../../impl/producer/config.ts';
import type { Producer } from '../../impl/producer/producer.ts';
import type { ProducerRequest } from '../../impl/simulation/observer.ts';
import { componentsWith, type Overrides } from '../../impl/simulation/overrides.ts';
import { Scheduler } from '../../impl/simulation/scheduler.ts';
import { WatchedProducer } from '../../impl/simulation/watched-producer.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { BrokerId } from '../../protocol/ids.ts';
import type { ApiName, RequestOf, Response, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { Disagreement } from './disagreement.ts';
import { ProducerLockStep } from './producer-lock-step.ts';
import type { ProducerCounter } from './producer-tables.ts';

const COORDINATOR = 1;
const GROUP_COORDINATOR = 2;
const LEADERS: ReadonlyMap<string, BrokerId> = new Map([
  ['a-0', 3],
  ['a-1', 4],
]);
const PARTITIONS = [...LEADERS.keys()];
const BROKERS = [COORDINATOR, GROUP_COORDINATOR, ...LEADERS.values()];
const DELIVERY_TIMEOUT_MS = 2_000;
const MAX_BLOCK_MS = 1_000;

/** Errors that no coordinator answers with. */
const OF_LEADERS: readonly ErrorCode[] = [
  'NOT_LEADER_OR_FOLLOWER',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
];

export type BenchCall =
  | 'initTransactions'
  | 'beginTransaction'
  | 'commitTransaction'
  | 'abortTransaction'
  | 'sendOffsetsToTransaction';

export type ProducerAction =
  | { readonly do: 'call'; readonly call: BenchCall }
  | { readonly do: 'send'; readonly partition: 0 | 1 }
  /** The oldest request on a broker's connection; an error that it cannot have is none. */
  | { readonly do: 'answer'; readonly broker: number; readonly errorCode: ErrorCode }
  | { readonly do: 'close'; readonly broker: number }
  | { readonly do: 'advance'; readonly ms: number };

interface Outstanding {
  readonly request: ProducerRequest;
  readonly done: (response: Response | null) => void;
}

export interface ProducerBenchOptions {
  readonly transactionVersion: TransactionVersion;
  readonly supportsEpochBump: boolean;
  readonly overrides?: Overrides;
  readonly counter?: ProducerCounter;
}

export class ProducerBench {
  readonly lockStep: ProducerLockStep;
  readonly #options: ProducerBenchOptions;
  readonly #scheduler = new Scheduler([]);
  readonly #producer: Producer;
  readonly #outstanding = new Map<BrokerId, Outstanding[]>();
  #epoch = -1;
  #records = 0;

  constructor(options: ProducerBenchOptions) {
    this.#options = options;
    const { transactionVersion, supportsEpochBump, counter, overrides = {} } = options;
    const scheduler = this.#scheduler;
    this.lockStep = new ProducerLockStep({
      name: 'A#1',
      transactionVersion,
      supportsEpochBump,
      partitions: PARTITIONS,
      nowMs: () => scheduler.nowMs(),
      producer: () => this.#producer,
      ...(counter !== undefined && { counter }),
    });
    const config = {
      ...PRODUCER_DEFAULTS,
      transactionalId: 'A',
      transactionVersion,
      coordinatorSupportsEpochBump: supportsEpochBump,
      deliveryTimeoutMs: DELIVERY_TIMEOUT_MS,
      maxBlockMs: MAX_BLOCK_MS,
    };
    const ports = {
      clock: scheduler,
      timers: scheduler,
      outbound: {
        call: <Api extends ApiName>(
          broker: BrokerId,
          request: RequestOf<Api>,
          _timeoutMs: number,
          done: (response: ResponseOf<Api> | null) => void,
        ) => this.#sent(broker, request as unknown as ProducerRequest, done as Outstanding['done']),
      },
      bootstrap: [COORDINATOR],
      metadata: { leaderOf: (partition: string) => LEADERS.get(partition) ?? null },
    };
    const components = componentsWith(overrides).producer;
    this.#producer = new WatchedProducer({ config, ports, ...components }, this.lockStep);
  }

  take(action: ProducerAction): void {
    switch (action.do) {
      case 'call':
        return this.#call(action.call);
      case 'send': {
        this.#records += 1;
        const record = { key: null, value: String(this.#records) };
        return this.#producer.send(PARTITIONS[action.partition]!, record, () => undefined);
      }
      case 'answer':
        return this.#answer(BROKERS[action.broker]!, action.errorCode);
      case 'close':
        for (const { done } of this.#queueOf(BROKERS[action.broker]!).splice(0)) done(null);
        return;
      case 'advance': {
        const limitMs = this.#scheduler.nowMs() + action.ms;
        while (this.#scheduler.fireNextTimer(limitMs));
        this.#scheduler.passTime(limitMs);
      }
    }
  }

  #call(call: BenchCall): void {
    const done = (): void => undefined;
    if (call === 'beginTransaction') this.#producer.beginTransaction();
    else if (call !== 'sendOffsetsToTransaction') this.#producer[call](done);
    else {
      const group = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null };
      const offset = { partition: 'in-0', committedOffset: 3, committedLeaderEpoch: -1 };
      const offsets = [{ ...offset, committedMetadata: null }];
      this.#producer.sendOffsetsToTransaction(offsets, group, done);
    }
  }

  #queueOf(broker: BrokerId): Outstanding[] {
    let queue = this.#outstanding.get(broker);
    if (queue === undefined) {
      queue = [];
      this.#outstanding.set(broker, queue);
    }
    return queue;
  }

  #sent(broker: BrokerId, request: ProducerRequest, done: Outstanding['done']): void {
    this.#queueOf(broker).push({ request, done });
  }

  #answer(broker: BrokerId, errorCode: ErrorCode): void {
    const answered = this.#queueOf(broker).shift();
    if (answered === undefined) return;
    const { request, done } = answered;
    const isSense = request.api === 'Produce' || !OF_LEADERS.includes(errorCode);
    done(this.#responseTo(request, isSense ? errorCode : 'NONE'));
  }

  #responseTo(request: ProducerRequest, errorCode: ErrorCode): Response {
    switch (request.api) {
      case 'FindCoordinator': {
        const isGroup = request.body.keyType === 'GROUP';
        return { errorCode: 'NONE', nodeId: isGroup ? GROUP_COORDINATOR : COORDINATOR };
      }
      case 'InitProducerId':
        return { errorCode, ...this.#identity(errorCode === 'NONE') };
      case 'EndTxn': {
        const { transactionVersion } = this.#options;
        return {
          errorCode,
          ...this.#identity(errorCode === 'NONE' && transactionVersion === 2),
        };
      }
      case 'AddPartitionsToTxn': {
        const { partitions } = request.body.transactions[0]!;
        const results = partitions.map((partition) => ({ partition, errorCode }));
        return {
          errorCode: 'NONE',
          results: [{ transactionalId: 'A', partitions: results }],
        };
      }
      case 'AddOffsetsToTxn':
        return { errorCode };
      case 'TxnOffsetCommit':
        return { partitions: [{ partition: 'in-0', errorCode }] };
      case 'Produce': {
        const { partition } = request.body.partitions[0]!;
        const offsets = { baseOffset: 0, logAppendTimeMs: -1, logStartOffset: -1 };
        return { partitions: [{ partition, errorCode, ...offsets }] };
      }
    }
  }

  #identity(isGiven: boolean): { readonly producerId: number; readonly producerEpoch: number } {
    if (!isGiven) return { producerId: -1, producerEpoch: -1 };
    this.#epoch += 1;
    return { producerId: 7, producerEpoch: this.#epoch };
  }
}

/** The walk of some actions beside a producer. */
export function walkProducer(
  actions: readonly ProducerAction[],
  options: ProducerBenchOptions,
): { readonly disagreement: Disagreement | null; readonly steps: number } {
  const bench = new ProducerBench(options);
  for (const action of actions) bench.take(action);
  const { disagreement, steps } = bench.lockStep;
  return { disagreement, steps };
}
