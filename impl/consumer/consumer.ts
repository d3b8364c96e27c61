/**
 * A consumer of single partitions under one isolation level, without a group: it fetches from an offset and filters
 * what it got (Fetcher.java, CompletedFetch.java).
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import { NO_OFFSET, type Offset, type TopicPartition } from '../../protocol/ids.ts';
import { REQUEST_TIMEOUT_MS, RETRY_BACKOFF_MS } from '../../protocol/limits.ts';
import type { FetchPartitionResponse, IsolationLevel } from '../../protocol/messages/fetch.ts';
import type { Clock, ClusterMetadata, Outbound, Timers } from '../ports.ts';
import { filterFetched, type ConsumedRecord } from './aborted-filter.ts';
import { CONSUMER_DECISIONS, type ConsumerDecisions } from './decisions.ts';

/** The newest version that names topics rather than their ids. */
const FETCH_VERSION = 12;
const LIST_OFFSETS_VERSION = 7;

export interface ConsumerConfig {
  readonly isolationLevel: IsolationLevel;
  /** Most batches in one fetch; stands for `max.partition.fetch.bytes`. */
  readonly maxBatches: number;
  readonly requestTimeoutMs: number;
  readonly retryBackoffMs: number;
  /** How long a poll tries to get an answer, `default.api.timeout.ms`. */
  readonly pollTimeoutMs: number;
}

/** Kafka's defaults, but for the bound on batches: small, so that a fetch often ends inside a transaction. */
const CONSUMER_DEFAULTS: ConsumerConfig = {
  isolationLevel: 'read_uncommitted',
  maxBatches: 4,
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  retryBackoffMs: RETRY_BACKOFF_MS,
  pollTimeoutMs: 60_000,
};

export interface ConsumerPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly outbound: Outbound;
  readonly metadata: Pick<ClusterMetadata, 'leaderOf'>;
}

export interface ConsumerOptions {
  /** What is absent is the default. */
  readonly config: Partial<ConsumerConfig>;
  readonly ports: ConsumerPorts;
  readonly decisions?: ConsumerDecisions;
}

export interface PollResult {
  /** NONE, or the last error when the time was up or trying again would not help; then nothing was read. */
  readonly errorCode: ErrorCode;
  readonly records: readonly ConsumedRecord[];
  /** Where to poll next. */
  readonly position: Offset;
  /** Both -1 with an error. */
  readonly highWatermark: Offset;
  readonly lastStableOffset: Offset;
}

export interface EndOffsetResult {
  readonly errorCode: ErrorCode;
  /** -1 with an error. */
  readonly offset: Offset;
}

interface Poll {
  readonly partition: TopicPartition;
  readonly from: Offset;
  readonly deadlineMs: number;
  readonly done: (result: PollResult) => void;
}

export class Consumer {
  readonly #config: ConsumerConfig;
  readonly #ports: ConsumerPorts;
  readonly #decisions: ConsumerDecisions;

  constructor(options: ConsumerOptions) {
    this.#config = { ...CONSUMER_DEFAULTS, ...options.config };
    this.#ports = options.ports;
    this.#decisions = options.decisions ?? CONSUMER_DECISIONS;
  }

  /** Fetches once from an offset; `done` is called exactly once, never before `poll` returns. */
  poll(partition: TopicPartition, from: Offset, done: (result: PollResult) => void): void {
    const deadlineMs = this.#ports.clock.nowMs() + this.#config.pollTimeoutMs;
    this.#fetch({ partition, from, deadlineMs, done });
  }

  /** Asks once for the latest offset that this isolation level can see (KafkaConsumer.endOffsets). */
  endOffset(partition: TopicPartition, done: (result: EndOffsetResult) => void): void {
    const leader = this.#ports.metadata.leaderOf(partition);
    if (leader === null) return done({ errorCode: 'NOT_LEADER_OR_FOLLOWER', offset: NO_OFFSET });
    const { isolationLevel, requestTimeoutMs } = this.#config;
    const request = {
      api: 'ListOffsets',
      apiVersion: LIST_OFFSETS_VERSION,
      body: { isolationLevel, partitions: [{ partition, timestamp: 'LATEST' }] },
    } as const;
    this.#ports.outbound.call(leader, request, requestTimeoutMs, (response) => {
      const answer = response?.partitions[0];
      done(answer ?? { errorCode: 'NETWORK_EXCEPTION', offset: NO_OFFSET });
    });
  }

  #fetch(poll: Poll): void {
    const leader = this.#ports.metadata.leaderOf(poll.partition);
    if (leader === null) return this.#retryLater(poll, 'NOT_LEADER_OR_FOLLOWER');
    const { isolationLevel, maxBatches, requestTimeoutMs } = this.#config;
    const { partition, from } = poll;
    const request = {
      api: 'Fetch',
      apiVersion: FETCH_VERSION,
      body: { isolationLevel, partitions: [{ partition, fetchOffset: from, maxBatches }] },
    } as const;
    this.#ports.outbound.call(leader, request, requestTimeoutMs, (response) => {
      const answer = response?.partitions[0];
      if (answer === undefined) this.#failed(poll, 'NETWORK_EXCEPTION');
      else if (answer.errorCode === 'NONE') this.#fetched(poll, answer);
      else this.#failed(poll, answer.errorCode);
    });
  }

  #fetched(poll: Poll, answer: FetchPartitionResponse): void {
    const readsCommitted = this.#config.isolationLevel === 'read_committed';
    const abortedTransactions = readsCommitted ? (answer.abortedTransactions ?? []) : null;
    const { batches, highWatermark, lastStableOffset } = answer;
    const { records, position } = filterFetched(
      { position: poll.from, batches, abortedTransactions },
      this.#decisions,
    );
    poll.done({ errorCode: 'NONE', records, position, highWatermark, lastStableOffset });
  }

  #failed(poll: Poll, errorCode: ErrorCode): void {
    if (this.#decisions.isRetriable(errorCode)) this.#retryLater(poll, errorCode);
    else this.#giveUp(poll, errorCode);
  }

  #retryLater(poll: Poll, errorCode: ErrorCode): void {
    const { retryBackoffMs } = this.#config;
    const remainingMs = poll.deadlineMs - this.#ports.clock.nowMs();
    this.#ports.timers.after(Math.max(0, Math.min(retryBackoffMs, remainingMs)), () => {
      if (remainingMs > retryBackoffMs) this.#fetch(poll);
      else this.#giveUp(poll, errorCode);
    });
  }

  #giveUp(poll: Poll, errorCode: ErrorCode): void {
    poll.done({
      errorCode,
      records: [],
      position: poll.from,
      highWatermark: NO_OFFSET,
      lastStableOffset: NO_OFFSET,
    });
  }
}
