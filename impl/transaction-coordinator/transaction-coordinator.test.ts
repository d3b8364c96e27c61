/** Golden traces of whole transactions, as the coordinator takes part in them, and random ones. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TRANSACTION_VERSIONS } from '../../protocol/transaction-version.ts';
import { Bench, ID, ID_PARTITION } from './scripted-coordinator.ts';

/** An open transaction of (7, 0) or, with `atMaximum`, of (7, 32766) in partitions `a-0` and, if asked, `b-0`. */
function openTransaction(
  transactionVersion: 1 | 2,
  partitions: readonly string[] = ['a-0'],
): Bench {
  const bench = new Bench({ transactionVersion });
  bench.init();
  bench.add([7, 0], partitions, transactionVersion === 2 ? 5 : 3);
  return bench;
}

describe('golden traces', () => {
  test('T1 a TV2 commit is answered with the bumped identity before its markers are written (KIP-890)', () => {
    const bench = openTransaction(2);
    expect(bench.end([7, 0], 'COMMIT')).toBe('NONE (7,1)');
    expect(bench.cached()).toBe('PrepareCommit (7,1) last 0 pending CompleteCommit');
    expect(bench.marking()).toEqual(['1: COMMIT (7,1) tv2 epoch 1 a-0']);
    expect(bench.add([7, 1], ['a-0'])).toBe('CONCURRENT_TRANSACTIONS');
    bench.answerMarkers();
    expect(bench.logged()).toEqual([
      'Empty (7,0)',
      'Ongoing (7,0) a-0',
      'PrepareCommit (7,1) a-0',
      'CompleteCommit (7,1)',
    ]);
    expect(bench.add([7, 1], ['a-0'])).toBe('NONE');
  });

  test('T2 a TV1 commit keeps the identity (KIP-98)', () => {
    const bench = openTransaction(1);
    expect(bench.add([7, 0], ['a-0'], 4, true)).toBe('NONE');
    expect(bench.end([7, 0], 'COMMIT', 4)).toBe('NONE (-1,-1)');
    expect(bench.marking()).toEqual(['1: COMMIT (7,0) tv0 epoch 1 a-0']);
    bench.answerMarkers();
    expect(bench.logged()).toEqual([
      'Empty (7,0)',
      'Ongoing (7,0) a-0',
      'PrepareCommit (7,0) a-0',
      'CompleteCommit (7,0)',
    ]);
    expect(bench.add([7, 0], ['a-0'], 3)).toBe('NONE');
  });

  test('T3 a lost answer of EndTxn: the repetition learns what the original decided', () => {
    const bench = openTransaction(2);
    bench.end([7, 0], 'COMMIT');
    expect(bench.end([7, 0], 'COMMIT')).toBe('CONCURRENT_TRANSACTIONS');
    bench.answerMarkers();
    expect(bench.end([7, 0], 'COMMIT')).toBe('NONE (7,1)');
    expect(bench.end([7, 0], 'ABORT')).toBe('INVALID_TXN_STATE');

    const older = openTransaction(1);
    older.end([7, 0], 'COMMIT', 4);
    expect(older.end([7, 0], 'COMMIT', 4)).toBe('CONCURRENT_TRANSACTIONS');
    older.answerMarkers();
    expect(older.end([7, 0], 'COMMIT', 4)).toBe('NONE (-1,-1)');
  });

  test('T4 the epoch overflows into a new producer id (KIP-890)', () => {
    const bench = openTransaction(2);
    bench.metadata.producerEpoch = 32_766;
    expect(bench.end([7, 32_766], 'COMMIT')).toBe('NONE (8,0)');
    expect(bench.marking()).toEqual(['1: COMMIT (7,32767) tv2 epoch 1 a-0']);
    expect(bench.add([8, 0], ['a-0'])).toBe('CONCURRENT_TRANSACTIONS');
    bench.answerMarkers();
    expect(bench.logged().slice(2)).toEqual([
      'PrepareCommit (7,32767) next 8 a-0',
      'CompleteCommit (8,0)',
    ]);
    expect(bench.end([7, 32_766], 'COMMIT')).toBe('NONE (8,0)');
    expect(bench.init([7, 32_765])).toBe('PRODUCER_FENCED');
    expect(bench.init([7, 32_766])).toBe('NONE (8,0)');
  });

  test('T5 a new instance fences the old one (KIP-98), whose abort may revive it in between', () => {
    const bench = openTransaction(2);
    expect(bench.init()).toBe('CONCURRENT_TRANSACTIONS');
    expect(bench.marking()).toEqual(['1: ABORT (7,1) tv2 epoch 1 a-0']);
    bench.answerMarkers();
    // Permitted: between the fencing abort and the new instance's second request this is a retry of the abort.
    expect(bench.end([7, 0], 'ABORT')).toBe('NONE (7,1)');
    expect(bench.init()).toBe('NONE (7,2)');
    expect(bench.logged().slice(2)).toEqual([
      'PrepareAbort (7,1) a-0',
      'CompleteAbort (7,1)',
      'Empty (7,2)',
    ]);
    expect(bench.add([7, 0], ['b-0'])).toBe('PRODUCER_FENCED');
    expect(bench.end([7, 0], 'COMMIT')).toBe('PRODUCER_FENCED');
    expect(bench.init([7, 0])).toBe('PRODUCER_FENCED');
  });

  test('T5 under TV1 the fencing epoch is that of the markers, too', () => {
    const bench = openTransaction(1);
    expect(bench.init()).toBe('CONCURRENT_TRANSACTIONS');
    expect(bench.marking()).toEqual(['1: ABORT (7,1) tv0 epoch 1 a-0']);
    bench.answerMarkers();
    expect(bench.init()).toBe('NONE (7,2)');
    expect(bench.end([7, 0], 'ABORT', 4)).toBe('PRODUCER_FENCED');
  });

  test('T6 a time-out, and what its late client learns', () => {
    const bench = openTransaction(2);
    bench.coordinator.start();
    bench.advance(70_000);
    expect(bench.marking()).toEqual(['1: ABORT (7,1) tv2 epoch 1 a-0']);
    bench.answerMarkers();
    expect(bench.end([7, 0], 'COMMIT')).toBe('INVALID_TXN_STATE');
    expect(bench.add([7, 0], ['a-0'])).toBe('PRODUCER_FENCED');
    expect(bench.end([7, 0], 'ABORT')).toBe('NONE (7,1)');
    expect(bench.add([7, 1], ['a-0'])).toBe('NONE');
  });

  test('T7 after a crash the next coordinator finishes what was prepared, everywhere', () => {
    const crashed = openTransaction(2, ['a-0', 'b-0']);
    crashed.end([7, 0], 'COMMIT');
    crashed.sent[0]!.answer('NONE');
    const bench = new Bench({ log: crashed.log });
    expect(bench.cached()).toBe('PrepareCommit (7,1) last -1 pending CompleteCommit');
    expect(bench.marking()).toEqual([
      '1: COMMIT (7,1) tv2 epoch 1 a-0',
      '2: COMMIT (7,1) tv2 epoch 1 b-0',
    ]);
    bench.answerMarkers();
    expect(bench.logged().at(-1)).toBe('CompleteCommit (7,1)');
  });

  test('T7 what was only open stays open', () => {
    const bench = new Bench({ log: openTransaction(2).log });
    expect(bench.cached()).toBe('Ongoing (7,0) last -1');
    expect(bench.end([7, 0], 'COMMIT')).toBe('NONE (7,1)');
  });
});

describe('36, 37 whatever comes, in whatever order (TransactionCoordinatorConcurrencyTest)', () => {
  type Step = (bench: Bench) => void;
  const identity = fc.tuple(fc.constantFrom(7, 8), fc.integer({ min: 0, max: 4 }));
  const version = fc.constantFrom(3, 5);
  const result = fc.constantFrom('COMMIT' as const, 'ABORT' as const);
  const errorCode = fc.constantFrom('NONE', 'NONE', 'NONE', 'NOT_ENOUGH_REPLICAS' as const);
  const marker = fc.constantFrom('NONE', 'NONE', 'NOT_LEADER_OR_FOLLOWER' as const, null);
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constant<Step>((bench) => void bench.init()),
    identity.map(
      (id): Step =>
        (bench) =>
          void bench.init(id),
    ),
    fc.tuple(version, fc.subarray(['a-0', 'b-0', 'c-0'])).map(
      ([apiVersion, partitions]): Step =>
        (bench) =>
          void bench.add(present(bench), partitions, apiVersion),
    ),
    fc.tuple(version, result).map(
      ([apiVersion, to]): Step =>
        (bench) =>
          void bench.end(present(bench), to, apiVersion),
    ),
    fc.tuple(identity, result).map(
      ([id, to]): Step =>
        (bench) =>
          void bench.end(id, to),
    ),
    errorCode.map(
      (code): Step =>
        (bench) =>
          bench.replicate(code),
    ),
    marker.map(
      (code): Step =>
        (bench) =>
          bench.answerMarkers(code),
    ),
    fc.constantFrom(0, 100, 70_000).map(
      (ms): Step =>
        (bench) =>
          bench.advance(ms),
    ),
    fc.constant<Step>((bench) => elect(bench)),
  );

  function present(bench: Bench): readonly [number, number] {
    const snapshot = bench.coordinator.snapshot(ID);
    return [snapshot?.producerId ?? 7, snapshot?.producerEpoch ?? 0];
  }

  let term = 1;
  function elect(bench: Bench): void {
    term += 1;
    bench.coordinator.onElection(ID_PARTITION, term);
  }

  test.each(TRANSACTION_VERSIONS)(
    'TV%i: no transition is illegal, and afterwards the id works',
    (transactionVersion) => {
      const newest = transactionVersion === 0 ? 3 : 5;
      fc.assert(
        fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
          const bench = new Bench({ transactionVersion, replicatesAtOnce: false });
          bench.coordinator.start();
          for (const take of steps) take(bench);
          // A TV2 request at level 0 leaves its transition pending until the next term.
          elect(bench);
          bench.replicatesAtOnce = true;
          bench.replicate();
          bench.advance(80_000);
          for (let round = 0; round < 5; round += 1) {
            bench.answerMarkers();
            bench.advance(1_000);
          }
          let answer = bench.init();
          for (let round = 0; round < 5 && answer === 'CONCURRENT_TRANSACTIONS'; round += 1) {
            bench.answerMarkers();
            bench.advance(1_000);
            answer = bench.init();
          }
          expect(answer).toMatch(/^NONE/);
          expect(bench.add(present(bench), ['a-0'], newest)).toBe('NONE');
        }),
        { numRuns: 500, seed: 3 },
      );
    },
  );
});
