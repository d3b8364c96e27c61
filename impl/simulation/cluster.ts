/**
 * The reference's components wired to the simulated world. Broker 1 leads every partition of `__transaction_state`,
 * hence hosts the transaction coordinator; each data partition is led by a broker of its own, so that the
 * connections client-coordinator, client-leader, coordinator-leader and leader-coordinator are all distinct. Where groups
 * are asked for, one more broker leads `__consumer_offsets-0` and hosts the group coordinator.
 */

import type { BrokerId, ProducerId, TopicPartition } from '../../protocol/ids.ts';
import {
  MAX_BLOCK_MS,
  PRODUCER_ID_BLOCK_SIZE,
  REQUEST_TIMEOUT_MS,
  RETRY_BACKOFF_MS,
} from '../../protocol/limits.ts';
import type { IsolationLevel } from '../../protocol/messages/fetch.ts';
import { transactionStatePartition } from '../../protocol/transaction-log.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { MessageProcessor } from '../application/message-processor.ts';
import { Consumer } from '../consumer/consumer.ts';
import { GroupMember, type GroupMemberConfig } from '../consumer/group-member.ts';
import type { ClusterMetadata, ProducerIdBlocks } from '../ports.ts';
import { Producer } from '../producer/producer.ts';
import type { ProducerConfig } from '../producer/config.ts';
import { CoordinatorBroker } from './coordinator-broker.ts';
import { DataBroker } from './data-broker.ts';
import { GroupBroker, OFFSETS_PARTITION } from './group-broker.ts';
import { Endpoint, Network, type MessageFaults, type Server } from './network.ts';
import type {
  CoordinatorObserver,
  GroupObserver,
  LeaderObserver,
  ProducerObserver,
  SimulationObserver,
} from './observer.ts';
import type { Components } from './overrides.ts';
import type { Scheduler } from './scheduler.ts';
import { timersOf } from './timers.ts';
import { WatchedProducer } from './watched-producer.ts';
import type { UsedIds } from './used-ids.ts';
import type { AppendFaults, World } from './world.ts';

export const COORDINATOR_BROKER: BrokerId = 1;
const FIRST_DATA_BROKER: BrokerId = 2;
/** Small, so that the end of a fetch falls inside transactions. */
const FETCH_MAX_BATCHES = 4;

export interface ClusterConfig {
  readonly transactionVersion: TransactionVersion;
  readonly partitionVerification: boolean;
  readonly partitions: readonly TopicPartition[];
  readonly transactionStatePartitions: number;
  /** Whether there is a group coordinator. */
  readonly groups: boolean;
  /** From a broker's crash to its next incarnation. */
  readonly restartMs: number;
  /** From a coordinator's restart until it has read its partitions; requests meanwhile are put off. */
  readonly loadMs: number;
  /** Transactional ids that were used before, up to which epoch; null: none was. */
  readonly usedIds: UsedIds | null;
}

export interface ClusterOptions {
  readonly config: ClusterConfig;
  readonly components: Components;
  readonly scheduler: Scheduler;
  readonly faults: MessageFaults;
  readonly appendFaults: AppendFaults;
  readonly observer: SimulationObserver;
  readonly coordinatorObserver: CoordinatorObserver | null;
  readonly groupObserver: GroupObserver | null;
  /** Of the leader of a data partition. */
  readonly leaderObserver: ((partition: TopicPartition) => LeaderObserver) | null;
  /** Of a transactional producer. */
  readonly producerObserver: WatchProducer | null;
}

/** Asked only for transactional ones; the producer stands once it is used. */
export type WatchProducer = (
  name: string,
  config: ProducerConfig,
  producer: () => Producer,
) => ProducerObserver;

type SimulatedBroker = CoordinatorBroker | DataBroker | GroupBroker;

export class Cluster {
  readonly config: ClusterConfig;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly coordinator: CoordinatorBroker;
  readonly dataBrokers: readonly DataBroker[];
  /** Null: the cluster has no groups. */
  readonly groupCoordinator: GroupBroker | null;
  readonly metadata: ClusterMetadata;
  readonly #components: Components;
  readonly #observer: SimulationObserver;
  readonly #producerObserver: WatchProducer | null;
  readonly #clients: Endpoint[] = [];

  constructor(options: ClusterOptions) {
    const { config, components, scheduler, observer } = options;
    this.config = config;
    this.scheduler = scheduler;
    this.#components = components;
    this.#observer = observer;
    this.#producerObserver = options.producerObserver;
    const servers = new Map<BrokerId, Server>();
    this.network = new Network({ scheduler, servers, faults: options.faults, observer });
    this.metadata = metadataOf(config, servers);
    const { network, metadata } = this;
    const { appendFaults } = options;
    const world: World = { components, scheduler, network, metadata, appendFaults, observer };
    this.coordinator = new CoordinatorBroker({
      id: COORDINATOR_BROKER,
      world,
      loadMs: config.loadMs,
      producerIds: producerIdBlocks(scheduler),
      usedIds: config.usedIds,
      observer: options.coordinatorObserver,
    });
    this.dataBrokers = config.partitions.map(
      (partition, index) =>
        new DataBroker({
          id: FIRST_DATA_BROKER + index,
          world,
          partition,
          partitionVerification: config.partitionVerification,
          leaderObserver: options.leaderObserver?.(partition) ?? null,
        }),
    );
    this.groupCoordinator = config.groups
      ? new GroupBroker({
          id: groupBrokerId(config),
          world,
          partitionVerification: config.partitionVerification,
          loadMs: config.loadMs,
          groupObserver: options.groupObserver,
        })
      : null;
    for (const broker of this.#brokers()) servers.set(broker.id, broker);
    for (const broker of this.#brokers()) broker.start();
  }

  *#brokers(): Generator<SimulatedBroker> {
    yield this.coordinator;
    yield* this.dataBrokers;
    if (this.groupCoordinator !== null) yield this.groupCoordinator;
  }

  leader(partition: TopicPartition): DataBroker | undefined {
    return this.dataBrokers.find((broker) => broker.partition === partition);
  }

  /** A node of its own on the network. */
  createClient(name: string): Endpoint {
    const endpoint = new Endpoint(name, this.network);
    this.#clients.push(endpoint);
    return endpoint;
  }

  /** A producer instance; its process ends with `endpoint.kill()`. */
  createProducer(
    name: string,
    config: ProducerConfig,
  ): { readonly producer: Producer; readonly endpoint: Endpoint } {
    const endpoint = this.createClient(name);
    const options = {
      config,
      ports: {
        clock: this.scheduler,
        timers: timersOf(endpoint, this.scheduler),
        outbound: endpoint,
        metadata: this.metadata,
        bootstrap: [COORDINATOR_BROKER],
      },
      decisions: this.#components.producer.decisions,
      handlers: this.#components.producer.handlers,
    };
    const observer =
      config.transactionalId === null
        ? null
        : (this.#producerObserver?.(name, config, () => producer) ?? null);
    const producer: Producer =
      observer === null ? new Producer(options) : new WatchedProducer(options, observer);
    return { producer, endpoint };
  }

  createConsumer(name: string, isolationLevel: IsolationLevel): Consumer {
    return this.#consumer(this.createClient(name), isolationLevel);
  }

  /** What an application reads with: one process with its own connections, which ends with `endpoint.kill()`. */
  createConsumingClients(
    name: string,
    config: GroupMemberConfig,
  ): {
    readonly endpoint: Endpoint;
    readonly consumer: Consumer;
    readonly member: GroupMember;
    readonly processor: MessageProcessor;
  } {
    const endpoint = this.createClient(name);
    return {
      endpoint,
      consumer: this.#consumer(endpoint, 'read_committed'),
      member: this.#groupMember(endpoint, config),
      processor: new MessageProcessor(this.#components.application.decisions),
    };
  }

  /** Somebody who asks for a group's offsets. */
  createGroupMember(name: string, config: GroupMemberConfig): GroupMember {
    return this.#groupMember(this.createClient(name), config);
  }

  #groupMember(endpoint: Endpoint, config: GroupMemberConfig): GroupMember {
    return new GroupMember({
      config,
      ports: {
        clock: this.scheduler,
        timers: timersOf(endpoint, this.scheduler),
        outbound: endpoint,
        bootstrap: [COORDINATOR_BROKER],
      },
      decisions: this.#components.groupMember.decisions,
    });
  }

  #consumer(endpoint: Endpoint, isolationLevel: IsolationLevel): Consumer {
    return new Consumer({
      config: {
        isolationLevel,
        maxBatches: FETCH_MAX_BATCHES,
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        retryBackoffMs: RETRY_BACKOFF_MS,
        pollTimeoutMs: MAX_BLOCK_MS,
      },
      ports: {
        clock: this.scheduler,
        timers: timersOf(endpoint, this.scheduler),
        outbound: endpoint,
        metadata: this.metadata,
      },
      decisions: this.#components.consumer.decisions,
    });
  }

  /** Stops a broker; its next incarnation starts after the configured time. False if it is down already. */
  crash(broker: SimulatedBroker): boolean {
    if (!broker.isAlive) return false;
    broker.crash();
    this.#observer.brokerCrashed(broker.id);
    this.network.disconnectServer(broker.id, this.#endpoints());
    this.scheduler.after(this.config.restartMs, () => {
      broker.start();
      this.#observer.brokerRestarted(broker.id);
    });
    return true;
  }

  *#endpoints(): Generator<Endpoint> {
    for (const broker of this.#brokers()) yield broker.endpoint;
    yield* this.#clients;
  }
}

/** After the data brokers. */
function groupBrokerId({ partitions }: ClusterConfig): BrokerId {
  return FIRST_DATA_BROKER + partitions.length;
}

/** A crashed leader stays the leader in metadata, without a live endpoint. */
function metadataOf(
  config: ClusterConfig,
  servers: ReadonlyMap<BrokerId, Server>,
): ClusterMetadata {
  const leaders = new Map<TopicPartition, BrokerId>();
  config.partitions.forEach((partition, index) =>
    leaders.set(partition, FIRST_DATA_BROKER + index),
  );
  for (let index = 0; index < config.transactionStatePartitions; index += 1) {
    leaders.set(transactionStatePartition(index), COORDINATOR_BROKER);
  }
  if (config.groups) leaders.set(OFFSETS_PARTITION, groupBrokerId(config));
  return {
    leaderOf: (partition) => leaders.get(partition) ?? null,
    isAlive: (broker) => servers.get(broker)?.isAlive ?? false,
    transactionStatePartitions: config.transactionStatePartitions,
    consumerOffsetsPartitions: 1,
    transactionVersion: config.transactionVersion,
  };
}

/** The controller: hands out blocks of ids, never one twice. Assumed correct. */
function producerIdBlocks(scheduler: Scheduler): ProducerIdBlocks {
  let next: ProducerId = PRODUCER_ID_BLOCK_SIZE;
  return {
    allocate(done) {
      const first = next;
      next += PRODUCER_ID_BLOCK_SIZE;
      scheduler.enqueue({ run: () => done(first) });
    },
  };
}
