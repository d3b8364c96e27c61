/**
 * Sequence numbers and batches of one partition (TxnPartitionEntry.java, and the partition's queue in
 * RecordAccumulator.java). `inFlight` holds every batch that has a sequence and no result yet, whether a request
 * carries it or it waits for its retry; it is ordered by sequence, and all of it is of one identity.
 */

import {
  NO_IDENTITY,
  NO_OFFSET,
  NO_SEQUENCE,
  type Offset,
  type ProducerIdentity,
  type Sequence,
  type TopicPartition,
} from '../../protocol/ids.ts';
import type { Batch } from './batch.ts';

export function sameIdentity(one: ProducerIdentity, other: ProducerIdentity): boolean {
  return one.producerId === other.producerId && one.producerEpoch === other.producerEpoch;
}

function remove(batches: Batch[], batch: Batch): void {
  const index = batches.indexOf(batch);
  if (index >= 0) batches.splice(index, 1);
}

export class PartitionSequences {
  readonly partition: TopicPartition;
  /** To be drained, in order: batches to be retried first, by sequence, then those without a sequence. */
  readonly waiting: Batch[] = [];
  readonly inFlight: Batch[] = [];
  identity: ProducerIdentity = NO_IDENTITY;
  nextSequence: Sequence = 0;
  lastAckedSequence: Sequence = NO_SEQUENCE;
  lastAckedOffset: Offset = NO_OFFSET;
  /** The sequence after the last batch that failed with an unknown outcome; -1: none is unresolved. */
  sequenceAfterUnresolved: Sequence = NO_SEQUENCE;

  constructor(partition: TopicPartition) {
    this.partition = partition;
  }

  /** A partition that still counts under an older identity starts over under this one. */
  adopt(identity: ProducerIdentity): void {
    if (!sameIdentity(this.identity, identity)) this.reset(identity);
  }

  /** Gives a batch that is drained for the first time its identity and sequence; the caller knows the next one. */
  assign(batch: Batch, following: Sequence): void {
    batch.identity = this.identity;
    batch.baseSequence = this.nextSequence;
    this.nextSequence = following;
    this.#insertInFlight(batch);
  }

  /** Puts a batch that is to be sent again where its sequence belongs (RecordAccumulator.reenqueue). */
  reenqueue(batch: Batch): void {
    let index = 0;
    while (index < this.waiting.length) {
      const other = this.waiting[index]!;
      if (other.baseSequence === NO_SEQUENCE || batch.baseSequence < other.baseSequence) break;
      index += 1;
    }
    this.waiting.splice(index, 0, batch);
  }

  isFirstInFlight(batch: Batch): boolean {
    return this.inFlight[0] === batch;
  }

  /** Neither this nor the order in flight knows of the wrap-around, as in the Java client. */
  isNextSequence(sequence: Sequence): boolean {
    return sequence - this.lastAckedSequence === 1;
  }

  acknowledge(batch: Batch, baseOffset: Offset): void {
    this.remove(batch);
    // Under another identity it says nothing of this one.
    if (!sameIdentity(batch.identity, this.identity)) return;
    if (batch.baseSequence > this.lastAckedSequence) this.lastAckedSequence = batch.baseSequence;
    if (baseOffset > this.lastAckedOffset) this.lastAckedOffset = baseOffset;
  }

  remove(batch: Batch): void {
    remove(this.inFlight, batch);
    remove(this.waiting, batch);
  }

  /** TransactionManager.markSequenceUnresolved. */
  markUnresolved(batch: Batch): void {
    const following = batch.baseSequence + batch.records.length;
    if (following > this.sequenceAfterUnresolved) this.sequenceAfterUnresolved = following;
  }

  /** The next batch is the one after the last that was acknowledged; what failed in between is given up. */
  reuseSequences(): void {
    this.nextSequence = this.lastAckedSequence + 1;
  }

  /** Renumbers everything in flight from 0 under this identity (TxnPartitionEntry.startSequencesAtBeginning). */
  startAtBeginning(identity: ProducerIdentity): void {
    this.reset(identity);
    for (const batch of this.inFlight) {
      batch.identity = identity;
      batch.baseSequence = this.nextSequence;
      batch.sequenceReset = true;
      this.nextSequence += batch.records.length;
    }
  }

  /** Closes the gap of a batch that was certainly not appended (TxnPartitionMap.adjustSequencesDueToFailedBatch). */
  closeGap(failed: Batch): void {
    this.nextSequence -= failed.records.length;
    for (const batch of this.inFlight) {
      if (batch.baseSequence < failed.baseSequence) continue;
      batch.baseSequence -= failed.records.length;
      batch.sequenceReset = true;
    }
  }

  /** Back to sequence 0 with nothing known of the partition; batches stay where they are. */
  reset(identity: ProducerIdentity): void {
    this.identity = identity;
    this.nextSequence = 0;
    this.lastAckedSequence = NO_SEQUENCE;
    this.lastAckedOffset = NO_OFFSET;
    this.sequenceAfterUnresolved = NO_SEQUENCE;
  }

  #insertInFlight(batch: Batch): void {
    let index = this.inFlight.length;
    while (index > 0 && batch.baseSequence < this.inFlight[index - 1]!.baseSequence) index -= 1;
    this.inFlight.splice(index, 0, batch);
  }
}
