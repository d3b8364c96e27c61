/**
 * The transaction coordinator of one broker (TransactionCoordinator.scala): it owns the transactional ids of the
 * `__transaction_state` partitions that the broker leads, decides each transaction's outcome once, and sees to it
 * that every partition learns it. Built from that log and nothing else; a crash is throwing the object away.
 * Transaction versions 0, 1 and 2 (KIP-98, KIP-360, KIP-890, KIP-1228); of KIP-939 the timeout rule only.
 */

import type {
  CoordinatorEpoch,
  ProducerEpoch,
  ProducerId,
  TopicPartition,
  TransactionalId,
} from '../../protocol/ids.ts';
import type {
  DescribeTransactionsRequest,
  DescribeTransactionsResponse,
} from '../../protocol/messages/describe-transactions.ts';
import type { RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { TransactionState } from '../../protocol/states.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type {
  Clock,
  ClusterMetadata,
  Outbound,
  ProducerIdBlocks,
  Timers,
  TransactionLog,
} from '../ports.ts';
import type { CoordinatorConfig } from './config.ts';
import { COORDINATOR_CONFIG } from './config.ts';
import type { CoordinatorDecisions } from './decisions.ts';
import { DECISIONS } from './decisions.ts';
import type { CoordinatorHandlers } from './handlers.ts';
import { HANDLERS } from './handlers.ts';
import { describeTransactions } from './handlers/describe-transactions.ts';
import { MarkerChannel } from './marker-channel.ts';
import { ProducerIdManager } from './producer-id-manager.ts';
import { TransactionStateManager } from './transaction-state-manager.ts';

export interface CoordinatorPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly outbound: Outbound;
  readonly metadata: ClusterMetadata;
  readonly log: TransactionLog;
  readonly producerIds: ProducerIdBlocks;
}

export interface CoordinatorOptions {
  /** What is absent is Kafka's default. */
  readonly config: Partial<CoordinatorConfig>;
  readonly ports: CoordinatorPorts;
  readonly decisions?: CoordinatorDecisions;
  readonly handlers?: CoordinatorHandlers;
}

export type CoordinatorApi = 'InitProducerId' | 'AddPartitionsToTxn' | 'AddOffsetsToTxn' | 'EndTxn';
/** Any request of the coordinator's, discriminated by `api`. */
export type CoordinatorRequest = {
  readonly [Api in CoordinatorApi]: RequestOf<Api>;
}[CoordinatorApi];

/** What the coordinator holds of one transactional id, durable or not. */
export interface CoordinatorSnapshot {
  readonly transactionalId: TransactionalId;
  /** Partition of `__transaction_state`, and the term in which it is led. */
  readonly partition: number;
  readonly coordinatorEpoch: CoordinatorEpoch;
  readonly isLoading: boolean;
  readonly state: TransactionState;
  readonly pendingState: TransactionState | null;
  readonly producerId: ProducerId;
  readonly previousProducerId: ProducerId;
  readonly nextProducerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly lastProducerEpoch: ProducerEpoch;
  readonly transactionTimeoutMs: number;
  /** In Prepare*: those whose leader has not written its marker yet. */
  readonly topicPartitions: readonly TopicPartition[];
  readonly startTimestampMs: number;
  readonly lastUpdateTimestampMs: number;
  readonly clientTransactionVersion: TransactionVersion;
  readonly hasFailedEpochFence: boolean;
  /** Partitions whose markers are under way; empty if none are, also when marking was given up. */
  readonly outstandingMarkers: readonly TopicPartition[];
}

export class TransactionCoordinator {
  readonly config: CoordinatorConfig;
  readonly ports: CoordinatorPorts;
  readonly decisions: CoordinatorDecisions;
  readonly handlers: CoordinatorHandlers;
  readonly state: TransactionStateManager;
  readonly markers: MarkerChannel;
  readonly producerIds: ProducerIdManager;

  constructor(options: CoordinatorOptions) {
    this.config = { ...COORDINATOR_CONFIG, ...options.config };
    this.ports = options.ports;
    this.decisions = options.decisions ?? DECISIONS;
    this.handlers = options.handlers ?? HANDLERS;
    this.state = new TransactionStateManager(this.ports, this.decisions);
    this.markers = new MarkerChannel(
      this.ports,
      this.state,
      this.decisions,
      this.config.markerRetryBackoffMs,
    );
    this.producerIds = new ProducerIdManager(this.ports.producerIds, this.ports.clock);
  }

  /** Starts the periodic tasks: abort of timed-out transactions, expiration of transactional ids. */
  start(): void {
    this.#every(this.config.abortTimedOutIntervalMs, () => this.handlers.abortTimedOut(this));
    this.#every(this.config.removeExpiredIntervalMs, () => this.handlers.removeExpired(this));
  }

  #every(intervalMs: number, task: () => void): void {
    this.ports.timers.after(intervalMs, () => {
      task();
      this.#every(intervalMs, task);
    });
  }

  /** The broker became leader of a partition of `__transaction_state`; it is read before anything is answered. */
  onElection(partition: number, coordinatorEpoch: CoordinatorEpoch): void {
    this.markers.drop(partition);
    const owned = this.state.elect(partition, coordinatorEpoch);
    this.ports.timers.after(this.config.loadMs, () => {
      if (this.state.load(owned)) this.handlers.loaded(this, owned);
    });
  }

  /** The broker stopped leading the partition as of that epoch; null: the partition was deleted. */
  onResignation(partition: number, coordinatorEpoch: CoordinatorEpoch | null): void {
    this.state.resign(partition, coordinatorEpoch);
    this.markers.drop(partition);
  }

  /** Serves a request; `reply` is called once, possibly before this returns, or never if the broker dies first. */
  handle<Api extends CoordinatorApi>(
    request: RequestOf<Api>,
    reply: (response: ResponseOf<Api>) => void,
  ): void;
  handle(request: CoordinatorRequest, reply: (response: never) => void): void {
    // The overload ties the response to the request's api, which narrowing cannot see.
    const answer = reply as (response: ResponseOf<CoordinatorApi>) => void;
    switch (request.api) {
      case 'InitProducerId':
        return this.handlers.initProducerId(this, request, answer);
      case 'AddPartitionsToTxn':
        return this.handlers.addPartitionsToTxn(this, request, answer);
      case 'AddOffsetsToTxn':
        return this.handlers.addOffsetsToTxn(this, request, answer);
      case 'EndTxn':
        return this.handlers.endTxn(this, request, answer);
    }
  }

  /** What an operator asks (KIP-664). */
  describeTransactions(request: DescribeTransactionsRequest): DescribeTransactionsResponse {
    return describeTransactions(this.state, request);
  }

  /** Null: the id is unknown here. Shares its arrays, which never change in place. */
  snapshot(transactionalId: TransactionalId): CoordinatorSnapshot | null {
    const owned = this.state.ownerOf(transactionalId);
    const metadata = owned?.transactions.get(transactionalId);
    if (owned === undefined || metadata === undefined) return null;
    return {
      transactionalId,
      partition: owned.partition,
      coordinatorEpoch: owned.coordinatorEpoch,
      isLoading: owned.isLoading,
      state: metadata.state,
      pendingState: metadata.pendingState,
      producerId: metadata.producerId,
      previousProducerId: metadata.previousProducerId,
      nextProducerId: metadata.nextProducerId,
      producerEpoch: metadata.producerEpoch,
      lastProducerEpoch: metadata.lastProducerEpoch,
      transactionTimeoutMs: metadata.transactionTimeoutMs,
      topicPartitions: metadata.topicPartitions,
      startTimestampMs: metadata.startTimestampMs,
      lastUpdateTimestampMs: metadata.lastUpdateTimestampMs,
      clientTransactionVersion: metadata.clientTransactionVersion,
      hasFailedEpochFence: metadata.hasFailedEpochFence,
      outstandingMarkers: this.markers.isMarking(transactionalId) ? metadata.topicPartitions : [],
    };
  }

  /** Every id in the cache, by partition of `__transaction_state`, oldest first. */
  transactionalIds(): readonly TransactionalId[] {
    const ids: TransactionalId[] = [];
    for (const owned of this.state.ownedPartitions()) ids.push(...owned.transactions.keys());
    return ids;
  }
}
