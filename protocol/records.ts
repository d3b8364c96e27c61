/** Batches, control records and the aborted-transaction index, as a partition's log holds them. */

import type { CoordinatorEpoch, Offset, ProducerEpoch, ProducerId, Sequence } from './ids.ts';
import type { TransactionResult } from './states.ts';

export interface DataRecord {
  readonly key: string | null;
  readonly value: string | null;
}

/** A batch as a client sends it: offsets not yet assigned. `producerId` -1 means neither idempotent nor transactional. */
export interface ProducedBatch {
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  /** Sequence of the first record; record i has `baseSequence + i`, wrapped at 2^31. */
  readonly baseSequence: Sequence;
  readonly transactional: boolean;
  /** A client may not set this; the leader answers INVALID_RECORD. */
  readonly control: boolean;
  readonly records: readonly DataRecord[];
}

/** ControlRecordType COMMIT/ABORT with EndTransactionMarker's value. */
export interface EndTransactionMarker {
  readonly type: TransactionResult;
  readonly coordinatorEpoch: CoordinatorEpoch;
}

interface StoredBatchHeader {
  readonly baseOffset: Offset;
  /** Inclusive; a data batch of n records spans n offsets, a control batch one. */
  readonly lastOffset: Offset;
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  /** Append time of the leader, ms. */
  readonly timestamp: number;
}

export interface DataBatch extends StoredBatchHeader {
  readonly kind: 'data';
  readonly baseSequence: Sequence;
  readonly transactional: boolean;
  readonly records: readonly DataRecord[];
}

export interface ControlBatch extends StoredBatchHeader {
  readonly kind: 'control';
  readonly marker: EndTransactionMarker;
}

export type StoredBatch = DataBatch | ControlBatch;

/** A row of a segment's transaction index (AbortedTxn.java). */
export interface AbortedTransactionEntry {
  readonly producerId: ProducerId;
  readonly firstOffset: Offset;
  /** Offset of the ABORT marker. */
  readonly lastOffset: Offset;
  readonly lastStableOffset: Offset;
}

/** What Fetch tells a read_committed reader of an aborted transaction. */
export interface AbortedTransaction {
  readonly producerId: ProducerId;
  readonly firstOffset: Offset;
}
