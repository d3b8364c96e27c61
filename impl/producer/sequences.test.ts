/** One partition's bookkeeping (Kafka's TxnPartitionEntry, TxnPartitionMap and RecordAccumulator.insertInSequenceOrder). */

import { expect, test } from 'vitest';
import { newBatch, type Batch } from './batch.ts';
import { PartitionSequences } from './sequences.ts';

const IDENTITY = { producerId: 5, producerEpoch: 0 };

/** A partition with batches a, b, c, ... in flight from sequence 0. */
function inFlight(count: number): {
  readonly entry: PartitionSequences;
  readonly batches: Batch[];
} {
  const entry = new PartitionSequences('a-0');
  entry.adopt(IDENTITY);
  const batches = Array.from({ length: count }, (_, index) => {
    const batch = unsent(String.fromCodePoint(97 + index));
    entry.assign(batch, index + 1);
    return batch;
  });
  return { entry, batches };
}

function unsent(value: string): Batch {
  const record = { key: null, value };
  return newBatch({ partition: 'a-0', record, deadlineMs: 1_000, done: () => undefined });
}

function names(batches: readonly Batch[]): string {
  return batches
    .map(({ records, baseSequence }) => `${records[0]?.value}${baseSequence}`)
    .join(' ');
}

test('batches to be sent again queue by sequence, before those never sent (testCorrectHandlingOfOutOfOrderResponses)', () => {
  const { entry, batches } = inFlight(3);
  entry.waiting.push(unsent('d'));
  for (const index of [1, 2, 0]) entry.reenqueue(batches[index]!);
  expect(names(entry.waiting)).toBe('a0 b1 c2 d-1');
});

test('the gap of a batch that failed is closed above it, and only there', () => {
  const { entry, batches } = inFlight(3);
  entry.remove(batches[1]!);
  entry.closeGap(batches[1]!);
  expect([names(entry.inFlight), entry.nextSequence]).toEqual(['a0 c1', 2]);
  expect(entry.inFlight.map(({ sequenceReset }) => sequenceReset)).toEqual([false, true]);
});

test('acknowledgements in any order leave the highest sequence and offset', () => {
  const { entry, batches } = inFlight(2);
  entry.acknowledge(batches[1]!, 9);
  entry.acknowledge(batches[0]!, 8);
  expect([entry.lastAckedSequence, entry.lastAckedOffset, entry.inFlight]).toEqual([1, 9, []]);
});

test('an acknowledgement under an older identity says nothing of the sequences of this one', () => {
  const { entry, batches } = inFlight(1);
  entry.reset({ producerId: 5, producerEpoch: 1 });
  entry.acknowledge(batches[0]!, 9);
  expect([entry.lastAckedSequence, entry.lastAckedOffset, entry.inFlight]).toEqual([-1, -1, []]);
});

test('of several unresolved batches the last one counts', () => {
  const { entry, batches } = inFlight(2);
  entry.markUnresolved(batches[1]!);
  entry.markUnresolved(batches[0]!);
  expect(entry.sequenceAfterUnresolved).toBe(2);
});
