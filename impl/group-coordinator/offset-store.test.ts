import { expect, test } from 'vitest';
import type { OffsetCommitRecord } from '../../protocol/offsets-log.ts';
import { DECISIONS } from './decisions.ts';
import { OffsetStore } from './offset-store.ts';

const commitOf = (offset: number | null): OffsetCommitRecord => ({
  type: 'OffsetCommit',
  key: { group: 'g', partition: 'in-0' },
  value: offset === null ? null : { offset, leaderEpoch: -1, metadata: '', commitTimestampMs: 0 },
});

test('a tombstone removes what is committed and what is pending (OffsetMetadataManagerTest)', () => {
  const store = new OffsetStore(DECISIONS);
  store.replay(commitOf(3), 0, -1);
  store.replay(commitOf(5), 1, 7);
  store.replay(commitOf(6), 2, 8);
  store.replay(commitOf(null), 3, -1);
  expect(store.committed('g', 'in-0')).toBeUndefined();
  expect(store.hasPending('g', 'in-0')).toBe(false);
  store.endTransaction(7, 'COMMIT');
  expect(store.committedOf('g')).toEqual([]);
});

test('of two transactions the one whose offset is later in the log wins, whoever ends last', () => {
  const store = new OffsetStore(DECISIONS);
  store.replay(commitOf(5), 1, 7);
  store.replay(commitOf(6), 2, 8);
  store.endTransaction(8, 'COMMIT');
  expect(store.hasPending('g', 'in-0')).toBe(true);
  store.endTransaction(7, 'COMMIT');
  expect(store.committed('g', 'in-0')).toMatchObject({ offset: 6, recordOffset: 2 });
});
