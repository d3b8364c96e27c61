/**
 * The group coordinator of one broker (GroupCoordinatorService): it keeps the groups and committed offsets of the
 * `__consumer_offsets` partitions that the broker leads, and takes part in transactions that commit offsets. Built from
 * those logs and nothing else; a crash is throwing the object away. Classic groups only (no KIP-848).
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TopicPartition } from '../../protocol/ids.ts';
import { topicPartitionParts } from '../../protocol/ids.ts';
import type { JoinGroupRequest } from '../../protocol/messages/join-group.ts';
import type { Response, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { GroupState } from '../../protocol/states.ts';
import type { PartitionLeader, PartitionMarker } from '../partition-leader/partition-leader.ts';
import type { Clock, ClusterMetadata, Timers } from '../ports.ts';
import { partitionFor } from '../ports.ts';
import type { GroupRequest } from './answers.ts';
import { refused } from './answers.ts';
import { completeJoin, completeSync, refusedJoin } from './classic-group.ts';
import type { GroupConfig } from './config.ts';
import { GROUP_CONFIG } from './config.ts';
import type { GroupDecisions } from './decisions.ts';
import { DECISIONS } from './decisions.ts';
import { GroupShard } from './group-shard.ts';
import type { GroupHandlers } from './handlers.ts';
import { HANDLERS } from './handlers.ts';
import type { GroupOffset, PendingOffset } from './offset-store.ts';

export interface GroupPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly metadata: ClusterMetadata;
  /** Never gives an id twice, in no incarnation of any broker (UUID.randomUUID). */
  readonly uuid: () => string;
}

export interface GroupCoordinatorOptions {
  /** What is absent is Kafka's default. */
  readonly config: Partial<GroupConfig>;
  readonly ports: GroupPorts;
  readonly decisions?: GroupDecisions;
  readonly handlers?: GroupHandlers;
}

/** What the coordinator holds of one group, durable or not. */
export interface GroupSnapshot {
  readonly groupId: string;
  /** Partition of `__consumer_offsets`. */
  readonly partition: number;
  readonly isLoading: boolean;
  readonly state: GroupState;
  readonly generation: number;
  /** Null: a simple group. */
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leader: string | null;
  /** In order of joining. */
  readonly members: readonly {
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly assignment: string;
    readonly isAwaitingJoin: boolean;
    readonly isAwaitingSync: boolean;
  }[];
  /** Told to join again with these ids. */
  readonly pendingMembers: readonly string[];
  readonly committed: readonly GroupOffset[];
  /** Of open transactions, in order of their producers' first. */
  readonly pending: readonly PendingOffset[];
}

export class GroupCoordinator {
  readonly config: GroupConfig;
  readonly ports: GroupPorts;
  readonly decisions: GroupDecisions;
  readonly handlers: GroupHandlers;
  readonly #shards = new Map<number, GroupShard>();

  constructor(options: GroupCoordinatorOptions) {
    this.config = { ...GROUP_CONFIG, ...options.config };
    this.ports = options.ports;
    this.decisions = options.decisions ?? DECISIONS;
    this.handlers = options.handlers ?? HANDLERS;
  }

  /** The broker became leader of a partition of `__consumer_offsets`; it is read before anything is answered. */
  onElection(partition: number, leader: PartitionLeader): void {
    this.onResignation(partition);
    const shard = new GroupShard(this, partition, leader);
    this.#shards.set(partition, shard);
    shard.after(this.config.loadMs, () => {
      this.handlers.load(shard);
      shard.isLoading = false;
      this.#expirePeriodically(shard);
    });
  }

  #expirePeriodically(shard: GroupShard): void {
    shard.after(this.config.offsetsRetentionCheckIntervalMs, () => {
      this.handlers.expireOffsets(shard);
      this.#expirePeriodically(shard);
    });
  }

  /** The broker stopped leading the partition: whoever waits for a rebalance looks for the coordinator again. */
  onResignation(partition: number): void {
    const shard = this.#shards.get(partition);
    if (shard === undefined) return;
    this.#shards.delete(partition);
    shard.isOwned = false;
    for (const group of shard.groups.values()) {
      group.transitionTo('Dead', shard.nowMs());
      for (const member of group.members.values()) {
        completeJoin(member, refusedJoin('NOT_COORDINATOR', member.memberId));
        completeSync(member, { errorCode: 'NOT_COORDINATOR', assignment: '' });
      }
    }
  }

  /** Serves a request; `reply` is called once, possibly before this returns, or never if the broker dies first. */
  handle(request: GroupRequest, reply: (response: Response) => void): void {
    const errorCode = this.#requestError(request);
    if (errorCode !== 'NONE') return this.#refuse(request, errorCode, reply);
    const shard =
      request.api === 'TxnOffsetCommit'
        ? this.#verifyingShardOf(request.body.groupId)
        : this.#shardOf(request.body.groupId);
    if (typeof shard === 'string') return this.#refuse(request, shard, reply);
    this.#dispatch(shard, request, reply);
  }

  /**
   * A transactional commit is verified, or its partition added, even while the partition is loading: only what is
   * written afterwards minds that (CoordinatorRuntime.scheduleTransactionalWriteOperation).
   */
  #verifyingShardOf(groupId: string): GroupShard | ErrorCode {
    const partition = partitionFor(groupId, this.ports.metadata.consumerOffsetsPartitions);
    return this.#shards.get(partition) ?? this.decisions.partitionGate(false, false);
  }

  #dispatch(shard: GroupShard, request: GroupRequest, reply: (response: Response) => void): void {
    const { handlers } = this;
    switch (request.api) {
      case 'TxnOffsetCommit':
        return handlers.txnOffsetCommit(shard, request, (response) =>
          reply(this.#forVersion(response, request.apiVersion)),
        );
      case 'OffsetCommit':
        return handlers.offsetCommit(shard, request, reply);
      case 'OffsetFetch':
        return handlers.offsetFetch(shard, request, reply);
      case 'JoinGroup':
        return handlers.joinGroup(shard, request, reply);
      case 'SyncGroup':
        return handlers.syncGroup(shard, request, reply);
      case 'Heartbeat':
        return handlers.heartbeat(shard, request, reply);
      case 'LeaveGroup':
        return handlers.leaveGroup(shard, request, reply);
    }
  }

  /** What is wrong with a request whoever it asks (GroupCoordinatorService). */
  #requestError(request: GroupRequest): ErrorCode {
    const { api, body } = request;
    // Offsets outside a transaction may be committed and fetched for the empty group id, for old clients' sake.
    const allowsEmptyId = api === 'OffsetCommit' || api === 'OffsetFetch';
    if (body.groupId === '' && !allowsEmptyId) return 'INVALID_GROUP_ID';
    return api === 'JoinGroup' ? this.#sessionTimeoutError(request.body) : 'NONE';
  }

  #sessionTimeoutError({ sessionTimeoutMs }: JoinGroupRequest): ErrorCode {
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = this.config;
    return sessionTimeoutMs < minSessionTimeoutMs || sessionTimeoutMs > maxSessionTimeoutMs
      ? 'INVALID_SESSION_TIMEOUT'
      : 'NONE';
  }

  #refuse(request: GroupRequest, errorCode: ErrorCode, reply: (response: Response) => void): void {
    // GroupCoordinatorService.heartbeat: a member is not thrown out while its group is being read.
    if (request.api === 'Heartbeat' && errorCode === 'COORDINATOR_LOAD_IN_PROGRESS') {
      return reply({ errorCode: 'NONE' });
    }
    const response = refused(request, errorCode);
    reply(
      request.api === 'TxnOffsetCommit'
        ? this.#forVersion(response as ResponseOf<'TxnOffsetCommit'>, request.apiVersion)
        : response,
    );
  }

  #forVersion(
    response: ResponseOf<'TxnOffsetCommit'>,
    apiVersion: number,
  ): ResponseOf<'TxnOffsetCommit'> {
    return {
      partitions: response.partitions.map(({ partition, errorCode }) => ({
        partition,
        errorCode: this.decisions.txnOffsetCommitError(errorCode, apiVersion),
      })),
    };
  }

  /**
   * A marker for a partition of `__consumer_offsets` (KafkaApis.handleWriteTxnMarkersRequest). Replies once, when it is
   * replicated, or with an error.
   */
  completeTransaction(
    partition: TopicPartition,
    marker: PartitionMarker,
    timeoutMs: number,
    reply: (errorCode: ErrorCode) => void,
  ): void {
    const shard = this.#shardAt(topicPartitionParts(partition).partition);
    if (typeof shard === 'string') return reply(shard);
    this.handlers.completeTransaction(shard, marker, timeoutMs, reply);
  }

  #shardOf(groupId: string): GroupShard | ErrorCode {
    return this.#shardAt(partitionFor(groupId, this.ports.metadata.consumerOffsetsPartitions));
  }

  #shardAt(partition: number): GroupShard | ErrorCode {
    const shard = this.#shards.get(partition);
    const errorCode = this.decisions.partitionGate(shard !== undefined, shard?.isLoading ?? false);
    return errorCode === 'NONE' ? shard! : errorCode;
  }

  /** Null: the group is unknown here. */
  snapshot(groupId: string): GroupSnapshot | null {
    const partition = partitionFor(groupId, this.ports.metadata.consumerOffsetsPartitions);
    const shard = this.#shards.get(partition);
    const group = shard?.groups.get(groupId);
    if (shard === undefined || group === undefined) return null;
    return {
      groupId,
      partition,
      isLoading: shard.isLoading,
      state: group.state,
      generation: group.generation,
      protocolType: group.protocolType,
      protocolName: group.protocolName,
      leader: group.leader,
      members: [...group.members.values()].map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        assignment: member.assignment,
        isAwaitingJoin: member.awaitingJoin !== null,
        isAwaitingSync: member.awaitingSync !== null,
      })),
      pendingMembers: [...group.pendingJoins.keys()],
      committed: shard.offsets.committedOf(groupId),
      pending: shard.offsets.pendingOf(groupId),
    };
  }

  /** Every group here, by partition of `__consumer_offsets`, oldest first. */
  groupIds(): readonly string[] {
    const ids: string[] = [];
    for (const shard of this.#shards.values()) ids.push(...shard.groups.keys());
    return ids;
  }
}
