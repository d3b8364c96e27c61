/**
 * A cluster of one broker, as the measured ones were: the reference's components on one node, asked over connections
 * of the simulated network by one client and by themselves. Time passes only while something is waited for.
 */

import { Broker } from '../../impl/broker/broker.ts';
import { GroupCoordinator } from '../../impl/group-coordinator/group-coordinator.ts';
import { DurableLog } from '../../impl/log/durable-log.ts';
import { PartitionLeader } from '../../impl/partition-leader/partition-leader.ts';
import type { ClusterMetadata, TransactionLog } from '../../impl/ports.ts';
import { Endpoint, Network, type Message, type Server } from '../../impl/simulation/network.ts';
import { SimulationObserver } from '../../impl/simulation/observer.ts';
import { Scheduler } from '../../impl/simulation/scheduler.ts';
import { timersOf } from '../../impl/simulation/timers.ts';
import { TransactionCoordinator } from '../../impl/transaction-coordinator/transaction-coordinator.ts';
import type { BrokerId, TopicPartition, TransactionalId } from '../../protocol/ids.ts';
import { NO_IDENTITY, topicPartitionParts } from '../../protocol/ids.ts';
import {
  CONSUMER_OFFSETS_TOPIC,
  PRODUCER_ID_BLOCK_SIZE,
  TRANSACTION_TIMEOUT_MS,
  TRANSACTION_STATE_TOPIC,
} from '../../protocol/limits.ts';
import type { Request, RequestOf, Response } from '../../protocol/messages/rpc.ts';
import type { StoredBatch } from '../../protocol/records.ts';
import type { TransactionLogRecord } from '../../protocol/transaction-log.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { Described } from './answer-table.ts';

const BROKER: BrokerId = 1;
/** `num.partitions` of the measured brokers' topics, and of their internal ones. */
const PARTITIONS = 2;
const INTERNAL_PARTITIONS = 3;
/** Longer than anything that a broker answers with on purpose. */
const ANSWER_TIMEOUT_MS = 60_000;

type LeaderSidePorts = Omit<
  ConstructorParameters<typeof PartitionLeader>[0]['ports'],
  'verification'
> & { readonly metadata: ClusterMetadata; readonly outbound: Endpoint };

export interface BrokerUnderTestOptions {
  readonly transactionVersion: TransactionVersion;
  readonly partitionVerification: boolean;
  /** Topics that exist. */
  readonly topics: readonly string[];
  /** Markers are held back until the end, as a proxy did between the measured broker and itself. */
  readonly holdsMarkers: boolean;
}

export class BrokerUnderTest {
  readonly #scheduler = new Scheduler([]);
  readonly #coordinator: TransactionCoordinator;
  readonly #leaders = new Map<TopicPartition, PartitionLeader>();
  readonly #logs = new Map<TopicPartition, DurableLog<StoredBatch>>();
  readonly #deleted = new Set<string>();
  readonly #client: Endpoint;

  constructor(options: BrokerUnderTestOptions) {
    const servers = new Map<BrokerId, Server>();
    const network = new Network({
      scheduler: this.#scheduler,
      servers,
      faults: {
        onRequest: ({ request }) =>
          options.holdsMarkers && request.api === 'WriteTxnMarkers' ? 'hold' : 'deliver',
        onResponse: () => 'deliver',
        onCopy: () => undefined,
        onDelivered: () => undefined,
      },
      observer: new SimulationObserver(),
    });
    this.#client = new Endpoint('client', network);
    const verifier = new Endpoint('leader', network);
    const ports: LeaderSidePorts = {
      clock: this.#scheduler,
      timers: timersOf(verifier, this.#scheduler),
      outbound: verifier,
      metadata: this.#metadata(options),
    };
    this.#coordinator = this.#newCoordinator(ports, new Endpoint('coordinator', network));
    const groupCoordinator = this.#newGroupCoordinator(ports);
    const broker = new Broker({
      id: BROKER,
      ports,
      coordinator: this.#coordinator,
      groupCoordinator,
      leaders: this.#leaders,
    });
    for (const topic of options.topics) {
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        this.#lead(`${topic}-${partition}`, options, ports, broker);
      }
    }
    for (let partition = 0; partition < INTERNAL_PARTITIONS; partition += 1) {
      const name = `${CONSUMER_OFFSETS_TOPIC}-${partition}`;
      groupCoordinator.onElection(partition, this.#lead(name, options, ports, broker));
    }
    servers.set(BROKER, {
      isAlive: true,
      incarnation: 0,
      receive: ({ request }: Message, reply: (response: Response) => void) =>
        broker.handle(request, reply),
    });
    this.#warmUp();
  }

  #newGroupCoordinator(ports: LeaderSidePorts): GroupCoordinator {
    let uuids = 0;
    return new GroupCoordinator({
      config: {},
      ports: {
        ...ports,
        uuid: () => {
          uuids += 1;
          return String(uuids);
        },
      },
    });
  }

  /** Markers travel on a connection of their own (TransactionMarkerChannelManager): a held one holds nothing up. */
  #newCoordinator(ports: LeaderSidePorts, markerSender: Endpoint): TransactionCoordinator {
    let blocks = 0;
    const coordinator = new TransactionCoordinator({
      config: {},
      ports: {
        ...ports,
        outbound: markerSender,
        log: this.#transactionLog(),
        producerIds: {
          allocate: (done) => {
            blocks += 1;
            const first = blocks * PRODUCER_ID_BLOCK_SIZE;
            this.#scheduler.enqueue({ run: () => done(first) });
          },
        },
      },
    });
    coordinator.start();
    for (let partition = 0; partition < INTERNAL_PARTITIONS; partition += 1) {
      coordinator.onElection(partition, 0);
    }
    return coordinator;
  }

  /** The measured brokers had been asked before: the first InitProducerId of all only fetches a block of ids. */
  #warmUp(): void {
    const body = {
      transactionalId: null,
      transactionTimeoutMs: TRANSACTION_TIMEOUT_MS,
      ...NO_IDENTITY,
      enable2Pc: false,
      keepPreparedTxn: false,
    };
    this.ask({ api: 'InitProducerId', apiVersion: 5, body });
  }

  /** Null: no answer within a minute. What the request set off has come to rest as far as it can without time. */
  ask(request: Request): Response | null {
    let answer: Response | null = null;
    let isAnswered = false;
    this.#client.call(BROKER, request as RequestOf<'EndTxn'>, ANSWER_TIMEOUT_MS, (response) => {
      answer = response;
      isAnswered = true;
    });
    this.#drain();
    while (!isAnswered && this.#scheduler.fireNextTimer(Number.POSITIVE_INFINITY)) this.#drain();
    return answer;
  }

  passTime(ms: number): void {
    const limitMs = this.#scheduler.nowMs() + ms;
    while (this.#scheduler.fireNextTimer(limitMs)) this.#drain();
    this.#scheduler.passTime(limitMs);
  }

  deleteTopic(topic: string): void {
    this.#deleted.add(topic);
    for (const partition of this.#leaders.keys()) {
      if (topicPartitionParts(partition).topic === topic) this.#leaders.delete(partition);
    }
  }

  /** As DescribeTransactions says it. */
  describe(transactionalId: TransactionalId): Described {
    const snapshot = this.#coordinator.snapshot(transactionalId);
    if (snapshot === null) return { error: 'TRANSACTIONAL_ID_NOT_FOUND' };
    const { state, producerId, producerEpoch, topicPartitions } = snapshot;
    return { state, producerId, producerEpoch, partitions: [...topicPartitions] };
  }

  /** Oldest first; empty if there is no such partition. */
  batches(partition: TopicPartition): readonly StoredBatch[] {
    return this.#logs.get(partition)?.entries ?? [];
  }

  #lead(
    partition: TopicPartition,
    { partitionVerification }: BrokerUnderTestOptions,
    ports: LeaderSidePorts,
    { verification }: Broker,
  ): PartitionLeader {
    const log: DurableLog<StoredBatch> = this.#durableLog();
    const leader = new PartitionLeader({
      partition,
      leaderEpoch: 0,
      log,
      config: { partitionVerification },
      ports: { ...ports, verification },
    });
    this.#logs.set(partition, log);
    this.#leaders.set(partition, leader);
    return leader;
  }

  #durableLog<Entry>(): DurableLog<Entry> {
    const log: DurableLog<Entry> = new DurableLog(() =>
      this.#scheduler.enqueue({ run: () => (log.hasUnflushed ? log.flush() : undefined) }),
    );
    return log;
  }

  #transactionLog(): TransactionLog {
    const logs = Array.from({ length: INTERNAL_PARTITIONS }, () =>
      this.#durableLog<TransactionLogRecord>(),
    );
    return {
      read: (partition) => logs[partition]!.entries,
      append: (partition, _coordinatorEpoch, record, done) =>
        logs[partition]!.append(record, 1, () => done('NONE')),
    };
  }

  #metadata({ topics, transactionVersion }: BrokerUnderTestOptions): ClusterMetadata {
    const sizes = new Map([
      ...topics.map((topic) => [topic, PARTITIONS] as const),
      [TRANSACTION_STATE_TOPIC, INTERNAL_PARTITIONS],
      [CONSUMER_OFFSETS_TOPIC, INTERNAL_PARTITIONS],
    ]);
    return {
      leaderOf: (name) => {
        const { topic, partition } = topicPartitionParts(name);
        const exists = partition < (sizes.get(topic) ?? 0) && !this.#deleted.has(topic);
        return exists ? BROKER : null;
      },
      isAlive: () => true,
      transactionStatePartitions: INTERNAL_PARTITIONS,
      consumerOffsetsPartitions: INTERNAL_PARTITIONS,
      transactionVersion,
    };
  }

  #drain(): void {
    while (this.#scheduler.runOne());
  }
}
