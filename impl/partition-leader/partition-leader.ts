/**
 * The leader of one partition (UnifiedLog, ProducerStateManager, and ReplicaManager's part of the produce path): it
 * appends what producers and coordinators send, refuses what their epochs and sequences forbid, and tells readers
 * how far the log is stable. Built from its log and nothing else; all it keeps besides is derived from the log, but
 * for verification, which a crash may forget.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { Offset, ProducerId, TopicPartition, TransactionalId } from '../../protocol/ids.ts';
import { NO_OFFSET, NO_PRODUCER_ID } from '../../protocol/ids.ts';
import type { FetchPartitionResponse, IsolationLevel } from '../../protocol/messages/fetch.ts';
import type { ProducePartitionResponse } from '../../protocol/messages/produce.ts';
import type { TxnMarker } from '../../protocol/messages/write-txn-markers.ts';
import type {
  AbortedTransactionEntry,
  ControlBatch,
  DataBatch,
  ProducedBatch,
  StoredBatch,
} from '../../protocol/records.ts';
import type { TransactionSupportedOperation } from '../../protocol/transaction-version.ts';
import type { DurableLog } from '../log/durable-log.ts';
import type { Clock, Timers } from '../ports.ts';
import type { LeaderDecisions } from './decisions.ts';
import { DECISIONS } from './decisions.ts';
import type { LeaderHandlers } from './handlers.ts';
import { HANDLERS } from './handlers.ts';
import type { OngoingTransaction, UnreplicatedTransaction } from './last-stable-offset.ts';
import { UnstableTransactions } from './last-stable-offset.ts';
import type { ProducerEntry } from './producer-state.ts';
import {
  addBatch,
  adoptEpoch,
  incrementSequence,
  lastSequenceOf,
  newProducerEntry,
} from './producer-state.ts';
import { TransactionIndex } from './transaction-index.ts';
import type { TransactionVerification, VerificationEntry } from './verification.ts';
import { VerificationEntries } from './verification.ts';

export interface LeaderConfig {
  /** `transaction.partition.verification.enable`; dynamic, read at each use. */
  readonly partitionVerification: boolean;
  /** `producer.id.expiration.ms`; a day unless told otherwise. */
  readonly producerIdExpirationMs?: number;
}

const PRODUCER_ID_EXPIRATION_MS = 86_400_000;

export interface LeaderPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly verification: TransactionVerification;
}

export interface PartitionLeaderOptions {
  readonly partition: TopicPartition;
  readonly leaderEpoch: number;
  readonly log: DurableLog<StoredBatch>;
  readonly config: LeaderConfig;
  readonly ports: LeaderPorts;
  readonly decisions?: LeaderDecisions;
  readonly handlers?: LeaderHandlers;
}

/** One partition of a Produce request. */
export interface PartitionProduce {
  readonly transactionalId: TransactionalId | null;
  readonly operation: TransactionSupportedOperation;
  readonly acks: number;
  /** How long to wait for replication. */
  readonly timeoutMs: number;
  readonly batch: ProducedBatch;
}

export type PartitionMarker = Omit<TxnMarker, 'partitions'>;

export interface PartitionFetch {
  readonly isolationLevel: IsolationLevel;
  readonly fetchOffset: Offset;
  readonly maxBatches: number;
}

export interface PartitionListOffsets {
  readonly isolationLevel: IsolationLevel;
  readonly timestamp: 'EARLIEST' | 'LATEST';
}

/** The leader's state as it stands, for traces and refinement. Producers are in the order of their ids. */
export interface LeaderSnapshot {
  readonly logEndOffset: Offset;
  readonly highWatermark: Offset;
  readonly lastStableOffset: Offset;
  readonly producers: readonly (Readonly<ProducerEntry> & { readonly lastSequence: number })[];
  readonly verification: readonly Readonly<VerificationEntry>[];
  readonly ongoing: readonly OngoingTransaction[];
  readonly unreplicated: readonly UnreplicatedTransaction[];
  readonly abortedTransactions: readonly AbortedTransactionEntry[];
}

const notifyNobody = (): void => undefined;

export class PartitionLeader {
  readonly partition: TopicPartition;
  readonly leaderEpoch: number;
  readonly log: DurableLog<StoredBatch>;
  readonly config: LeaderConfig;
  readonly ports: LeaderPorts;
  readonly decisions: LeaderDecisions;
  readonly handlers: LeaderHandlers;
  readonly producers = new Map<ProducerId, ProducerEntry>();
  readonly verification = new VerificationEntries();
  readonly #transactions = new UnstableTransactions();
  readonly index = new TransactionIndex();

  constructor(options: PartitionLeaderOptions) {
    this.partition = options.partition;
    this.leaderEpoch = options.leaderEpoch;
    this.log = options.log;
    this.config = options.config;
    this.ports = options.ports;
    this.decisions = options.decisions ?? DECISIONS;
    this.handlers = options.handlers ?? HANDLERS;
    this.handlers.load(this);
  }

  /** Replies once: when the batch is as durable as `acks` asks, or with an error. */
  produce(request: PartitionProduce, reply: (response: ProducePartitionResponse) => void): void {
    this.handlers.produce(this, request, reply);
  }

  /** Replies once, when the marker is replicated, or with an error (KafkaApis.handleWriteTxnMarkersRequest). */
  writeMarker(
    marker: PartitionMarker,
    timeoutMs: number,
    reply: (errorCode: ErrorCode) => void,
  ): void {
    this.handlers.writeMarker(this, marker, timeoutMs, reply);
  }

  fetch(request: PartitionFetch): FetchPartitionResponse {
    return this.handlers.fetch(this, request);
  }

  listOffsets(request: PartitionListOffsets): Offset {
    return this.handlers.listOffsets(this, request);
  }

  get logEndOffset(): Offset {
    return this.log.logEndOffset;
  }

  get highWatermark(): Offset {
    return this.log.highWatermark;
  }

  get lastStableOffset(): Offset {
    const { highWatermark, logEndOffset } = this.log;
    this.#transactions.onHighWatermark(highWatermark);
    const unstable = this.#transactions.firstUnstableOffset(this.decisions);
    return this.decisions.lastStableOffset(unstable, highWatermark, logEndOffset);
  }

  /** Appends a data batch that was found lawful; gives it its offsets and the leader's time. */
  appendData(batch: ProducedBatch): DataBatch {
    const baseOffset = this.log.logEndOffset;
    const stored: DataBatch = {
      kind: 'data',
      baseOffset,
      lastOffset: baseOffset + batch.records.length - 1,
      producerId: batch.producerId,
      producerEpoch: batch.producerEpoch,
      timestamp: this.ports.clock.nowMs(),
      baseSequence: batch.baseSequence,
      transactional: batch.transactional,
      records: batch.records,
    };
    this.#append(stored);
    return stored;
  }

  /** Appends a marker that was found lawful. */
  appendMarker(marker: PartitionMarker): ControlBatch {
    const baseOffset = this.log.logEndOffset;
    const stored: ControlBatch = {
      kind: 'control',
      baseOffset,
      lastOffset: baseOffset,
      producerId: marker.producerId,
      producerEpoch: marker.producerEpoch,
      timestamp: this.ports.clock.nowMs(),
      marker: { type: marker.result, coordinatorEpoch: marker.coordinatorEpoch },
    };
    this.#append(stored);
    return stored;
  }

  /** UnifiedLog.append: first the log, then what is derived from it. */
  #append(stored: StoredBatch): void {
    this.log.append(stored, stored.lastOffset - stored.baseOffset + 1, notifyNobody);
    this.#endVerification(stored);
    this.apply(stored);
  }

  /** KIP-890: the answer to a question asked before this batch is about another transaction. */
  #endVerification(stored: StoredBatch): void {
    if (stored.kind === 'data' && !stored.transactional) return;
    const entry = this.verification.get(stored.producerId);
    if (
      entry !== undefined &&
      this.decisions.endsVerification(entry, stored.kind === 'control', stored.producerEpoch)
    ) {
      this.verification.clear(stored.producerId);
    }
  }

  /** Maintains what is derived from the log for a batch at its end, appended or replayed, without judging it. */
  apply(stored: StoredBatch): void {
    if (stored.kind === 'control') this.#applyMarker(stored);
    else if (stored.producerId !== NO_PRODUCER_ID) this.#applyData(stored);
  }

  #entryOf(stored: StoredBatch): ProducerEntry {
    let entry = this.producers.get(stored.producerId);
    if (entry === undefined) {
      entry = newProducerEntry(stored.producerId, stored.producerEpoch);
      this.producers.set(stored.producerId, entry);
    }
    return entry;
  }

  /** ProducerAppendInfo.appendDataBatch. */
  #applyData(stored: DataBatch): void {
    const entry = this.#entryOf(stored);
    addBatch(
      entry,
      stored.producerEpoch,
      {
        firstSequence: stored.baseSequence,
        lastSequence: incrementSequence(stored.baseSequence, stored.lastOffset - stored.baseOffset),
        firstOffset: stored.baseOffset,
        lastOffset: stored.lastOffset,
        timestamp: stored.timestamp,
      },
      this.decisions,
    );
    if (stored.transactional && entry.currentTransactionFirstOffset === NO_OFFSET) {
      entry.currentTransactionFirstOffset = stored.baseOffset;
      this.#transactions.start(stored.producerId, stored.baseOffset);
    }
  }

  /**
   * ProducerAppendInfo.appendEndTxnMarker and UnifiedLog.append. The entry takes the marker's epoch even where the
   * transaction wrote nothing: that is what fences older instances on this partition.
   */
  #applyMarker(stored: ControlBatch): void {
    const entry = this.#entryOf(stored);
    const firstOffset = entry.currentTransactionFirstOffset;
    adoptEpoch(entry, stored.producerEpoch, this.decisions);
    entry.coordinatorEpoch = stored.marker.coordinatorEpoch;
    entry.currentTransactionFirstOffset = NO_OFFSET;
    entry.lastTimestamp = stored.timestamp;
    if (firstOffset === NO_OFFSET) return;
    if (this.decisions.entersTransactionIndex(stored.marker.type)) {
      const others = this.#transactions.firstOffsetOfOthers(stored.producerId);
      this.index.append({
        producerId: stored.producerId,
        firstOffset,
        lastOffset: stored.lastOffset,
        lastStableOffset: others === NO_OFFSET ? stored.lastOffset + 1 : others,
      });
    }
    this.#transactions.complete(stored.producerId, firstOffset, stored.lastOffset);
  }

  /** ProducerStateManager.removeExpiredProducers; due every `producer.id.expiration.check.interval.ms`. */
  removeExpiredProducers(): void {
    const nowMs = this.ports.clock.nowMs();
    const { producerIdExpirationMs = PRODUCER_ID_EXPIRATION_MS } = this.config;
    for (const entry of this.producers.values()) {
      if (
        entry.currentTransactionFirstOffset === NO_OFFSET &&
        this.decisions.isExpired(entry.lastTimestamp, nowMs, producerIdExpirationMs)
      ) {
        this.producers.delete(entry.producerId);
      }
    }
    for (const entry of this.verification.values()) {
      if (this.decisions.isExpired(entry.createdMs, nowMs, producerIdExpirationMs)) {
        this.verification.clear(entry.producerId);
      }
    }
  }

  snapshot(): LeaderSnapshot {
    const byId = (left: ProducerEntry, right: ProducerEntry): number =>
      left.producerId - right.producerId;
    return {
      logEndOffset: this.logEndOffset,
      highWatermark: this.highWatermark,
      lastStableOffset: this.lastStableOffset,
      producers: [...this.producers.values()].sort(byId).map((entry) => ({
        ...entry,
        batches: [...entry.batches],
        lastSequence: lastSequenceOf(entry),
      })),
      verification: [...this.verification.values()].map((entry) => ({ ...entry })),
      ongoing: [...this.#transactions.ongoing],
      unreplicated: [...this.#transactions.unreplicated],
      abortedTransactions: [...this.index.entries],
    };
  }
}
