/**
 * What a leader may answer to readers, by definition of the log: everything below the bound of the isolation level, in
 * order, and with it what a read_committed reader needs to drop exactly the records of aborted transactions.
 */

import type { LeaderResponse } from '../../impl/simulation/observer.ts';
import type { FetchPartitionResponse } from '../../protocol/messages/fetch.ts';
import type { ResponseOf } from '../../protocol/messages/rpc.ts';
import type { Offset, ProducerId, TopicPartition } from '../../protocol/ids.ts';
import type { AbortedTransaction, StoredBatch } from '../../protocol/records.ts';
import { jsonOf } from './disagreement.ts';
import type { LeaderRead } from './leader-correspondence.ts';
import type { LeaderLog } from './leader-log.ts';

/** What is wrong with an answer. */
export interface UnlawfulRead {
  readonly expected: string;
  readonly found: string;
  readonly why: string;
}

export function unlawfulRead(
  request: LeaderRead,
  response: LeaderResponse,
  partition: TopicPartition,
  log: LeaderLog,
): UnlawfulRead | null {
  const { isolationLevel } = request.body;
  const isCommitted = isolationLevel === 'read_committed';
  const bound = isCommitted ? log.lastStableOffset() : log.highWatermark;
  if (request.api === 'ListOffsets') {
    const asked = request.body.partitions.find((part) => part.partition === partition);
    const { partitions } = response as ResponseOf<'ListOffsets'>;
    const offset = partitions.find((part) => part.partition === partition)?.offset;
    const expected = asked?.timestamp === 'EARLIEST' ? 0 : bound;
    return asked === undefined || offset === expected
      ? null
      : differing(`offset ${expected}`, `offset ${offset}`, 'the offset listed differs');
  }
  const asked = request.body.partitions.find((part) => part.partition === partition);
  const found = (response as ResponseOf<'Fetch'>).partitions.find(
    (part) => part.partition === partition,
  );
  if (asked === undefined || found === undefined || found.errorCode !== 'NONE') return null;
  return (
    wrongBounds(found, log) ??
    wrongBatches(found, asked.fetchOffset, bound, log) ??
    (isCommitted ? wrongDelivery(found, asked.fetchOffset, log) : null)
  );
}

function wrongBounds(found: FetchPartitionResponse, log: LeaderLog): UnlawfulRead | null {
  const { highWatermark, lastStableOffset } = found;
  const expected = { highWatermark: log.highWatermark, lastStableOffset: log.lastStableOffset() };
  if (highWatermark === expected.highWatermark && lastStableOffset === expected.lastStableOffset) {
    return null;
  }
  const told = jsonOf({ highWatermark, lastStableOffset });
  return differing(jsonOf(expected), told, 'the bounds told to the reader differ');
}

/** Nothing left out, nothing at or above the bound, and something where there is something. */
function wrongBatches(
  { batches }: FetchPartitionResponse,
  fetchOffset: Offset,
  bound: Offset,
  log: LeaderLog,
): UnlawfulRead | null {
  const available = Math.max(0, bound - fetchOffset);
  const isPrefix =
    batches.length <= available &&
    batches.length >= Math.min(1, available) &&
    batches.every((batch, index) => isEntry(batch, fetchOffset + index, log));
  if (isPrefix) return null;
  const expected = `the log from ${fetchOffset} to below ${bound}, or a part from its start`;
  const found = batches.map(({ baseOffset }) => baseOffset).join(', ');
  return differing(expected, `offsets ${found || 'none'}`, 'the batches fetched differ');
}

function isEntry(batch: StoredBatch, offset: Offset, log: LeaderLog): boolean {
  const entry = log.entryAt(offset);
  return (
    batch.baseOffset === offset &&
    entry?.kind === (batch.kind === 'control' ? 'marker' : 'data') &&
    entry.producerId === batch.producerId &&
    entry.producerEpoch === batch.producerEpoch
  );
}

/** A reader drops what the list and the markers name (KIP-98), and must be left with what the log's markers decide. */
function wrongDelivery(
  { batches, abortedTransactions }: FetchPartitionResponse,
  fetchOffset: Offset,
  log: LeaderLog,
): UnlawfulRead | null {
  const expected = log.deliverable(fetchOffset, batches.length);
  const found = delivered(batches, abortedTransactions ?? []);
  if (
    expected.length === found.length &&
    expected.every((offset, index) => offset === found[index])
  ) {
    return null;
  }
  return differing(
    `a reader who is left with the offsets ${expected.join(', ') || 'none'}`,
    `one who is left with ${found.join(', ') || 'none'}`,
    'the list of aborted transactions does not tell the aborted records apart',
  );
}

/** CompletedFetch: a producer id is skipped from an aborted transaction's first offset to its marker. */
function delivered(
  batches: readonly StoredBatch[],
  aborted: readonly AbortedTransaction[],
): readonly Offset[] {
  const coming = aborted.toSorted((left, right) => left.firstOffset - right.firstOffset);
  const skipped = new Set<ProducerId>();
  const offsets: Offset[] = [];
  for (const batch of batches) {
    while (coming.length > 0 && coming[0]!.firstOffset <= batch.baseOffset) {
      skipped.add(coming.shift()!.producerId);
    }
    if (batch.kind === 'data') {
      if (!skipped.has(batch.producerId)) offsets.push(batch.baseOffset);
    } else if (batch.marker.type === 'ABORT') {
      skipped.delete(batch.producerId);
    }
  }
  return offsets;
}

function differing(expected: string, found: string, why: string): UnlawfulRead {
  return { expected, found, why };
}
