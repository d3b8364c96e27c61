import { describe, expect, test } from 'vitest';
import { ASSIGNED, claim, joined, NOBODY } from './group-coordinator.fixture.ts';
import { GroupOnLog } from './group-on-log.fixture.ts';

const MEMBER = claim(3, 3);

/** A group whose member 3 is at generation 3. */
function groupAtGeneration3(): GroupOnLog {
  const group = new GroupOnLog();
  group.feed({ type: 'GroupCreated' });
  group.feed(joined(3));
  for (const rejoins of [false, true, true]) {
    if (rejoins) group.feed({ type: 'RebalanceBegan' });
    group.feed({ type: 'JoinPhaseCompleted' });
    group.feed(ASSIGNED);
  }
  return group;
}

describe('trace T9: consume, transform, produce under TV2', () => {
  test('the offset is pending until the COMMIT marker, and then committed', () => {
    const group = groupAtGeneration3();
    expect(group.commitInTransaction(10, 0, MEMBER)).toBe('NONE');
    expect([group.fetch(1), group.fetch(0)]).toEqual(['UNSTABLE_OFFSET_COMMIT', -1]);
    expect(group.end('COMMIT', 1, 2)).toBe('NONE');
    expect([group.fetch(1), group.fetch(0)]).toEqual([10, 10]);
  });

  test('a member that was replaced is fenced, and its abort leaves nothing', () => {
    const group = groupAtGeneration3();
    group.commitInTransaction(10, 0, MEMBER);
    group.feed({ type: 'MemberLeft', memberId: 3 });
    group.feed(joined(4));
    group.feed({ type: 'JoinPhaseCompleted' });
    group.feed(ASSIGNED);
    expect(group.commitInTransaction(11, 0, MEMBER)).toBe('UNKNOWN_MEMBER_ID');
    expect(group.commitInTransaction(11, 0, claim(3, 4))).toBe('ILLEGAL_GENERATION');
    expect(group.end('ABORT', 1, 2)).toBe('NONE');
    expect([group.fetch(1), group.fetch(0)]).toEqual([-1, -1]);
  });

  test('generation, members and pending offsets outlive the coordinator', () => {
    const group = groupAtGeneration3();
    group.commitInTransaction(10, 0, MEMBER);
    group.crash();
    expect(group.state).toBe('Stable');
    expect(group.fetch(1)).toBe('UNSTABLE_OFFSET_COMMIT');
    expect(group.commitInTransaction(11, 0, MEMBER)).toBe('NONE');
    expect(group.end('COMMIT', 1, 2)).toBe('NONE');
    expect(group.fetch(1)).toBe(11);
  });

  test('of a rebalance only what was assigned does', () => {
    const group = groupAtGeneration3();
    group.feed({ type: 'RebalanceBegan' });
    group.feed({ type: 'JoinPhaseCompleted' });
    group.crash();
    expect(group.commitInTransaction(11, 0, MEMBER)).toBe('NONE');
    expect(group.commitInTransaction(11, 0, claim(4, 3))).toBe('ILLEGAL_GENERATION');
  });
});

describe('what Apache Kafka 4.3.1 and 3.9.2 answered', () => {
  test('a newer plain commit wins over the transaction that commits later', () => {
    const group = new GroupOnLog();
    group.commitInTransaction(10, 0, NOBODY, 4);
    group.commit(5);
    expect(group.fetch(1)).toBe('UNSTABLE_OFFSET_COMMIT');
    group.end('COMMIT', 0, 0);
    expect(group.fetch(1)).toBe(5);
  });

  test('an epoch below the one with pending offsets is fenced', () => {
    const group = new GroupOnLog();
    group.commitInTransaction(10, 1, NOBODY, 4);
    expect(group.commitInTransaction(4, 0, NOBODY, 4)).toBe('INVALID_PRODUCER_EPOCH');
  });

  test('a commit delayed into the next transaction: taken under TV1, fenced under TV2 (TxnOffsetCommitRequestTest)', () => {
    const ended = (epoch: number, version: 0 | 2) => {
      const group = new GroupOnLog();
      group.commitInTransaction(10, 0, NOBODY, version === 2 ? 5 : 4);
      group.end('COMMIT', epoch, version);
      return group.commitInTransaction(4, 0, NOBODY, version === 2 ? 5 : 4);
    };
    expect([ended(0, 0), ended(1, 2)]).toEqual(['NONE', 'INVALID_PRODUCER_EPOCH']);
  });

  test('a marker delayed into the next transaction: commits it under TV1, fenced under TV2 (WriteTxnMarkersRequestTest)', () => {
    const next = (version: 0 | 2) => {
      const group = new GroupOnLog();
      const bump = version === 2 ? 1 : 0;
      group.commitInTransaction(10, 0, NOBODY, version === 2 ? 5 : 4);
      group.end('COMMIT', bump, version);
      group.commitInTransaction(20, bump, NOBODY, version === 2 ? 5 : 4);
      return [group.end('COMMIT', bump, version), group.fetch(1)];
    };
    expect(next(0)).toEqual(['NONE', 20]);
    expect(next(2)).toEqual(['INVALID_PRODUCER_EPOCH', 'UNSTABLE_OFFSET_COMMIT']);
  });
});
