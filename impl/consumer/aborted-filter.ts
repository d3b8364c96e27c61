/**
 * What an application sees of one fetch: read_committed drops the batches of aborted transactions, both isolation
 * levels drop control records (CompletedFetch.java, KIP-98). The upper bound is the leader's: it returns nothing
 * beyond the last stable offset. Nothing is remembered between fetches.
 */

import type { Offset, ProducerId } from '../../protocol/ids.ts';
import type { AbortedTransaction, StoredBatch } from '../../protocol/records.ts';
import type { ConsumerDecisions } from './decisions.ts';

export interface ConsumedRecord {
  readonly offset: Offset;
  readonly key: string | null;
  readonly value: string | null;
}

export interface Fetched {
  /** First offset that the application has not passed. */
  readonly position: Offset;
  readonly batches: readonly StoredBatch[];
  /** Null: read_uncommitted, nothing is filtered. */
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
}

export interface Filtered {
  readonly records: readonly ConsumedRecord[];
  /** Where to fetch next: behind everything that was fetched, returned or not. */
  readonly position: Offset;
}

function readCommitted(
  batches: readonly StoredBatch[],
  aborted: readonly AbortedTransaction[],
  decisions: ConsumerDecisions,
): readonly StoredBatch[] {
  const ordered = decisions.orderAborted(aborted, batches);
  let abortedProducers: ProducerId[] = [];
  let met = 0;
  const visible: StoredBatch[] = [];
  for (const batch of batches) {
    for (let count = decisions.metBy(ordered, met, batch.lastOffset); count > 0; count -= 1) {
      const { producerId } = ordered[met]!;
      if (!abortedProducers.includes(producerId)) abortedProducers.push(producerId);
      met += 1;
    }
    if (batch.kind === 'control') {
      abortedProducers = abortedProducers.filter((id) => !decisions.endsAborted(batch, id));
      visible.push(batch);
    } else if (!decisions.isAborted(batch, abortedProducers)) {
      visible.push(batch);
    }
  }
  return visible;
}

/** Filters one partition's part of a fetch. Batches that end below the position are passed over. */
export function filterFetched(fetched: Fetched, decisions: ConsumerDecisions): Filtered {
  const batches = fetched.batches.filter((batch) => batch.lastOffset >= fetched.position);
  const { abortedTransactions } = fetched;
  const visible =
    abortedTransactions === null ? batches : readCommitted(batches, abortedTransactions, decisions);
  const records: ConsumedRecord[] = [];
  for (const batch of visible) {
    let offset = batch.baseOffset;
    for (const { key, value } of decisions.recordsOf(batch)) {
      if (offset >= fetched.position) records.push({ offset, key, value });
      offset += 1;
    }
  }
  const lastOffset = batches.at(-1)?.lastOffset ?? null;
  const position = decisions.positionAfter(fetched.position, lastOffset, records.length);
  return { records, position };
}
