/** A simulated broker that leads one data partition: its disk survives it, everything else is built at each start. */

import type { BrokerId, TopicPartition } from '../../protocol/ids.ts';
import type { Response } from '../../protocol/messages/rpc.ts';
import type { StoredBatch } from '../../protocol/records.ts';
import { Broker } from '../broker/broker.ts';
import type { DurableLog } from '../log/durable-log.ts';
import { PartitionLeader } from '../partition-leader/partition-leader.ts';
import type { ClusterMetadata } from '../ports.ts';
import { Endpoint, type Message, type Network, type Server } from './network.ts';
import type { SimulationObserver } from './observer.ts';
import type { Components } from './overrides.ts';
import { PartitionDisk } from './partition-disk.ts';
import type { Scheduler } from './scheduler.ts';
import { timersOf } from './timers.ts';

interface DataBrokerOptions {
  readonly id: BrokerId;
  readonly partition: TopicPartition;
  readonly partitionVerification: boolean;
  readonly components: Components;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly metadata: ClusterMetadata;
  readonly observer: SimulationObserver;
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

  constructor(options: DataBrokerOptions) {
    this.id = options.id;
    this.partition = options.partition;
    this.#options = options;
    this.#endpoint = this.#newEndpoint();
    this.#disk = new PartitionDisk(options);
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
    const { components, scheduler, metadata, partition } = this.#options;
    this.#incarnation += 1;
    this.#endpoint = this.#newEndpoint();
    const ports = {
      clock: scheduler,
      timers: timersOf(this.#endpoint, scheduler),
      outbound: this.#endpoint,
      metadata,
    };
    const leaders = new Map<TopicPartition, PartitionLeader>();
    this.#broker = new Broker({
      id: this.id,
      ports,
      coordinator: null,
      leaders,
      ...components.broker,
    });
    this.#leader = new PartitionLeader({
      partition,
      leaderEpoch: this.#incarnation,
      log: this.log,
      config: { partitionVerification: this.#options.partitionVerification },
      ports: { ...ports, verification: this.#broker.verification },
      ...components.partitionLeader,
    });
    leaders.set(partition, this.#leader);
  }

  crash(): void {
    this.#broker = null;
    this.#leader = null;
    this.#endpoint.kill();
    this.log.loseUnflushed();
  }

  receive(message: Message, reply: (response: Response) => void): void {
    const broker = this.#broker!;
    broker.handle(message.request, (response) => {
      if (this.#broker === broker) reply(response);
    });
  }

  #newEndpoint(): Endpoint {
    return new Endpoint(`leader ${this.#options.partition}`, this.#options.network);
  }
}
