/**
 * The partition leader's rules, each a pure function of what the leader maintains. Constructing a leader with one of
 * them replaced makes a leader with one known defect.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { CoordinatorEpoch, Offset, ProducerEpoch, Sequence } from '../../protocol/ids.ts';
import { NO_OFFSET } from '../../protocol/ids.ts';
import { MAX_PRODUCER_EPOCH, MAX_SEQUENCE, RETAINED_BATCHES } from '../../protocol/limits.ts';
import type { IsolationLevel } from '../../protocol/messages/fetch.ts';
import type { AbortedTransactionEntry } from '../../protocol/records.ts';
import type { TransactionResult } from '../../protocol/states.ts';
import type {
  TransactionSupportedOperation,
  TransactionVersion,
} from '../../protocol/transaction-version.ts';
import type { OngoingTransaction } from './last-stable-offset.ts';
import type { ProducerEntry, RetainedBatch } from './producer-state.ts';
import type { VerificationEntry, VerificationGuard } from './verification.ts';
import { SENTINEL_GUARD } from './verification.ts';

export interface LeaderDecisions {
  /** How many batches a producer's window holds. */
  retainedBatches(): number;
  /** What the window keeps when the producer's epoch changes. */
  batchesAfterEpochChange(batches: RetainedBatch[]): RetainedBatch[];
  /** The original of a retried batch, or null if the batch is no retry. */
  duplicateOf(
    entry: ProducerEntry,
    producerEpoch: ProducerEpoch,
    firstSequence: Sequence,
    lastSequence: Sequence,
  ): RetainedBatch | null;
  /** Whether a data batch comes from an incarnation that is over. */
  epochIsStale(knownEpoch: ProducerEpoch, batchEpoch: ProducerEpoch): boolean;
  /** Whether a first append needs the coordinator's word. */
  verificationIsOn(partitionVerification: boolean): boolean;
  /** Whether the coordinator's word is about the current span of verification. */
  guardVerifies(stored: VerificationGuard, presented: VerificationGuard): boolean;
  /** Whether the first sequence of a producer whose window is empty is lawful. */
  firstSequenceIsLawful(verification: VerificationEntry, firstSequence: Sequence): boolean;
  /** Whether a batch overtakes one whose verification is outstanding or failed. */
  sequenceOvertakes(verification: VerificationEntry, firstSequence: Sequence): boolean;
  /** Whether a batch may open a producer epoch. */
  sequenceOpensEpoch(firstSequence: Sequence): boolean;
  /** Whether a batch continues where the producer's last one ended. */
  sequenceFollows(lastSequence: Sequence, firstSequence: Sequence): boolean;
  /** Whether a transactional batch, data or marker, ends the span of verification. */
  endsVerification(
    verification: VerificationEntry,
    control: boolean,
    producerEpoch: ProducerEpoch,
  ): boolean;
  /** Whether a marker's producer epoch is too old for the transaction version it was sent under. */
  markerEpochIsStale(
    entry: ProducerEntry,
    markerEpoch: ProducerEpoch,
    transactionVersion: TransactionVersion,
  ): boolean;
  /** Whether a marker comes from a coordinator that was replaced. */
  coordinatorEpochIsStale(knownEpoch: CoordinatorEpoch, markerEpoch: CoordinatorEpoch): boolean;
  /** Whether a decided transaction goes to the index of aborted ones. */
  entersTransactionIndex(result: TransactionResult): boolean;
  /** The first offset of the earliest open transaction; -1 if none is open. */
  firstUndecidedOffset(ongoing: readonly OngoingTransaction[]): Offset;
  /** `firstUnstableOffset` is -1 where everything is stable. */
  lastStableOffset(
    firstUnstableOffset: Offset,
    highWatermark: Offset,
    logEndOffset: Offset,
  ): Offset;
  /** The offset at which a consumer's fetch ends, exclusive. */
  fetchUpperBound(
    isolationLevel: IsolationLevel,
    highWatermark: Offset,
    lastStableOffset: Offset,
  ): Offset;
  /** What ListOffsets calls the latest offset. */
  latestOffset(
    isolationLevel: IsolationLevel,
    highWatermark: Offset,
    lastStableOffset: Offset,
  ): Offset;
  /** Whether an aborted transaction may have data between the offsets (inclusive, exclusive). */
  abortedTransactionConcerns(
    entry: AbortedTransactionEntry,
    fetchOffset: Offset,
    upperBound: Offset,
  ): boolean;
  /** What a client is told of an error that kept its batch from being appended at all. */
  preAppendError(errorCode: ErrorCode, operation: TransactionSupportedOperation): ErrorCode;
  /** Whether an idle producer, or verification, is forgotten. */
  isExpired(lastMs: number, nowMs: number, producerIdExpirationMs: number): boolean;
}

export const DECISIONS: LeaderDecisions = {
  // ProducerStateEntry.NUM_BATCHES_TO_RETAIN.
  retainedBatches: () => RETAINED_BATCHES,

  // ProducerStateEntry.maybeUpdateProducerEpoch: sequences start over, so the old ones recognise nothing.
  batchesAfterEpochChange: () => [],

  // ProducerStateEntry.findDuplicateBatch: the same epoch and exactly the same sequences.
  duplicateOf(entry, producerEpoch, firstSequence, lastSequence) {
    if (entry.producerEpoch !== producerEpoch) return null;
    for (const batch of entry.batches) {
      if (batch.firstSequence === firstSequence && batch.lastSequence === lastSequence)
        return batch;
    }
    return null;
  },

  // ProducerAppendInfo.checkProducerEpoch (KIP-98).
  epochIsStale: (knownEpoch, batchEpoch) => batchEpoch < knownEpoch,

  // `transaction.partition.verification.enable`.
  verificationIsOn: (partitionVerification) => partitionVerification,

  // VerificationGuard.verify (KIP-890): an abort marker in between has ended the span.
  guardVerifies: (stored, presented) => presented !== SENTINEL_GUARD && stored === presented,

  // ProducerAppendInfo.checkSequence (KIP-890): under TV2 every epoch starts at sequence 0.
  firstSequenceIsLawful: (verification, firstSequence) =>
    !verification.supportsEpochBump || firstSequence === 0,

  // ProducerAppendInfo.checkSequence (KIP-890).
  sequenceOvertakes: (verification, firstSequence) => firstSequence > verification.lowestSequence,

  // ProducerAppendInfo.checkSequence (KIP-360).
  sequenceOpensEpoch: (firstSequence) => firstSequence === 0,

  // ProducerAppendInfo.inSequence (KIP-98); -1 is the last sequence of an empty window.
  sequenceFollows: (lastSequence, firstSequence) =>
    firstSequence === lastSequence + 1 || (firstSequence === 0 && lastSequence === MAX_SEQUENCE),

  // UnifiedLog.analyzeAndValidateProducerState: a TV2 marker carries the epoch of the next transaction, so a guard
  // of that epoch is the next transaction's.
  endsVerification: (verification, control, producerEpoch) =>
    !(control && verification.supportsEpochBump && producerEpoch === verification.producerEpoch),

  // ProducerAppendInfo.checkProducerEpoch (KIP-890, KIP-1228): a TV2 marker's epoch is above the data's. The same
  // epoch is a retry of a marker that was applied, or of a fencing marker at the last epoch there is.
  markerEpochIsStale(entry, markerEpoch, transactionVersion) {
    if (transactionVersion < 2 || markerEpoch !== entry.producerEpoch) {
      return markerEpoch < entry.producerEpoch;
    }
    return entry.currentTransactionFirstOffset !== NO_OFFSET && markerEpoch !== MAX_PRODUCER_EPOCH;
  },

  // ProducerAppendInfo.checkCoordinatorEpoch (KIP-98).
  coordinatorEpochIsStale: (knownEpoch, markerEpoch) => markerEpoch < knownEpoch,

  // UnifiedLog.append: committed data needs no filtering.
  entersTransactionIndex: (result) => result === 'ABORT',

  // ProducerStateManager.firstUndecidedOffset.
  firstUndecidedOffset: (ongoing) => (ongoing.length === 0 ? NO_OFFSET : ongoing[0]!.firstOffset),

  // UnifiedLog.lastStableOffset.
  lastStableOffset: (firstUnstableOffset, highWatermark) =>
    firstUnstableOffset !== NO_OFFSET && firstUnstableOffset < highWatermark
      ? firstUnstableOffset
      : highWatermark,

  // FetchIsolation, UnifiedLog.read.
  fetchUpperBound: (isolationLevel, highWatermark, lastStableOffset) =>
    isolationLevel === 'read_committed' ? lastStableOffset : highWatermark,

  // Partition.fetchOffsetForTimestamp.
  latestOffset: (isolationLevel, highWatermark, lastStableOffset) =>
    isolationLevel === 'read_committed' ? lastStableOffset : highWatermark,

  // TransactionIndex.collectAbortedTxns.
  abortedTransactionConcerns: (entry, fetchOffset, upperBound) =>
    entry.lastOffset >= fetchOffset && entry.firstOffset < upperBound,

  // ReplicaManager.handleProduceAppend: an error that old clients do not expect here becomes one that they retry.
  preAppendError(errorCode, operation) {
    switch (errorCode) {
      case 'NETWORK_EXCEPTION':
      case 'COORDINATOR_LOAD_IN_PROGRESS':
      case 'COORDINATOR_NOT_AVAILABLE':
      case 'NOT_COORDINATOR':
        return 'NOT_ENOUGH_REPLICAS';
      case 'CONCURRENT_TRANSACTIONS':
        return operation === 'ADD_PARTITION' ? errorCode : 'NOT_ENOUGH_REPLICAS';
      default:
        return errorCode;
    }
  },

  // ProducerStateManager.isProducerExpired.
  isExpired: (lastMs, nowMs, producerIdExpirationMs) => nowMs - lastMs >= producerIdExpirationMs,
};
