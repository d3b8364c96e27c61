/**
 * What a partition remembers of each producer (ProducerStateManager, ProducerStateEntry): its epoch, the coordinator
 * epoch of its last marker, the last batches for recognising retries, and where its open transaction began.
 */

import type {
  CoordinatorEpoch,
  Offset,
  ProducerEpoch,
  ProducerId,
  Sequence,
} from '../../protocol/ids.ts';
import { NO_COORDINATOR_EPOCH, NO_OFFSET, NO_SEQUENCE, NO_TIMESTAMP } from '../../protocol/ids.ts';
import { MAX_SEQUENCE } from '../../protocol/limits.ts';
import type { LeaderDecisions } from './decisions.ts';

/** One of the batches kept to recognise a retry (BatchMetadata). Both ranges are inclusive. */
export interface RetainedBatch {
  readonly firstSequence: Sequence;
  readonly lastSequence: Sequence;
  readonly firstOffset: Offset;
  readonly lastOffset: Offset;
  readonly timestamp: number;
}

/** ProducerStateEntry. Mutable: it is maintained in place, batch by batch. */
export interface ProducerEntry {
  readonly producerId: ProducerId;
  producerEpoch: ProducerEpoch;
  coordinatorEpoch: CoordinatorEpoch;
  lastTimestamp: number;
  /** -1: no transaction is open. */
  currentTransactionFirstOffset: Offset;
  /** Oldest first. */
  batches: RetainedBatch[];
}

export function newProducerEntry(
  producerId: ProducerId,
  producerEpoch: ProducerEpoch,
): ProducerEntry {
  return {
    producerId,
    producerEpoch,
    coordinatorEpoch: NO_COORDINATOR_EPOCH,
    lastTimestamp: NO_TIMESTAMP,
    currentTransactionFirstOffset: NO_OFFSET,
    batches: [],
  };
}

/** Sequences wrap from 2^31 - 1 to 0 (DefaultRecordBatch.incrementSequence). */
export function incrementSequence(sequence: Sequence, increment: number): Sequence {
  return sequence > MAX_SEQUENCE - increment
    ? increment - (MAX_SEQUENCE - sequence) - 1
    : sequence + increment;
}

/** -1 when no batch is retained. */
export function lastSequenceOf(entry: ProducerEntry): Sequence {
  const { batches } = entry;
  return batches.length === 0 ? NO_SEQUENCE : batches[batches.length - 1]!.lastSequence;
}

/** ProducerStateManager.hasOngoingTransaction: an open transaction of exactly this epoch. */
export function hasOngoingTransaction(
  entry: ProducerEntry | undefined,
  producerEpoch: ProducerEpoch,
): boolean {
  return (
    entry !== undefined &&
    entry.currentTransactionFirstOffset !== NO_OFFSET &&
    entry.producerEpoch === producerEpoch
  );
}

/** ProducerStateEntry.maybeUpdateProducerEpoch: a different epoch starts with an empty window. */
export function adoptEpoch(
  entry: ProducerEntry,
  producerEpoch: ProducerEpoch,
  decisions: LeaderDecisions,
): void {
  if (entry.producerEpoch === producerEpoch) return;
  entry.batches = decisions.batchesAfterEpochChange(entry.batches);
  entry.producerEpoch = producerEpoch;
}

/** ProducerStateEntry.addBatch. */
export function addBatch(
  entry: ProducerEntry,
  producerEpoch: ProducerEpoch,
  batch: RetainedBatch,
  decisions: LeaderDecisions,
): void {
  adoptEpoch(entry, producerEpoch, decisions);
  entry.batches.push(batch);
  if (entry.batches.length > decisions.retainedBatches()) entry.batches.shift();
  entry.lastTimestamp = batch.timestamp;
}
