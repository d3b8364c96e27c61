import { describe, expect, test } from 'vitest';
import { Bench } from './coordinator.fixture.ts';

test('T1: a TV2 commit is answered with the bumped identity before its markers are written (KIP-890)', () => {
  const bench = new Bench();
  expect(bench.init()).toBe('NONE (7,0)');
  expect(bench.add([7, 0], ['a-0'])).toBe('NONE');
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
