/**
 * What the partition leader does with each message, as named functions of the leader: the order of effects lives
 * here, the rules in the decisions. Constructing a leader with one of them replaced makes a leader with one known
 * defect.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { Offset, TopicPartition } from '../../protocol/ids.ts';
import { NO_OFFSET, NO_PRODUCER_ID, NO_TIMESTAMP } from '../../protocol/ids.ts';
import type { FetchPartitionResponse } from '../../protocol/messages/fetch.ts';
import type { ProducePartitionResponse } from '../../protocol/messages/produce.ts';
import type { AbortedTransaction, ProducedBatch, StoredBatch } from '../../protocol/records.ts';
import { clientBatchError, dataBatchError, markerError } from './append-validation.ts';
import type {
  PartitionFetch,
  PartitionLeader,
  PartitionListOffsets,
  PartitionMarker,
  PartitionProduce,
} from './partition-leader.ts';
import type { RetainedBatch } from './producer-state.ts';
import { hasOngoingTransaction, incrementSequence } from './producer-state.ts';
import type { VerificationGuard } from './verification.ts';
import { SENTINEL_GUARD } from './verification.ts';

/** Nothing is deleted from a log yet. */
const LOG_START_OFFSET: Offset = 0;

export type ProduceReply = (response: ProducePartitionResponse) => void;

export interface LeaderHandlers {
  /** Rebuilds what is derived from the log. */
  load(leader: PartitionLeader): void;
  produce(leader: PartitionLeader, request: PartitionProduce, reply: ProduceReply): void;
  /** Asks the coordinator about a first append, and appends once the answer is there. */
  verify(
    leader: PartitionLeader,
    request: PartitionProduce,
    guard: VerificationGuard,
    reply: ProduceReply,
  ): void;
  /** Appends what is lawful and replies when it is durable. */
  append(
    leader: PartitionLeader,
    request: PartitionProduce,
    guard: VerificationGuard,
    reply: ProduceReply,
  ): void;
  /** Answers a retry of a batch that is in the log. */
  answerDuplicate(
    leader: PartitionLeader,
    request: PartitionProduce,
    original: RetainedBatch,
    reply: ProduceReply,
  ): void;
  /** Calls back when the high watermark has passed the offset, or with REQUEST_TIMED_OUT. */
  awaitReplication(
    leader: PartitionLeader,
    lastOffset: Offset,
    timeoutMs: number,
    done: (errorCode: ErrorCode) => void,
  ): void;
  writeMarker(
    leader: PartitionLeader,
    marker: PartitionMarker,
    timeoutMs: number,
    reply: (errorCode: ErrorCode) => void,
  ): void;
  fetch(leader: PartitionLeader, request: PartitionFetch): FetchPartitionResponse;
  listOffsets(leader: PartitionLeader, request: PartitionListOffsets): Offset;
}

/**
 * UnifiedLog.rebuildProducerState: what is in the log was judged when it was appended, so that replay (origin
 * REPLICATION) enforces nothing.
 */
function load(leader: PartitionLeader): void {
  for (const stored of leader.log.entries) leader.apply(stored);
  leader.removeExpiredProducers();
}

/** ReplicaManager.handleProduceAppend and UnifiedLog.maybeStartTransactionVerification (KIP-890). */
function produce(leader: PartitionLeader, request: PartitionProduce, reply: ProduceReply): void {
  const { batch, operation } = request;
  if (request.transactionalId === null || !batch.transactional) {
    leader.handlers.append(leader, request, SENTINEL_GUARD, reply);
    return;
  }
  // Under TV2 the coordinator must be asked in any case, since asking is what adds the partition.
  const mustVerify =
    operation === 'ADD_PARTITION' ||
    leader.decisions.verificationIsOn(leader.config.partitionVerification);
  if (!mustVerify) {
    leader.handlers.append(leader, request, SENTINEL_GUARD, reply);
    return;
  }
  const entry = leader.producers.get(batch.producerId);
  if (
    entry !== undefined &&
    leader.decisions.epochIsStale(entry.producerEpoch, batch.producerEpoch)
  ) {
    reply(refusal(leader, 'INVALID_PRODUCER_EPOCH', NO_OFFSET));
    return;
  }
  if (hasOngoingTransaction(entry, batch.producerEpoch)) {
    leader.handlers.append(leader, request, SENTINEL_GUARD, reply);
    return;
  }
  const guard = leader.verification.startOrContinue(
    batch.producerId,
    batch.producerEpoch,
    batch.baseSequence,
    operation === 'ADD_PARTITION',
    leader.ports.clock.nowMs(),
  );
  leader.handlers.verify(leader, request, guard, reply);
}

function verify(
  leader: PartitionLeader,
  request: PartitionProduce,
  guard: VerificationGuard,
  reply: ProduceReply,
): void {
  const { batch, operation, transactionalId } = request;
  leader.ports.verification.verify(
    {
      transactionalId: transactionalId!,
      producerId: batch.producerId,
      producerEpoch: batch.producerEpoch,
      partition: leader.partition,
      operation,
    },
    (errorCode, retry) => {
      // A retry starts over: in between a marker may have fenced the producer or ended the span of the guard.
      if (retry !== null) retry(() => leader.handlers.produce(leader, request, reply));
      else if (errorCode === 'NONE') leader.handlers.append(leader, request, guard, reply);
      else reply(refusal(leader, leader.decisions.preAppendError(errorCode, operation), NO_OFFSET));
    },
  );
}

/** UnifiedLog.append with origin CLIENT. */
function append(
  leader: PartitionLeader,
  request: PartitionProduce,
  guard: VerificationGuard,
  reply: ProduceReply,
): void {
  const { batch } = request;
  if (!isValidRequiredAcks(request.acks)) {
    reply(refusal(leader, 'INVALID_REQUIRED_ACKS', NO_OFFSET));
    return;
  }
  const malformed = clientBatchError(batch);
  if (malformed !== 'NONE') {
    reply(refusal(leader, malformed, LOG_START_OFFSET));
    return;
  }
  if (batch.producerId !== NO_PRODUCER_ID) {
    const original = originalOf(leader, batch);
    if (original !== null) {
      leader.handlers.answerDuplicate(leader, request, original, reply);
      return;
    }
    const errorCode = dataBatchError(leader, batch, guard, 'CLIENT');
    if (errorCode !== 'NONE') {
      reply(refusal(leader, errorCode, LOG_START_OFFSET));
      return;
    }
  }
  const stored = leader.appendData(batch);
  // The topic keeps the producers' timestamps, so that the time of the append is not told (LogAppendInfo).
  acknowledge(leader, request, stored.baseOffset, stored.lastOffset, NO_TIMESTAMP, reply);
}

/** ReplicaManager.isValidRequiredAcks. */
function isValidRequiredAcks(acks: number): boolean {
  return acks === -1 || acks === 0 || acks === 1;
}

function originalOf(leader: PartitionLeader, batch: ProducedBatch): RetainedBatch | null {
  const entry = leader.producers.get(batch.producerId);
  if (entry === undefined) return null;
  const lastSequence = incrementSequence(batch.baseSequence, batch.records.length - 1);
  return leader.decisions.duplicateOf(entry, batch.producerEpoch, batch.baseSequence, lastSequence);
}

/** UnifiedLog.append: a retry is told what the original was told, and the original's time. */
function answerDuplicate(
  leader: PartitionLeader,
  request: PartitionProduce,
  original: RetainedBatch,
  reply: ProduceReply,
): void {
  const { firstOffset, lastOffset, timestamp } = original;
  acknowledge(leader, request, firstOffset, lastOffset, timestamp, reply);
}

/** DelayedProduce: acks=all waits for replication, anything else does not. */
function acknowledge(
  leader: PartitionLeader,
  request: PartitionProduce,
  baseOffset: Offset,
  lastOffset: Offset,
  logAppendTimeMs: number,
  reply: ProduceReply,
): void {
  const { partition } = leader;
  const accepted: ProducePartitionResponse = {
    partition,
    errorCode: 'NONE',
    baseOffset,
    logAppendTimeMs,
    logStartOffset: LOG_START_OFFSET,
  };
  if (request.acks !== -1) {
    reply(accepted);
    return;
  }
  leader.handlers.awaitReplication(leader, lastOffset, request.timeoutMs, (errorCode) => {
    reply(errorCode === 'NONE' ? accepted : refusal(leader, errorCode, LOG_START_OFFSET));
  });
}

/** `logStartOffset` is -1 for what never reached the log (ReplicaManager, UNKNOWN_LOG_APPEND_INFO). */
function refusal(
  leader: PartitionLeader,
  errorCode: ErrorCode,
  logStartOffset: Offset,
): ProducePartitionResponse {
  return {
    partition: leader.partition,
    errorCode,
    baseOffset: NO_OFFSET,
    logAppendTimeMs: NO_TIMESTAMP,
    logStartOffset,
  };
}

/** DelayedOperation: whichever comes first. What timed out stays in the log. */
function awaitReplication(
  leader: PartitionLeader,
  lastOffset: Offset,
  timeoutMs: number,
  done: (errorCode: ErrorCode) => void,
): void {
  if (lastOffset < leader.highWatermark) {
    done('NONE');
    return;
  }
  let waiting = true;
  const cancel = leader.ports.timers.after(timeoutMs, () => {
    waiting = false;
    done('REQUEST_TIMED_OUT');
  });
  leader.log.whenReplicated(lastOffset, () => {
    if (!waiting) return;
    cancel();
    done('NONE');
  });
}

/** KafkaApis.handleWriteTxnMarkersRequest: an append with origin COORDINATOR and acks=all. */
function writeMarker(
  leader: PartitionLeader,
  marker: PartitionMarker,
  timeoutMs: number,
  reply: (errorCode: ErrorCode) => void,
): void {
  const errorCode = markerError(leader, marker);
  if (errorCode !== 'NONE') {
    reply(errorCode);
    return;
  }
  const stored = leader.appendMarker(marker);
  leader.handlers.awaitReplication(leader, stored.lastOffset, timeoutMs, reply);
}

/** UnifiedLog.read and LocalLog.addAbortedTransactions. The bounds are read once, so that they agree. */
function fetch(leader: PartitionLeader, request: PartitionFetch): FetchPartitionResponse {
  const { fetchOffset, isolationLevel, maxBatches } = request;
  if (fetchOffset < LOG_START_OFFSET || fetchOffset > leader.logEndOffset) {
    return outOfRange(leader.partition);
  }
  const { highWatermark, lastStableOffset, decisions } = leader;
  const upperBound = decisions.fetchUpperBound(isolationLevel, highWatermark, lastStableOffset);
  const batches = readBatches(leader.log.entries, fetchOffset, upperBound, maxBatches);
  let abortedTransactions: readonly AbortedTransaction[] | null = null;
  if (isolationLevel === 'read_committed') {
    const last = batches.at(-1);
    // Every batch has its entry in the offset index, so that the entry after the fetched bytes is the next batch's.
    abortedTransactions =
      last === undefined ? [] : leader.index.collect(fetchOffset, last.lastOffset + 1, decisions);
  }
  return {
    partition: leader.partition,
    errorCode: 'NONE',
    highWatermark,
    lastStableOffset,
    logStartOffset: LOG_START_OFFSET,
    abortedTransactions,
    batches,
  };
}

function outOfRange(partition: TopicPartition): FetchPartitionResponse {
  return {
    partition,
    errorCode: 'OFFSET_OUT_OF_RANGE',
    highWatermark: NO_OFFSET,
    lastStableOffset: NO_OFFSET,
    logStartOffset: NO_OFFSET,
    abortedTransactions: null,
    batches: [],
  };
}

/** From the batch that holds `fetchOffset` to below `upperBound`; whole batches, at least one where there is one. */
function readBatches(
  entries: readonly StoredBatch[],
  fetchOffset: Offset,
  upperBound: Offset,
  maxBatches: number,
): readonly StoredBatch[] {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.lastOffset < fetchOffset) low = middle + 1;
    else high = middle;
  }
  const limit = Math.min(entries.length, low + Math.max(1, maxBatches));
  let end = low;
  while (end < limit && entries[end]!.baseOffset < upperBound) end += 1;
  return entries.slice(low, end);
}

/** Partition.fetchOffsetForTimestamp. */
function listOffsets(leader: PartitionLeader, request: PartitionListOffsets): Offset {
  if (request.timestamp === 'EARLIEST') return LOG_START_OFFSET;
  const { highWatermark, lastStableOffset } = leader;
  return leader.decisions.latestOffset(request.isolationLevel, highWatermark, lastStableOffset);
}

export const HANDLERS: LeaderHandlers = {
  load,
  produce,
  verify,
  append,
  answerDuplicate,
  awaitReplication,
  writeMarker,
  fetch,
  listOffsets,
};
