import { describe, expect, test } from 'vitest';
import { GroupBench } from './scripted-group.ts';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const CHECK_MS = 600_000;

describe('retention', () => {
  test("removes a simple group's offset a week after its commit, and the group with it", () => {
    const bench = new GroupBench();
    bench.advance(DAY_MS);
    bench.commit(3);
    bench.advance(WEEK_MS - CHECK_MS);
    expect(bench.fetch()).toBe(3);
    bench.advance(2 * CHECK_MS);
    expect(bench.fetch()).toBe(-1);
    expect(bench.coordinator.groupIds()).toEqual([]);
    bench.crash();
    expect(bench.fetch()).toBe(-1);
    expect(bench.coordinator.groupIds()).toEqual([]);
  });

  test("spares an offset that an open transaction may move, and the transaction's group", () => {
    const bench = new GroupBench();
    bench.commit(3);
    bench.transactionalCommit(5);
    bench.advance(2 * WEEK_MS);
    expect(bench.fetch(false)).toBe(3);
    bench.marker('ABORT', 1);
    expect(bench.fetch()).toBe(3);
    bench.advance(CHECK_MS);
    expect(bench.fetch()).toBe(-1);
  });

  test('spares a group that has nothing but pending offsets', () => {
    const bench = new GroupBench();
    bench.transactionalCommit(5);
    bench.advance(2 * WEEK_MS);
    expect(bench.coordinator.groupIds()).toEqual(['g']);
    bench.marker('COMMIT', 1);
    expect(bench.fetch()).toBe(5);
  });

  test('counts from when the group became empty, and spares a group with members', () => {
    const bench = new GroupBench();
    const memberId = bench.stableGroup();
    bench.commit(3, { generation: 1, memberId });
    for (let ms = 0; ms < 2 * WEEK_MS; ms += 9_000) {
      bench.advance(9_000);
      bench.heartbeat(memberId, 1);
    }
    expect(bench.fetch()).toBe(3);
    bench.advance(10_000 + WEEK_MS - CHECK_MS);
    expect(bench.fetch()).toBe(3);
    bench.advance(2 * CHECK_MS);
    expect(bench.fetch()).toBe(-1);
  });
});
