/**
 * The simulated broker that leads `__consumer_offsets-0` and hosts the group coordinator. Its disk survives it; leader
 * and coordinator are built anew at each start, and the coordinator loads what the disk holds.
 */

import type { BrokerId, TopicPartition } from '../../protocol/ids.ts';
import { CONSUMER_OFFSETS_TOPIC } from '../../protocol/limits.ts';
import type { ApiName, Response } from '../../protocol/messages/rpc.ts';
import type { StoredBatch } from '../../protocol/records.ts';
import { Broker } from '../broker/broker.ts';
import { GroupCoordinator } from '../group-coordinator/group-coordinator.ts';
import type { GroupHandlers } from '../group-coordinator/handlers.ts';
import type { DurableLog } from '../log/durable-log.ts';
import { PartitionLeader } from '../partition-leader/partition-leader.ts';
import type { Outbound } from '../ports.ts';
import { Endpoint, type Message, type Server } from './network.ts';
import type { GroupObserver, GroupBrokerRequest } from './observer.ts';
import { PartitionDisk } from './partition-disk.ts';
import { timersOf, watchedTimers } from './timers.ts';
import { watchedCalls } from './watched-calls.ts';
import type { World } from './world.ts';

/** The partition that the broker leads: every group is in it. */
export const OFFSETS_PARTITION: TopicPartition = `${CONSUMER_OFFSETS_TOPIC}-0`;

interface GroupBrokerOptions {
  readonly id: BrokerId;
  readonly partitionVerification: boolean;
  /** From a restart until the partition is read. */
  readonly loadMs: number;
  readonly world: World;
  readonly groupObserver: GroupObserver | null;
}

export class GroupBroker implements Server {
  readonly id: BrokerId;
  readonly partition = OFFSETS_PARTITION;
  readonly #options: GroupBrokerOptions;
  readonly #disk: PartitionDisk;
  #incarnation = -1;
  #endpoint: Endpoint;
  #leader: PartitionLeader | null = null;
  #coordinator: GroupCoordinator | null = null;
  #broker: Broker | null = null;
  /** Never starts over, since member ids are not to come twice. */
  #uuids = 0;

  constructor(options: GroupBrokerOptions) {
    this.id = options.id;
    this.#options = options;
    const { network, scheduler, observer } = options.world;
    this.#endpoint = new Endpoint('group', network);
    this.#disk = new PartitionDisk(
      { partition: OFFSETS_PARTITION, scheduler, observer },
      options.groupObserver,
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

  /** Null while the broker is down. */
  get coordinator(): GroupCoordinator | null {
    return this.#coordinator;
  }

  start(): void {
    const { world, groupObserver } = this.#options;
    const { components, network, scheduler, metadata } = world;
    this.#incarnation += 1;
    this.#endpoint = new Endpoint('group', network);
    const ports = {
      clock: scheduler,
      timers: watchedTimers(timersOf(this.#endpoint, scheduler), groupObserver),
      outbound: this.#outbound(),
      metadata,
      uuid: () => this.#uuid(),
    };
    const leaders = new Map<TopicPartition, PartitionLeader>();
    this.#coordinator = new GroupCoordinator({
      // At the first start there is nothing to read.
      config: { loadMs: this.#incarnation === 0 ? 0 : this.#options.loadMs },
      ports,
      decisions: components.groupCoordinator.decisions,
      handlers: this.#handlers(),
    });
    this.#broker = new Broker({
      id: this.id,
      ports,
      coordinator: null,
      groupCoordinator: this.#coordinator,
      leaders,
      decisions: components.broker.decisions,
    });
    this.#leader = new PartitionLeader({
      partition: OFFSETS_PARTITION,
      leaderEpoch: this.#incarnation,
      log: this.log,
      config: { partitionVerification: this.#options.partitionVerification },
      ports: { ...ports, verification: this.#broker.verification },
      ...components.partitionLeader,
    });
    leaders.set(OFFSETS_PARTITION, this.#leader);
    groupObserver?.elected(this.#incarnation);
    this.#coordinator.onElection(0, this.#leader);
  }

  crash(): void {
    this.#broker = null;
    this.#leader = null;
    this.#coordinator = null;
    this.#endpoint.kill();
    this.log.loseUnflushed();
    this.#options.groupObserver?.crashed();
  }

  receive(message: Message, reply: (response: Response) => void): void {
    const broker = this.#broker!;
    const { groupObserver } = this.#options;
    const { request } = message;
    if (groupObserver === null || !isForGroupBroker(request)) {
      broker.handle(request, (response) => {
        if (this.#broker === broker) reply(response);
      });
      return;
    }
    groupObserver.requestDelivered(request);
    broker.handle(request, (response) => {
      if (this.#broker !== broker) return;
      groupObserver.replied(request, response);
      reply(response);
    });
    groupObserver.stepEnded();
  }

  #uuid(): string {
    this.#uuids += 1;
    return String(this.#uuids);
  }

  #handlers(): GroupHandlers {
    const { world, groupObserver } = this.#options;
    const { handlers } = world.components.groupCoordinator;
    if (groupObserver === null) return handlers;
    return {
      ...handlers,
      load: (shard) => {
        groupObserver.loading();
        handlers.load(shard);
      },
    };
  }

  #outbound(): Outbound {
    const { groupObserver: observer } = this.#options;
    if (observer === null) return this.#endpoint;
    return watchedCalls(this.#endpoint, 'AddPartitionsToTxn', {
      sent: (_broker, request) => observer.verificationSent(request),
      answered: (_broker, request, response) => observer.verificationAnswered(request, response),
      stepEnded: () => observer.stepEnded(),
    });
  }
}

function isForGroupBroker(request: { readonly api: ApiName }): request is GroupBrokerRequest {
  switch (request.api) {
    case 'TxnOffsetCommit':
    case 'OffsetCommit':
    case 'OffsetFetch':
    case 'JoinGroup':
    case 'SyncGroup':
    case 'Heartbeat':
    case 'LeaveGroup':
    case 'WriteTxnMarkers':
      return true;
    default:
      return false;
  }
}
