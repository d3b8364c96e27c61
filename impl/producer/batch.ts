/**
 * A record on its way (ProducerBatch.java). There is no lingering: one record is one batch, so a batch's last
 * sequence is its base sequence and it can never be split.
 */

import {
  NO_IDENTITY,
  NO_SEQUENCE,
  type ProducerIdentity,
  type Sequence,
  type TopicPartition,
} from '../../protocol/ids.ts';
import type { DataRecord } from '../../protocol/records.ts';
import type { Done } from './call-result.ts';

export interface Batch {
  readonly partition: TopicPartition;
  readonly records: readonly DataRecord[];
  /** When delivery.timeout.ms has passed, ms. */
  readonly deadlineMs: number;
  readonly done: Done;
  /** Identity and sequence are given when the batch is drained for the first time; -1 before. */
  identity: ProducerIdentity;
  baseSequence: Sequence;
  /** Renumbered since it was last sent (ProducerBatch.sequenceHasBeenReset). */
  sequenceReset: boolean;
  attempts: number;
  /** A request that carries it is unanswered. */
  onWire: boolean;
  /** Waits out retry.backoff.ms. */
  backingOff: boolean;
  /** An attempt ended without saying whether the batch was appended. */
  ambiguous: boolean;
  completed: boolean;
}

export interface NewBatch {
  readonly partition: TopicPartition;
  readonly record: DataRecord;
  readonly deadlineMs: number;
  readonly done: Done;
}

export function newBatch(batch: NewBatch): Batch {
  return {
    partition: batch.partition,
    records: [batch.record],
    deadlineMs: batch.deadlineMs,
    done: batch.done,
    identity: NO_IDENTITY,
    baseSequence: NO_SEQUENCE,
    sequenceReset: false,
    attempts: 0,
    onWire: false,
    backingOff: false,
    ambiguous: false,
    completed: false,
  };
}

/** Whether its failure leaves open that the record was appended, or will be. */
export function mayHaveBeenAppended(batch: Batch): boolean {
  return batch.ambiguous || batch.onWire;
}
