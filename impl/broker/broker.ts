/**
 * A broker (KafkaApis): hands each request to the coordinator, or to the leaders of its partitions, and puts the
 * answer together. It has no state of its own but the questions under way to coordinators; a crash throws it away
 * with its leaders, and the next incarnation is built around the same durable logs.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { BrokerId, TopicPartition } from '../../protocol/ids.ts';
import { ADD_PARTITIONS_RETRY_MAX_MS, REQUEST_TIMEOUT_MS } from '../../protocol/limits.ts';
import type { Request, RequestOf, Response } from '../../protocol/messages/rpc.ts';
import type { PartitionLeader } from '../partition-leader/partition-leader.ts';
import type { TransactionVerification } from '../partition-leader/verification.ts';
import type { AddPartitionsConfig, AddPartitionsPorts } from './add-partitions-manager.ts';
import { AddPartitionsToTxnManager } from './add-partitions-manager.ts';
import type { CoordinatorRequest } from './answers.ts';
import { withoutGroupCoordinator, withoutTransactionCoordinator } from './answers.ts';
import { describeTopics, findCoordinator } from './cluster-requests.ts';
import type { BrokerDecisions } from './decisions.ts';
import { BROKER_DECISIONS } from './decisions.ts';
import { fetchFrom, listOffsetsOf, writeMarkers } from './partition-requests.ts';
import { produceRequestError, produceToLeaders, refusedPartition } from './produce-request.ts';

/** What a broker asks of the transaction coordinator that lives on it. */
export interface CoordinatorEndpoint {
  handle(request: CoordinatorRequest, reply: (response: Response) => void): void;
}

export interface BrokerOptions {
  readonly id: BrokerId;
  /** Kafka's defaults where absent. */
  readonly config?: Partial<AddPartitionsConfig>;
  readonly ports: AddPartitionsPorts;
  /** Null: no transaction coordinator lives here. */
  readonly coordinator: CoordinatorEndpoint | null;
  /** May be filled after construction, since leaders need the broker's `verification`. */
  readonly leaders: ReadonlyMap<TopicPartition, PartitionLeader>;
  readonly decisions?: BrokerDecisions;
}

const DEFAULT_CONFIG: AddPartitionsConfig = {
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  addPartitionsRetryBackoffMs: 20,
  addPartitionsRetryMaxMs: ADD_PARTITIONS_RETRY_MAX_MS,
};

export class Broker {
  readonly id: BrokerId;
  readonly #config: AddPartitionsConfig;
  readonly #ports: AddPartitionsPorts;
  readonly #coordinator: CoordinatorEndpoint | null;
  readonly #leaders: ReadonlyMap<TopicPartition, PartitionLeader>;
  readonly #decisions: BrokerDecisions;
  readonly #addPartitions: AddPartitionsToTxnManager;

  constructor(options: BrokerOptions) {
    this.id = options.id;
    this.#config = { ...DEFAULT_CONFIG, ...options.config };
    this.#ports = options.ports;
    this.#coordinator = options.coordinator;
    this.#leaders = options.leaders;
    this.#decisions = options.decisions ?? BROKER_DECISIONS;
    this.#addPartitions = new AddPartitionsToTxnManager(
      this.#config,
      options.ports,
      this.#decisions,
    );
  }

  /** The way to the coordinators for the leaders on this broker. */
  get verification(): TransactionVerification {
    return this.#addPartitions;
  }

  /**
   * Replies once, perhaps before returning. A Produce with acks 0 is answered as well, when it is appended: whether
   * anything is sent back is the connection's business.
   */
  handle(request: Request, reply: (response: Response) => void): void {
    switch (request.api) {
      case 'Produce':
        this.#produce(request, reply);
        return;
      case 'WriteTxnMarkers':
        writeMarkers(request, this.#config.requestTimeoutMs, this.#leaders, reply);
        return;
      case 'Fetch':
        reply(fetchFrom(request.body, this.#leaderOf));
        return;
      case 'ListOffsets':
        reply(listOffsetsOf(request.body, this.#leaderOf));
        return;
      case 'FindCoordinator':
        reply(findCoordinator(request.body, this.#ports.metadata));
        return;
      case 'Metadata':
        reply(describeTopics(request.body, this.#ports.metadata, this.#leaders));
        return;
      case 'InitProducerId':
      case 'AddPartitionsToTxn':
      case 'AddOffsetsToTxn':
      case 'EndTxn':
        if (this.#coordinator === null) reply(withoutTransactionCoordinator(request));
        else this.#coordinator.handle(request, reply);
        return;
      case 'OffsetCommit':
      case 'OffsetFetch':
      case 'JoinGroup':
      case 'Heartbeat':
      case 'LeaveGroup':
      case 'SyncGroup':
      case 'TxnOffsetCommit':
        reply(withoutGroupCoordinator(request));
    }
  }

  #produce(request: RequestOf<'Produce'>, reply: (response: Response) => void): void {
    const { body } = request;
    const errorCode = produceRequestError(body);
    if (errorCode !== 'NONE') {
      reply({
        partitions: body.partitions.map(({ partition }) => refusedPartition(partition, errorCode)),
      });
      return;
    }
    const operation = this.#decisions.operationOf(request.apiVersion);
    this.#addPartitions.together(() => {
      produceToLeaders(body, operation, this.#leaderOf, reply);
    });
  }

  /** ReplicaManager.getPartitionOrException. */
  readonly #leaderOf = (partition: TopicPartition): PartitionLeader | ErrorCode =>
    this.#leaders.get(partition) ??
    (this.#ports.metadata.leaderOf(partition) === null
      ? 'UNKNOWN_TOPIC_OR_PARTITION'
      : 'NOT_LEADER_OR_FOLLOWER');
}
