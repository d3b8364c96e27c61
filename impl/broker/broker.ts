/**
 * A broker (KafkaApis): hands each request to the coordinator, or to the leaders of its partitions, and puts the
 * answer together. It has no state of its own but the questions under way to coordinators; a crash throws it away
 * with its leaders, and the next incarnation is built around the same durable logs.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { BrokerId, TopicPartition } from '../../protocol/ids.ts';
import {
  ADD_PARTITIONS_RETRY_MAX_MS,
  CONSUMER_OFFSETS_TOPIC,
  REQUEST_TIMEOUT_MS,
} from '../../protocol/limits.ts';
import type {
  DescribeTransactionsRequest,
  DescribeTransactionsResponse,
} from '../../protocol/messages/describe-transactions.ts';
import type { Request, RequestOf, Response } from '../../protocol/messages/rpc.ts';
import { refused } from '../group-coordinator/answers.ts';
import type { PartitionLeader } from '../partition-leader/partition-leader.ts';
import type { TransactionVerification } from '../partition-leader/verification.ts';
import type { AddPartitionsConfig, AddPartitionsPorts } from './add-partitions-manager.ts';
import { AddPartitionsToTxnManager } from './add-partitions-manager.ts';
import type { CoordinatorRequest } from './answers.ts';
import { describedNowhere, withoutTransactionCoordinator } from './answers.ts';
import { describeTopics, findCoordinator } from './cluster-requests.ts';
import type { BrokerDecisions } from './decisions.ts';
import { BROKER_DECISIONS } from './decisions.ts';
import type { GroupEndpoint } from './group-requests.ts';
import { handleGroupRequest } from './group-requests.ts';
import type { WriteMarker } from './partition-requests.ts';
import { fetchFrom, listOffsetsOf, writeMarkers } from './partition-requests.ts';
import { produceRequestError, produceToLeaders, refusedPartition } from './produce-request.ts';

/** What a broker asks of the transaction coordinator that lives on it. */
export interface CoordinatorEndpoint {
  handle(request: CoordinatorRequest, reply: (response: Response) => void): void;
  describeTransactions(request: DescribeTransactionsRequest): DescribeTransactionsResponse;
}

export interface BrokerOptions {
  readonly id: BrokerId;
  /** Kafka's defaults where absent. */
  readonly config?: Partial<AddPartitionsConfig>;
  readonly ports: AddPartitionsPorts;
  /** Null: no transaction coordinator lives here. */
  readonly coordinator: CoordinatorEndpoint | null;
  /** Null, also where absent: no group coordinator lives here. */
  readonly groupCoordinator?: GroupEndpoint | null;
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
  readonly #groupCoordinator: GroupEndpoint | null;
  readonly #leaders: ReadonlyMap<TopicPartition, PartitionLeader>;
  readonly #decisions: BrokerDecisions;
  readonly #addPartitions: AddPartitionsToTxnManager;

  constructor(options: BrokerOptions) {
    this.id = options.id;
    this.#config = { ...DEFAULT_CONFIG, ...options.config };
    this.#ports = options.ports;
    this.#coordinator = options.coordinator;
    this.#groupCoordinator = options.groupCoordinator ?? null;
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
        writeMarkers(request, this.#leaders, this.#writeMarker, reply);
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
      case 'DescribeTransactions':
        reply(
          this.#coordinator?.describeTransactions(request.body) ?? describedNowhere(request.body),
        );
        return;
      case 'OffsetCommit':
      case 'OffsetFetch':
      case 'JoinGroup':
      case 'Heartbeat':
      case 'LeaveGroup':
      case 'SyncGroup':
      case 'TxnOffsetCommit':
        if (this.#groupCoordinator === null) reply(refused(request, 'NOT_COORDINATOR'));
        else handleGroupRequest(request, this.#ports.metadata, this.#groupCoordinator, reply);
    }
  }

  /** The group coordinator writes the markers of its own partitions. */
  readonly #writeMarker: WriteMarker = (partition, marker, reply) => {
    const { requestTimeoutMs } = this.#config;
    if (this.#groupCoordinator === null || !partition.startsWith(`${CONSUMER_OFFSETS_TOPIC}-`)) {
      this.#leaders.get(partition)!.writeMarker(marker, requestTimeoutMs, reply);
      return;
    }
    this.#groupCoordinator.completeTransaction(partition, marker, requestTimeoutMs, (errorCode) =>
      reply(this.#decisions.groupMarkerError(errorCode)),
    );
  };

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
