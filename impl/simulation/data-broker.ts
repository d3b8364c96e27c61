/** A simulated broker that leads one data partition: its disk survives it, everything else is built at each start. */

import type { BrokerId, TopicPartition } from '../../protocol/ids.ts';
import type { ApiName, Response } from '../../protocol/messages/rpc.ts';
import type { StoredBatch } from '../../protocol/records.ts';
import { Broker } from '../broker/broker.ts';
import type { DurableLog } from '../log/durable-log.ts';
import type { LeaderHandlers } from '../partition-leader/handlers.ts';
import { PartitionLeader, type PartitionProduce } from '../partition-leader/partition-leader.ts';
import type { Outbound } from '../ports.ts';
import { Endpoint, type Message, type Server } from './network.ts';
import type { LeaderObserver, LeaderRequest, LeaderResponse } from './observer.ts';
import { PartitionDisk } from './partition-disk.ts';
import { timersOf, watchedTimers } from './timers.ts';
import { watchedCalls } from './watched-calls.ts';
import type { World } from './world.ts';

interface DataBrokerOptions {
  readonly id: BrokerId;
  readonly world: World;
  readonly partition: TopicPartition;
  readonly partitionVerification: boolean;
  readonly leaderObserver: LeaderObserver | null;
}

export class DataBroker implements Server {
  readonly id: BrokerId;
  readonly partition: TopicPartition;
  readonly #disk: PartitionDisk;
  readonly #options: DataBrokerOptions;
  #incarnation = -1;
  #endpoint: Endpoint;
  #leader: PartitionLeader | null = null;
  #broker: Broker | null = null;
  /** The message whose delivery the broker is told of. */
  #delivering = -1;

  constructor(options: DataBrokerOptions) {
    this.id = options.id;
    this.partition = options.partition;
    this.#options = options;
    this.#endpoint = this.#newEndpoint();
    const { scheduler, observer } = options.world;
    this.#disk = new PartitionDisk(
      { partition: options.partition, scheduler, observer },
      options.leaderObserver,
    );
  }

  get log(): DurableLog<StoredBatch> {
    return this.#disk.log;
  }

  get isAlive(): boolean {
    return this.#broker !== null;
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  get endpoint(): Endpoint {
    return this.#endpoint;
  }

  /** Null while the broker is down. */
  get leader(): PartitionLeader | null {
    return this.#leader;
  }

  start(): void {
    const { world, partition, leaderObserver } = this.#options;
    const { components, scheduler, metadata } = world;
    this.#incarnation += 1;
    this.#endpoint = this.#newEndpoint();
    const clock = scheduler;
    const timers = watchedTimers(timersOf(this.#endpoint, scheduler), leaderObserver);
    const outbound = this.#outbound();
    const leaders = new Map<TopicPartition, PartitionLeader>();
    this.#broker = new Broker({
      id: this.id,
      ports: { clock, timers, outbound, metadata },
      coordinator: null,
      leaders,
      decisions: components.broker.decisions,
    });
    this.#leader = new PartitionLeader({
      partition,
      leaderEpoch: this.#incarnation,
      log: this.log,
      config: { partitionVerification: this.#options.partitionVerification },
      ports: { clock, timers, verification: this.#broker.verification },
      decisions: components.partitionLeader.decisions,
      handlers: this.#handlers(),
    });
    leaders.set(partition, this.#leader);
    leaderObserver?.loaded();
    leaderObserver?.stepEnded();
  }

  crash(): void {
    this.#broker = null;
    this.#leader = null;
    this.#endpoint.kill();
    this.log.loseUnflushed();
    this.#options.leaderObserver?.crashed();
  }

  receive(message: Message, reply: (response: Response) => void): void {
    const broker = this.#broker!;
    const { leaderObserver } = this.#options;
    const { request } = message;
    if (leaderObserver === null || !isForLeader(request)) {
      broker.handle(request, (response) => {
        if (this.#broker === broker) reply(response);
      });
      return;
    }
    this.#delivering = message.id;
    leaderObserver.requestDelivered(message.id, request);
    broker.handle(request, (response) => {
      if (this.#broker !== broker) return;
      leaderObserver.replied(message.id, request, response as LeaderResponse);
      reply(response);
    });
    leaderObserver.stepEnded();
  }

  /** The leader's own, and told to who watches it. */
  #handlers(): LeaderHandlers {
    const { world, leaderObserver } = this.#options;
    const { handlers } = world.components.partitionLeader;
    if (leaderObserver === null) return handlers;
    const deliveries = new WeakMap<PartitionProduce, number>();
    return {
      ...handlers,
      produce: (leader, request, reply) => {
        const delivery = deliveries.get(request);
        if (delivery === undefined) deliveries.set(request, this.#delivering);
        else leaderObserver.produceRepeated(delivery);
        handlers.produce(leader, request, reply);
      },
    };
  }

  #outbound(): Outbound {
    const { leaderObserver: observer } = this.#options;
    if (observer === null) return this.#endpoint;
    return watchedCalls(this.#endpoint, 'AddPartitionsToTxn', {
      sent: (_broker, request) => observer.verificationSent(request),
      answered: (_broker, request, response) => observer.verificationAnswered(request, response),
      stepEnded: () => observer.stepEnded(),
    });
  }

  #newEndpoint(): Endpoint {
    return new Endpoint(`leader ${this.#options.partition}`, this.#options.world.network);
  }
}

function isForLeader(request: { readonly api: ApiName }): request is LeaderRequest {
  return (
    request.api === 'Produce' ||
    request.api === 'WriteTxnMarkers' ||
    request.api === 'Fetch' ||
    request.api === 'ListOffsets'
  );
}
