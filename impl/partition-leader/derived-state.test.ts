/**
 * What a leader maintains equals what its log says by definition: whatever producers, coordinators, crashes and
 * flushes do, the windows, the last stable offset, the aborted index and the reads are those that a scan of the
 * whole log yields.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AbortedTransactionEntry, StoredBatch } from '../../protocol/records.ts';
import { LeaderBench } from './scripted-leader.ts';

type DataBatch = Extract<StoredBatch, { kind: 'data' }>;

const RETAINED = 5;

interface Span {
  readonly producerId: number;
  readonly first: number;
  /** Infinity: open. */
  readonly last: number;
  readonly aborted: boolean;
}

/** Transactions by definition: from a producer's first transactional record after a marker to its next marker. */
function spansOf(log: readonly StoredBatch[]): Span[] {
  return log
    .filter((batch) => opens(log, batch))
    .map((batch) => {
      const end = markersOf(log, batch.producerId).find(
        (marker) => marker.baseOffset > batch.baseOffset,
      );
      return {
        producerId: batch.producerId,
        first: batch.baseOffset,
        last: end?.baseOffset ?? Infinity,
        aborted: end?.marker.type === 'ABORT',
      };
    });
}

function opens(log: readonly StoredBatch[], batch: StoredBatch): boolean {
  if (batch.kind === 'control' || !batch.transactional) return false;
  const before = log.filter(
    (other) =>
      other.producerId === batch.producerId &&
      other.baseOffset < batch.baseOffset &&
      (other.kind === 'control' || other.transactional),
  );
  return before.at(-1)?.kind !== 'data';
}

function markersOf(log: readonly StoredBatch[], producerId: number) {
  return log
    .filter((batch) => batch.kind === 'control')
    .filter((batch) => batch.producerId === producerId);
}

function stableBy(spans: readonly Span[], highWatermark: number): number {
  const unstable = spans.filter(({ last }) => last >= highWatermark).map(({ first }) => first);
  return Math.min(highWatermark, ...unstable);
}

function indexBy(spans: readonly Span[]): AbortedTransactionEntry[] {
  return spans
    .filter(({ last, aborted }) => aborted && last < Infinity)
    .sort((left, right) => left.last - right.last)
    .map((span) => ({
      producerId: span.producerId,
      firstOffset: span.first,
      lastOffset: span.last,
      lastStableOffset: Math.min(
        span.last + 1,
        ...spans
          .filter(({ first, last }) => first < span.last && last > span.last)
          .map(({ first }) => first),
      ),
    }));
}

/** The newest batches of a producer's newest epoch. */
function windowBy(log: readonly StoredBatch[], producerId: number): number[] {
  const own = log.filter((batch) => batch.producerId === producerId);
  const epoch = own.at(-1)?.producerEpoch;
  return own
    .filter((batch): batch is DataBatch => batch.kind === 'data' && batch.producerEpoch === epoch)
    .slice(-RETAINED)
    .map(({ baseSequence }) => baseSequence);
}

const small = (max: number) => fc.nat({ max });

/** Steps of the bench. Sequences and epochs are drawn around those that are lawful. */
const stepArbitrary = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('i', 't1', 't1', 't2', 't2'), small(2), small(3), small(4), small(2))
      .map(
        ([kind, producer, epoch, sequence, count]) =>
          `${kind} ${producer}.${epoch} @${sequence}x${count + 1}`,
      ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('commit', 'abort'),
        small(2),
        small(3),
        small(1),
        fc.constantFrom(0, 2),
      )
      .map(
        ([end, producer, epoch, coordinator, version]) =>
          `${end} ${producer}.${epoch} c${coordinator} tv${version}`,
      ),
  },
  { weight: 1, arbitrary: fc.constantFrom('flush', 'crash', 'flushes-by-hand') },
);

function checkAgainstLog(bench: LeaderBench): void {
  const { leader } = bench;
  const log = leader.log.entries;
  const snapshot = leader.snapshot();
  const spans = spansOf(log);
  expect(snapshot.lastStableOffset).toBe(stableBy(spans, snapshot.highWatermark));
  expect(snapshot.abortedTransactions).toEqual(indexBy(spans));
  expect(snapshot.ongoing.map(({ firstOffset }) => firstOffset)).toEqual(
    spans.filter(({ last }) => last === Infinity).map(({ first }) => first),
  );
  for (const { producerId, batches, currentTransactionFirstOffset } of snapshot.producers) {
    expect(batches.map(({ firstSequence }) => firstSequence)).toEqual(windowBy(log, producerId));
    const open = spans.find((span) => span.producerId === producerId && span.last === Infinity);
    expect(currentTransactionFirstOffset).toBe(open?.first ?? -1);
  }
}

function checkFetches(bench: LeaderBench): void {
  const { logEndOffset, lastStableOffset } = bench.leader.snapshot();
  const spans = spansOf(bench.leader.log.entries);
  for (let offset = 0; offset <= logEndOffset; offset += 1) {
    checkFetch(bench, spans, offset, lastStableOffset);
  }
}

/** A reader that drops what the list names, up to each abort marker, keeps exactly the committed records. */
function checkFetch(
  { leader }: LeaderBench,
  spans: readonly Span[],
  fetchOffset: number,
  lastStableOffset: number,
): void {
  const read = leader.fetch({ isolationLevel: 'read_committed', fetchOffset, maxBatches: 3 });
  const aborted = read.abortedTransactions ?? [];
  const kept = read.batches.filter(
    (batch) =>
      batch.kind === 'data' &&
      !(batch.transactional && aborted.some((entry) => covers(leader.log.entries, entry, batch))),
  );
  const expected = leader.log.entries
    .filter(
      ({ lastOffset, baseOffset }) => lastOffset >= fetchOffset && baseOffset < lastStableOffset,
    )
    .slice(0, 3);
  expect(read.batches).toEqual(expected);
  expect(kept).toEqual(
    expected.filter(
      (batch) =>
        batch.kind === 'data' &&
        !(
          batch.transactional &&
          spans.some(
            (span) =>
              span.aborted &&
              span.producerId === batch.producerId &&
              span.first <= batch.baseOffset &&
              batch.baseOffset < span.last,
          )
        ),
    ),
  );
  const ends = aborted.map(
    ({ producerId, firstOffset }) =>
      spans.find((span) => span.producerId === producerId && span.first === firstOffset)!.last,
  );
  expect(ends).toEqual([...ends].sort((left, right) => left - right));
}

function covers(
  log: readonly StoredBatch[],
  entry: { readonly producerId: number; readonly firstOffset: number },
  batch: StoredBatch,
): boolean {
  if (entry.producerId !== batch.producerId || entry.firstOffset > batch.baseOffset) return false;
  return !markersOf(log, batch.producerId).some(
    ({ baseOffset }) => baseOffset > entry.firstOffset && baseOffset < batch.baseOffset,
  );
}

test('what the leader maintains is what a scan of its log says', () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { minLength: 1, maxLength: 40, size: 'max' }), (steps) => {
      const bench = new LeaderBench();
      for (const step of steps) {
        bench.step(step);
        checkAgainstLog(bench);
      }
      checkFetches(bench);
    }),
    { numRuns: 60, seed: 3 },
  );
});

test('an accepted sequence is never accepted twice for one epoch', () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { minLength: 1, maxLength: 60, size: 'max' }), (steps) => {
      const bench = new LeaderBench();
      for (const step of steps) bench.step(step);
      const seen = new Set<string>();
      for (const batch of bench.leader.log.entries) {
        if (batch.kind === 'control') continue;
        for (let index = 0; index < batch.records.length; index += 1) {
          const { producerId, producerEpoch, baseSequence } = batch;
          const key = `${producerId}.${producerEpoch}@${baseSequence + index}`;
          expect(seen.has(key), key).toBe(false);
          seen.add(key);
        }
      }
    }),
    { numRuns: 200, seed: 4 },
  );
});
