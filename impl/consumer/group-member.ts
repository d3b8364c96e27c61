/**
 * A consumer's part in its group (classic protocol): it finds the group's coordinator, joins, learns what it is assigned,
 * reads and commits offsets (ConsumerCoordinator.java, AbstractCoordinator.java; KIP-62, KIP-394, KIP-447). It makes one
 * call at a time. It sends no heartbeats: the long session timeout stands for a background thread whose heartbeats
 * always get through, and a member that does not come back to a rebalance is left behind after the rebalance timeout.
 */

import { ERROR_CODES, type ErrorCode } from '../../protocol/error-codes.ts';
import type { BrokerId, Offset, TopicPartition } from '../../protocol/ids.ts';
import { REQUEST_TIMEOUT_MS, RETRY_BACKOFF_MS } from '../../protocol/limits.ts';
import type { JoinGroupResponse } from '../../protocol/messages/join-group.ts';
import type { RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { CommittedOffset } from '../../protocol/messages/txn-offset-commit.ts';
import type { Clock, Outbound, Timers } from '../ports.ts';
import { type ConsumerGroupMetadata, findCoordinator } from '../producer/transactional-messages.ts';
import {
  GROUP_MEMBER_DECISIONS,
  type GroupApi,
  type GroupMemberDecisions,
} from './group-member-decisions.ts';

export interface GroupMemberConfig {
  readonly groupId: string;
  /** What it would like to read. */
  readonly partitions: readonly TopicPartition[];
  readonly requestTimeoutMs: number;
  readonly retryBackoffMs: number;
  /** `retry.backoff.max.ms`: each retry of a call waits twice as long as the one before, up to this (KIP-580). */
  readonly retryBackoffMaxMs: number;
  /** How long a call tries, `default.api.timeout.ms`. */
  readonly apiTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  /** `max.poll.interval.ms`: how long a rebalance waits for members. */
  readonly rebalanceTimeoutMs: number;
}

export const GROUP_MEMBER_DEFAULTS = {
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  retryBackoffMs: RETRY_BACKOFF_MS,
  retryBackoffMaxMs: 1_000,
  apiTimeoutMs: 60_000,
  // `group.max.session.timeout.ms`.
  sessionTimeoutMs: 1_800_000,
  rebalanceTimeoutMs: 2_000,
} as const satisfies Partial<GroupMemberConfig>;

/** The newest versions whose fields are named, of OffsetFetch the newest that asks for one group (v8: several). */
const JOIN_GROUP_VERSION = 9;
const SYNC_GROUP_VERSION = 5;
const OFFSET_FETCH_VERSION = 7;
const OFFSET_COMMIT_VERSION = 9;
/** A join takes as long as the rebalance and then this much (AbstractCoordinator.JOIN_GROUP_TIMEOUT_LAPSE). */
const JOIN_GROUP_TIMEOUT_LAPSE_MS = 5_000;
/** AbstractCoordinator.generation before the first join. */
const NO_GENERATION = -1;

export interface GroupMemberPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly outbound: Outbound;
  /** Brokers to ask for the coordinator. Never empty. */
  readonly bootstrap: readonly BrokerId[];
}

export interface GroupOffset {
  readonly partition: TopicPartition;
  /** Next offset to read; -1: none is committed. */
  readonly offset: Offset;
}

/** `failed`: certainly without effect. `unknown`: it may have had one, or may still get one. */
export interface GroupError {
  readonly status: 'error';
  readonly outcome: 'failed' | 'unknown';
  readonly errorCode: ErrorCode;
}
export type GroupResult<Value> = { readonly status: 'ok'; readonly value: Value } | GroupError;

interface Call {
  readonly deadlineMs: number;
  /** Its first request, to the coordinator as it is known by then. */
  readonly attempt: (call: Call, coordinator: BrokerId) => void;
  readonly fail: (error: GroupError) => void;
  /** Of the next retry. */
  backoffMs: number;
  /** An attempt of it went unanswered, or its answer does not tell whether it was carried out. */
  ambiguous: boolean;
}

export class GroupMember {
  readonly #config: GroupMemberConfig;
  readonly #ports: GroupMemberPorts;
  readonly #decisions: GroupMemberDecisions;
  #coordinator: BrokerId | null = null;
  /** Lookups so far: each asks the next of the bootstrap brokers. */
  #lookups = 0;
  #memberId = '';
  #generation = NO_GENERATION;
  #assigned: readonly TopicPartition[] = [];

  constructor(options: {
    readonly config: GroupMemberConfig;
    readonly ports: GroupMemberPorts;
    readonly decisions?: GroupMemberDecisions;
  }) {
    this.#config = options.config;
    this.#ports = options.ports;
    this.#decisions = options.decisions ?? GROUP_MEMBER_DECISIONS;
  }

  /** What it knows of its membership: it does not learn by itself that a newer generation has begun. */
  get metadata(): ConsumerGroupMetadata {
    const isMember = this.#generation !== NO_GENERATION;
    return {
      groupId: this.#config.groupId,
      generationId: this.#generation,
      memberId: isMember ? this.#memberId : '',
      groupInstanceId: null,
    };
  }

  /** What it was assigned in its generation. */
  get assigned(): readonly TopicPartition[] {
    return this.#assigned;
  }

  /** Joins the group, or joins it again: it is a member of the generation once its assignment has come. */
  join(done: (result: GroupResult<ConsumerGroupMetadata>) => void): void {
    this.#generation = NO_GENERATION;
    this.#assigned = [];
    this.#begin(done, (call, coordinator) =>
      this.#joinGroup(call, coordinator, (answer) =>
        this.#syncGroup(call, coordinator, answer, ({ assignment }) => {
          this.#generation = answer.generationId;
          this.#assigned = partitionsIn(assignment);
          done({ status: 'ok', value: this.metadata });
        }),
      ),
    );
  }

  /** The group's committed offsets of some partitions; none that an open transaction may still move. */
  fetchOffsets(
    partitions: readonly TopicPartition[],
    done: (result: GroupResult<readonly GroupOffset[]>) => void,
  ): void {
    const { groupId } = this.#config;
    const body = { groupId, partitions, requireStable: this.#decisions.requiresStable() };
    const request = { api: 'OffsetFetch', apiVersion: OFFSET_FETCH_VERSION, body } as const;
    this.#begin(done, (call, coordinator) =>
      this.#ask(call, coordinator, request, offsetFetchError, (response) => {
        const value = response.partitions.map(({ partition, committedOffset }) => ({
          partition,
          offset: committedOffset,
        }));
        done({ status: 'ok', value });
      }),
    );
  }

  /** A plain commit, outside any transaction. */
  commitOffsets(
    offsets: readonly GroupOffset[],
    done: (result: GroupResult<readonly GroupOffset[]>) => void,
  ): void {
    const { groupId, generationId, memberId, groupInstanceId } = this.metadata;
    const body = {
      groupId,
      generationIdOrMemberEpoch: generationId,
      memberId,
      groupInstanceId,
      offsets: offsets.map(committedOffset),
    };
    const request = { api: 'OffsetCommit', apiVersion: OFFSET_COMMIT_VERSION, body } as const;
    this.#begin(done, (call, coordinator) =>
      this.#ask(call, coordinator, request, firstPartitionError, () =>
        done({ status: 'ok', value: offsets }),
      ),
    );
  }

  #begin(fail: Call['fail'], attempt: Call['attempt']): void {
    const { apiTimeoutMs, retryBackoffMs } = this.#config;
    const deadlineMs = this.#ports.clock.nowMs() + apiTimeoutMs;
    this.#attempt({ deadlineMs, attempt, fail, backoffMs: retryBackoffMs, ambiguous: false });
  }

  #attempt(call: Call): void {
    if (this.#coordinator === null) this.#lookUp(call);
    else call.attempt(call, this.#coordinator);
  }

  #lookUp(call: Call): void {
    const { bootstrap, outbound } = this.#ports;
    const { groupId, requestTimeoutMs } = this.#config;
    const broker = bootstrap[this.#lookups % bootstrap.length]!;
    this.#lookups += 1;
    outbound.call(broker, findCoordinator('GROUP', groupId), requestTimeoutMs, (response) => {
      const errorCode = response?.errorCode ?? 'NETWORK_EXCEPTION';
      if (response !== null && errorCode === 'NONE') {
        this.#coordinator = response.nodeId;
        call.attempt(call, response.nodeId);
      } else if (ERROR_CODES[errorCode].retriable) this.#later(call, errorCode);
      else this.#giveUp(call, errorCode);
    });
  }

  #joinGroup(call: Call, coordinator: BrokerId, joined: (answer: JoinGroupResponse) => void): void {
    const { groupId, sessionTimeoutMs, rebalanceTimeoutMs, partitions } = this.#config;
    const body = {
      groupId,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      memberId: this.#memberId,
      groupInstanceId: null,
      protocolType: 'consumer',
      protocols: [{ name: 'roundrobin', metadata: partitions.join(' ') }],
    };
    const request = { api: 'JoinGroup', apiVersion: JOIN_GROUP_VERSION, body } as const;
    const errorIn = ({ errorCode, memberId }: JoinGroupResponse): ErrorCode => {
      if (errorCode === 'NONE' || errorCode === 'MEMBER_ID_REQUIRED') this.#memberId = memberId;
      return errorCode;
    };
    this.#ask(call, coordinator, request, errorIn, joined);
  }

  #syncGroup(
    call: Call,
    coordinator: BrokerId,
    { generationId, leader, memberId, members }: JoinGroupResponse,
    synced: (response: ResponseOf<'SyncGroup'>) => void,
  ): void {
    const assignments = leader === memberId ? this.#assignmentsOf(members) : [];
    const { groupId } = this.#config;
    const body = { groupId, generationId, memberId, groupInstanceId: null, assignments };
    const request = { api: 'SyncGroup', apiVersion: SYNC_GROUP_VERSION, body } as const;
    this.#ask(call, coordinator, request, ({ errorCode }) => errorCode, synced);
  }

  #assignmentsOf(
    members: JoinGroupResponse['members'],
  ): readonly { readonly memberId: string; readonly assignment: string }[] {
    const subscriptions = members.map(({ memberId, metadata }) => ({
      memberId,
      partitions: partitionsIn(metadata),
    }));
    return this.#decisions
      .assign(subscriptions)
      .map(({ memberId, partitions }) => ({ memberId, assignment: partitions.join(' ') }));
  }

  #ask<Api extends GroupApi>(
    call: Call,
    coordinator: BrokerId,
    request: RequestOf<Api>,
    errorIn: (response: ResponseOf<Api>) => ErrorCode,
    answered: (response: ResponseOf<Api>) => void,
  ): void {
    const { requestTimeoutMs, rebalanceTimeoutMs } = this.#config;
    const api: GroupApi = request.api;
    const timeoutMs =
      api === 'JoinGroup'
        ? Math.max(requestTimeoutMs, rebalanceTimeoutMs + JOIN_GROUP_TIMEOUT_LAPSE_MS)
        : requestTimeoutMs;
    this.#ports.outbound.call(coordinator, request, timeoutMs, (response) => {
      if (response === null) return this.#disconnected(call);
      const errorCode = errorIn(response);
      if (errorCode === 'NONE') answered(response);
      else this.#refused(call, api, errorCode);
    });
  }

  #disconnected(call: Call): void {
    call.ambiguous = true;
    this.#coordinator = null;
    this.#later(call, 'NETWORK_EXCEPTION');
  }

  #refused(call: Call, api: GroupApi, errorCode: ErrorCode): void {
    const { onError, isAmbiguous } = this.#decisions;
    if (isAmbiguous(errorCode)) call.ambiguous = true;
    switch (onError(api, errorCode)) {
      case 'retry-at-once':
        return this.#attempt(call);
      case 'lookup':
        this.#coordinator = null;
        return this.#later(call, errorCode);
      case 'join-anew':
        this.#memberId = '';
        return this.#later(call, errorCode);
      case 'retry':
        return this.#later(call, errorCode);
      case 'fail':
        return this.#giveUp(call, errorCode);
    }
  }

  #later(call: Call, errorCode: ErrorCode): void {
    const { clock, timers } = this.#ports;
    const { backoffMs } = call;
    call.backoffMs = Math.min(2 * backoffMs, this.#config.retryBackoffMaxMs);
    const remainingMs = call.deadlineMs - clock.nowMs();
    timers.after(Math.max(0, Math.min(backoffMs, remainingMs)), () => {
      if (remainingMs > backoffMs) this.#attempt(call);
      else this.#giveUp(call, errorCode);
    });
  }

  #giveUp(call: Call, errorCode: ErrorCode): void {
    const outcome = call.ambiguous ? 'unknown' : 'failed';
    call.fail({ status: 'error', outcome, errorCode });
  }
}

/** How a member writes partitions into its subscription and its assignment, which the coordinator does not read. */
function partitionsIn(text: string): readonly TopicPartition[] {
  return text === '' ? [] : text.split(' ');
}

/** Offsets as they are committed: neither the leader epoch nor metadata is known. */
export function committedOffset({ partition, offset }: GroupOffset): CommittedOffset {
  return {
    partition,
    committedOffset: offset,
    committedLeaderEpoch: -1,
    committedMetadata: null,
  };
}

function offsetFetchError(response: ResponseOf<'OffsetFetch'>): ErrorCode {
  return response.errorCode === 'NONE' ? firstPartitionError(response) : response.errorCode;
}

function firstPartitionError({
  partitions,
}: {
  readonly partitions: readonly { readonly errorCode: ErrorCode }[];
}): ErrorCode {
  return partitions.find(({ errorCode }) => errorCode !== 'NONE')?.errorCode ?? 'NONE';
}
