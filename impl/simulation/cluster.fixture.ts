/** A simulated cluster, without faults if not told, with groups, and clients of it that a test drives call by call. */

import type { BrokerId } from '../../protocol/ids.ts';
import type { ApiName, RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { CallResult, Done } from '../producer/call-result.ts';
import { PRODUCER_DEFAULTS } from '../producer/config.ts';
import type { Producer } from '../producer/producer.ts';
import { Cluster } from './cluster.ts';
import { Endpoint, type MessageFaults } from './network.ts';
import { SimulationObserver, type GroupObserver } from './observer.ts';
import { componentsWith, type Overrides } from './overrides.ts';
import { Scheduler } from './scheduler.ts';
import { NO_APPEND_FAULTS } from './world.ts';

export const NO_FAULTS: MessageFaults = {
  onRequest: () => 'deliver',
  onResponse: () => 'deliver',
  onCopy: () => undefined,
  onDelivered: () => undefined,
};

export const LOAD_MS = 40;
export const RESTART_MS = 100;

export class ClusterBench {
  readonly scheduler = new Scheduler([]);
  readonly cluster: Cluster;
  readonly #transactionVersion: TransactionVersion;

  constructor(
    transactionVersion: TransactionVersion,
    {
      groups = true,
      partitionVerification = true,
      overrides = {} as Overrides,
      groupObserver = null as ((cluster: () => Cluster) => GroupObserver) | null,
      faults = NO_FAULTS,
    } = {},
  ) {
    this.#transactionVersion = transactionVersion;
    this.cluster = new Cluster({
      config: {
        transactionVersion,
        partitionVerification,
        partitions: ['in-0', 'out-0'],
        transactionStatePartitions: 1,
        groups,
        restartMs: RESTART_MS,
        loadMs: LOAD_MS,
        usedIds: null,
      },
      components: componentsWith(overrides),
      scheduler: this.scheduler,
      faults,
      appendFaults: NO_APPEND_FAULTS,
      observer: new SimulationObserver(),
      coordinatorObserver: null,
      groupObserver: groupObserver?.(() => this.cluster) ?? null,
      leaderObserver: null,
      producerObserver: null,
    });
    this.settle();
  }

  /** Whatever can happen without time passing. */
  settle(): void {
    while (this.scheduler.runOne());
  }

  advance(ms: number): void {
    const untilMs = this.scheduler.nowMs() + ms;
    while (this.scheduler.fireNextTimer(untilMs)) this.settle();
    this.scheduler.passTime(untilMs);
  }

  producer(name: string, transactionalId = 'id'): Producer {
    const version = this.#transactionVersion === 2 ? 2 : 1;
    const config = {
      ...PRODUCER_DEFAULTS,
      transactionalId,
      transactionVersion: version,
    } as const;
    return this.cluster.createProducer(name, config).producer;
  }

  /** The result of a call of a producer, given the time to retry. */
  call(start: (done: Done) => void): CallResult | undefined {
    let told: CallResult | undefined;
    start((result) => {
      told = result;
    });
    this.settle();
    for (let tries = 0; told === undefined && tries < 100; tries += 1) this.advance(20);
    return told;
  }

  client(name: string): Endpoint {
    return new Endpoint(name, this.cluster.network);
  }

  /** A request's answers so far; null: its connection closed. */
  ask<Api extends ApiName>(
    client: Endpoint,
    broker: BrokerId,
    request: RequestOf<Api>,
  ): (ResponseOf<Api> | null)[] {
    const answers: (ResponseOf<Api> | null)[] = [];
    client.call(broker, request, 30_000, (response) => answers.push(response));
    this.settle();
    return answers;
  }
}
