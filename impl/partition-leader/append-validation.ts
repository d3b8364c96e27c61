/**
 * Whether a batch may be appended (UnifiedLog.analyzeAndValidateProducerState, ProducerAppendInfo), in Kafka's order
 * of checks. Nothing here changes anything.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import { NO_OFFSET, NO_PRODUCER_ID } from '../../protocol/ids.ts';
import type { ProducedBatch } from '../../protocol/records.ts';
import type { PartitionLeader, PartitionMarker } from './partition-leader.ts';
import type { ProducerEntry } from './producer-state.ts';
import { hasOngoingTransaction, lastSequenceOf } from './producer-state.ts';
import type { VerificationEntry, VerificationGuard } from './verification.ts';
import { SENTINEL_GUARD } from './verification.ts';

/** Who appends (AppendOrigin): a client's sequences are checked, a coordinator's are not. */
export type AppendOrigin = 'CLIENT' | 'COORDINATOR';

/** What a client may not send, whatever the state (LogValidator, UnifiedLog.analyzeAndValidateRecords). */
export function clientBatchError(batch: ProducedBatch): ErrorCode {
  if (batch.control || batch.records.length === 0) return 'INVALID_RECORD';
  if (batch.producerId !== NO_PRODUCER_ID && batch.baseSequence < 0) return 'INVALID_RECORD';
  return 'NONE';
}

/** A data batch of an idempotent or transactional producer that is not a retry. */
export function dataBatchError(
  leader: PartitionLeader,
  batch: ProducedBatch,
  guard: VerificationGuard,
  origin: AppendOrigin,
): ErrorCode {
  const { decisions } = leader;
  const entry = leader.producers.get(batch.producerId);
  const verification = leader.verification.get(batch.producerId);
  if (entry !== undefined && decisions.epochIsStale(entry.producerEpoch, batch.producerEpoch)) {
    return 'INVALID_PRODUCER_EPOCH';
  }
  if (lacksVerification(leader, batch, entry, verification, guard)) return 'INVALID_TXN_STATE';
  if (origin === 'CLIENT' && !sequenceIsLawful(leader, batch, entry, verification)) {
    return 'OUT_OF_ORDER_SEQUENCE_NUMBER';
  }
  // ProducerAppendInfo.appendDataBatch: what is inside a transaction is transactional.
  if (
    !batch.transactional &&
    entry !== undefined &&
    entry.currentTransactionFirstOffset !== NO_OFFSET
  ) {
    return 'INVALID_TXN_STATE';
  }
  return 'NONE';
}

/** UnifiedLog.batchMissingRequiredVerification: the first append of a transaction needs the coordinator's word. */
function lacksVerification(
  leader: PartitionLeader,
  batch: ProducedBatch,
  entry: ProducerEntry | undefined,
  verification: VerificationEntry | undefined,
  presented: VerificationGuard,
): boolean {
  if (!batch.transactional || hasOngoingTransaction(entry, batch.producerEpoch)) return false;
  if (!leader.decisions.verificationIsOn(leader.config.partitionVerification)) return false;
  const stored = verification === undefined ? SENTINEL_GUARD : verification.guard;
  return !leader.decisions.guardVerifies(stored, presented);
}

/** ProducerAppendInfo.checkSequence. An unknown producer may start anywhere, unless its client speaks TV2. */
function sequenceIsLawful(
  leader: PartitionLeader,
  batch: ProducedBatch,
  entry: ProducerEntry | undefined,
  verification: VerificationEntry | undefined,
): boolean {
  const { decisions } = leader;
  const first = batch.baseSequence;
  if (verification !== undefined) {
    const windowIsEmpty = entry === undefined || entry.batches.length === 0;
    if (windowIsEmpty && !decisions.firstSequenceIsLawful(verification, first)) return false;
    if (decisions.sequenceOvertakes(verification, first)) return false;
  }
  if (entry === undefined) return true;
  return entry.producerEpoch === batch.producerEpoch
    ? decisions.sequenceFollows(lastSequenceOf(entry), first)
    : decisions.sequenceOpensEpoch(first);
}

/** ProducerAppendInfo.appendEndTxnMarker. */
export function markerError(leader: PartitionLeader, marker: PartitionMarker): ErrorCode {
  const entry = leader.producers.get(marker.producerId);
  if (entry === undefined) return 'NONE';
  const { producerEpoch, coordinatorEpoch, transactionVersion } = marker;
  if (leader.decisions.markerEpochIsStale(entry, producerEpoch, transactionVersion)) {
    return 'INVALID_PRODUCER_EPOCH';
  }
  if (leader.decisions.coordinatorEpochIsStale(entry.coordinatorEpoch, coordinatorEpoch)) {
    return 'TRANSACTION_COORDINATOR_FENCED';
  }
  return 'NONE';
}
