/** The rules of the consumer's filter, after CompletedFetch.java, one pure function each. A mutant replaces one of them. */

import { ERROR_CODES, type ErrorCode } from '../../protocol/error-codes.ts';
import type { Offset, ProducerId } from '../../protocol/ids.ts';
import type {
  AbortedTransaction,
  ControlBatch,
  DataBatch,
  DataRecord,
  StoredBatch,
} from '../../protocol/records.ts';

export interface ConsumerDecisions {
  /** The aborted transactions in the order in which they are met, from the fetch's list and its batches. */
  readonly orderAborted: (
    aborted: readonly AbortedTransaction[],
    batches: readonly StoredBatch[],
  ) => readonly AbortedTransaction[];
  /** How many of `ordered`, from `met` on, a batch that ends at `lastOffset` has reached. */
  readonly metBy: (
    ordered: readonly AbortedTransaction[],
    met: number,
    lastOffset: Offset,
  ) => number;
  /** Whether this control batch ends the aborted transaction of `producerId`. */
  readonly endsAborted: (batch: ControlBatch, producerId: ProducerId) => boolean;
  /** Whether this batch belongs to an aborted transaction. */
  readonly isAborted: (batch: DataBatch, abortedProducers: readonly ProducerId[]) => boolean;
  /** What the application gets of a batch, one a record. */
  readonly recordsOf: (batch: StoredBatch) => readonly DataRecord[];
  /** Where to fetch next: behind what was fetched, or, if that was nothing (null), where it was. */
  readonly positionAfter: (position: Offset, lastOffset: Offset | null, returned: number) => Offset;
  /** Whether a fetch that was answered with this is made again. */
  readonly isRetriable: (errorCode: ErrorCode) => boolean;
}

const NO_RECORDS: readonly DataRecord[] = [];

export const CONSUMER_DECISIONS: ConsumerDecisions = {
  // A leader lists them in the order in which they ended, not in which they began.
  orderAborted: (aborted) => aborted.toSorted((one, other) => one.firstOffset - other.firstOffset),

  metBy(ordered, met, lastOffset) {
    let count = 0;
    while (met + count < ordered.length && ordered[met + count]!.firstOffset <= lastOffset)
      count += 1;
    return count;
  },

  endsAborted: (batch, producerId) =>
    batch.marker.type === 'ABORT' && batch.producerId === producerId,

  isAborted: (batch, abortedProducers) =>
    batch.transactional && abortedProducers.includes(batch.producerId),

  recordsOf: (batch) => (batch.kind === 'data' ? batch.records : NO_RECORDS),

  // CompletedFetch.nextFetchedRecord: control records and aborted batches are passed over, too.
  positionAfter: (position, lastOffset) => (lastOffset === null ? position : lastOffset + 1),

  isRetriable: (errorCode) => ERROR_CODES[errorCode].retriable,
};
