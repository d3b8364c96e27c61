/**
 * One partition of `__consumer_offsets` for one term of leadership (GroupCoordinatorShard, CoordinatorRuntime): its
 * groups, its offsets, and the log that makes both durable. The partition is an ordinary one, whose leader judges
 * what is appended.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { Offset, ProducerIdentity } from '../../protocol/ids.ts';
import { NO_IDENTITY, NO_SEQUENCE } from '../../protocol/ids.ts';
import type { OffsetsLogRecord } from '../../protocol/offsets-log.ts';
import type { DataBatch, StoredBatch } from '../../protocol/records.ts';
import { appendAsCoordinator } from '../partition-leader/coordinator-append.ts';
import type { PartitionLeader } from '../partition-leader/partition-leader.ts';
import type { VerificationGuard } from '../partition-leader/verification.ts';
import { SENTINEL_GUARD } from '../partition-leader/verification.ts';
import { ClassicGroup } from './classic-group.ts';
import type { GroupConfig } from './config.ts';
import type { GroupDecisions } from './decisions.ts';
import type { GroupCoordinator, GroupPorts } from './group-coordinator.ts';
import type { GroupHandlers } from './handlers.ts';
import { OffsetStore } from './offset-store.ts';
import { decodeRecord, encodeRecord } from './offsets-log.ts';

type Done = (errorCode: ErrorCode) => void;

export class GroupShard {
  /** Index of the partition. */
  readonly partition: number;
  readonly leader: PartitionLeader;
  readonly config: GroupConfig;
  readonly ports: GroupPorts;
  readonly decisions: GroupDecisions;
  readonly handlers: GroupHandlers;
  isLoading = true;
  /** False once the broker has stopped leading the partition. */
  isOwned = true;
  readonly groups = new Map<string, ClassicGroup>();
  /** As of the end of the log. */
  readonly offsets: OffsetStore;
  /** As of the high watermark, when last asked for. */
  readonly #replicatedOffsets: OffsetStore;
  #replicatedBatches = 0;

  constructor(coordinator: GroupCoordinator, partition: number, leader: PartitionLeader) {
    this.partition = partition;
    this.leader = leader;
    this.config = coordinator.config;
    this.ports = coordinator.ports;
    this.decisions = coordinator.decisions;
    this.handlers = coordinator.handlers;
    this.offsets = new OffsetStore(this.decisions);
    this.#replicatedOffsets = new OffsetStore(this.decisions);
  }

  nowMs(): number {
    return this.ports.clock.nowMs();
  }

  /** A timer that ends with the term. Returns what cancels it. */
  after(delayMs: number, callback: () => void): () => void {
    return this.ports.timers.after(delayMs, () => {
      if (this.isOwned) callback();
    });
  }

  /** CoordinatorRuntime's read operations see replicated records only (SnapshotRegistry, lastCommittedOffset). */
  replicatedOffsets(): OffsetStore {
    const { entries, highWatermark } = this.leader.log;
    for (; this.#replicatedBatches < entries.length; this.#replicatedBatches += 1) {
      const batch = entries[this.#replicatedBatches]!;
      if (batch.lastOffset >= highWatermark) break;
      replayOffsets(this.#replicatedOffsets, batch);
    }
    return this.#replicatedOffsets;
  }

  /** OffsetMetadataManager: an offset's group exists, if only as a simple one. */
  ensureGroup(groupId: string): ClassicGroup {
    let group = this.groups.get(groupId);
    if (group === undefined) {
      group = new ClassicGroup(groupId, this.nowMs());
      this.groups.set(groupId, group);
    }
    return group;
  }

  /** Records outside any transaction, as one batch; `done` when they are replicated. */
  append(records: readonly OffsetsLogRecord[], done: Done): void {
    this.#append(records, NO_IDENTITY, SENTINEL_GUARD, done);
  }

  /** Each transactional write is a batch of its own, of base sequence 0 (CoordinatorRuntime). */
  appendTransactional(
    records: readonly OffsetsLogRecord[],
    identity: ProducerIdentity,
    guard: VerificationGuard,
    done: Done,
  ): void {
    this.#append(records, identity, guard, done);
  }

  #append(
    records: readonly OffsetsLogRecord[],
    { producerId, producerEpoch }: ProducerIdentity,
    guard: VerificationGuard,
    done: Done,
  ): void {
    const transactional = producerId !== NO_IDENTITY.producerId;
    const stored = appendAsCoordinator(
      this.leader,
      {
        producerId,
        producerEpoch,
        baseSequence: transactional ? 0 : NO_SEQUENCE,
        transactional,
        control: false,
        records: records.map(encodeRecord),
      },
      guard,
    );
    // Judged before it is applied, so that there is nothing to take back.
    if (typeof stored === 'string') return done(this.decisions.operationError(stored));
    this.#apply(records, stored);
    this.awaitReplication(stored.lastOffset, done);
  }

  /** Group metadata is not replayed where it was made (CoordinatorResult.replayRecords), but for tombstones. */
  #apply(records: readonly OffsetsLogRecord[], { baseOffset, producerId }: DataBatch): void {
    records.forEach((record, index) => {
      if (record.type === 'OffsetCommit') {
        if (record.value !== null) this.ensureGroup(record.key.group);
        this.offsets.replay(record, baseOffset + index, producerId);
      } else if (record.value === null) {
        this.groups.delete(record.key.group);
      }
    });
  }

  /** A read that is ordered after all writes before it. */
  afterPendingWrites(done: Done): void {
    this.awaitReplication(this.leader.logEndOffset - 1, done);
  }

  awaitReplication(lastOffset: Offset, done: Done): void {
    const { leader, config } = this;
    leader.handlers.awaitReplication(
      leader,
      lastOffset,
      config.offsetsCommitTimeoutMs,
      (errorCode) => done(this.decisions.operationError(errorCode)),
    );
  }
}

/** CoordinatorLoaderImpl, for offsets: data and markers in the log's order. */
export function replayOffsets(store: OffsetStore, batch: StoredBatch): void {
  if (batch.kind === 'control') {
    store.endTransaction(batch.producerId, batch.marker.type);
    return;
  }
  batch.records.forEach((dataRecord, index) => {
    const record = decodeRecord(dataRecord);
    if (record.type !== 'OffsetCommit') return;
    store.replay(record, batch.baseOffset + index, batch.producerId);
  });
}
