import { describe, expect, test } from 'vitest';
import { GroupBench } from './group.fixture.ts';

/** Time passes, and these members of generation 1 stay alive without joining again. */
function heartbeats(bench: GroupBench, ms: number, ...members: readonly string[]): void {
  for (let passed = 0; passed < ms; passed += 5_000) {
    bench.advance(5_000);
    for (const memberId of members) bench.heartbeat(memberId, 1);
  }
}

describe('a rebalance', () => {
  test('that completed early is over: its time-out starts no other', () => {
    const bench = new GroupBench();
    const leader = bench.stableGroup();
    const { memberId } = bench.joinAnew();
    bench.join(leader);
    bench.sync(memberId, 2);
    bench.sync(leader, 2);
    for (let passed = 0; passed < 120_000; passed += 5_000) {
      bench.advance(5_000);
      expect(bench.heartbeat(leader, 2)).toBe('NONE');
      expect(bench.heartbeat(memberId, 2)).toBe('NONE');
    }
  });

  test('waits for a member that has been given an id, until its session ends', () => {
    const bench = new GroupBench();
    const leader = bench.stableGroup();
    bench.join('', { sessionTimeoutMs: 20_000 });
    const { answers } = bench.joinAnew();
    bench.join(leader);
    bench.advance(19_999);
    expect(answers).toEqual([]);
    bench.advance(1);
    expect(answers).toMatchObject([{ errorCode: 'NONE', generationId: 2 }]);
  });

  test('completes when the last member that has not joined leaves', () => {
    const bench = new GroupBench();
    const leader = bench.stableGroup();
    const { answers } = bench.joinAnew();
    const members = [{ memberId: leader, groupInstanceId: null }];
    bench.ask('LeaveGroup', 4, { groupId: 'g', members });
    expect(answers).toMatchObject([{ errorCode: 'NONE', generationId: 2 }]);
  });

  test('removes a new member that waits for more than five minutes, and tells it', () => {
    const bench = new GroupBench();
    const changes = { rebalanceTimeoutMs: 900_000 };
    const { memberId: leader } = bench.joinAnew(changes);
    bench.advance(3_000);
    bench.sync(leader, 1);
    const { answers } = bench.joinAnew(changes);
    heartbeats(bench, 295_000, leader);
    expect(answers).toEqual([]);
    heartbeats(bench, 5_000, leader);
    expect(answers).toMatchObject([{ errorCode: 'UNKNOWN_MEMBER_ID', memberId: '' }]);
    expect(bench.group().members.map(({ memberId }) => memberId)).toEqual([leader]);
  });

  test('does not end the session of whoever waits for it', () => {
    const bench = new GroupBench();
    const leader = bench.stableGroup();
    const { memberId } = bench.joinAnew();
    bench.join(leader);
    bench.sync(memberId, 2);
    bench.sync(leader, 2);
    bench.joinAnew();
    const answers = bench.join(leader);
    for (let passed = 0; passed < 50_000; passed += 5_000) {
      bench.advance(5_000);
      bench.heartbeat(memberId, 2);
    }
    expect(answers).toEqual([]);
    bench.advance(10_000);
    expect(answers).toMatchObject([{ generationId: 3, leader }]);
    expect(answers[0]!.members).toHaveLength(2);
  });
});

describe('a static member that does not join again', () => {
  const joinStatic = (bench: GroupBench, groupInstanceId: string) =>
    bench.join('', { groupInstanceId });
  const syncStatic = (bench: GroupBench, memberId: string, groupInstanceId: string) =>
    bench.ask('SyncGroup', 4, {
      groupId: 'g',
      generationId: 1,
      memberId,
      groupInstanceId,
      assignments: [],
    });

  /** `i` leads, `j` follows, at generation 1. */
  function twoStatic(): { readonly bench: GroupBench; readonly members: readonly string[] } {
    const bench = new GroupBench();
    const answers = [joinStatic(bench, 'i'), joinStatic(bench, 'j')];
    bench.advance(6_000);
    const members = answers.map(([answer]) => answer!.memberId);
    syncStatic(bench, members[1]!, 'j');
    syncStatic(bench, members[0]!, 'i');
    return { bench, members };
  }

  test('keeps its place (KIP-345)', () => {
    const { bench, members } = twoStatic();
    const { answers } = bench.joinAnew();
    heartbeats(bench, 60_000, ...members);
    expect(answers).toMatchObject([{ generationId: 2, leader: answers[0]!.memberId }]);
    expect(bench.group().members).toHaveLength(3);
  });

  test('holds the group up as long as nobody joins', () => {
    const { bench, members } = twoStatic();
    const { memberId } = bench.joinAnew();
    bench.ask('LeaveGroup', 4, { groupId: 'g', members: [{ memberId, groupInstanceId: null }] });
    heartbeats(bench, 65_000, ...members);
    expect(bench.group()).toMatchObject({ state: 'PreparingRebalance', generation: 1 });
    const answers = bench.join(members[1]!, { groupInstanceId: 'j' });
    heartbeats(bench, 50_000, members[0]!);
    expect(answers).toEqual([]);
    heartbeats(bench, 5_000, members[0]!);
    expect(answers).toMatchObject([{ generationId: 2, leader: members[1] }]);
  });

  test('is fenced where it waits for its assignment, when its successor joins', () => {
    const bench = new GroupBench();
    joinStatic(bench, 'i');
    const follower = joinStatic(bench, 'j');
    bench.advance(6_000);
    const waiting = syncStatic(bench, follower[0]!.memberId, 'j');
    joinStatic(bench, 'j');
    expect(waiting).toEqual([{ errorCode: 'FENCED_INSTANCE_ID', assignment: '' }]);
  });
});

describe('the assignment', () => {
  test('that is replicated after the next rebalance began is not handed out', () => {
    const bench = new GroupBench();
    const { memberId } = bench.joinAnew();
    bench.advance(3_000);
    bench.replicatesAtOnce = false;
    const answers = bench.sync(memberId, 1, { [memberId]: 'in-0' });
    bench.joinAnew();
    expect(answers).toEqual([{ errorCode: 'REBALANCE_IN_PROGRESS', assignment: '' }]);
    bench.flush();
    expect(bench.group()).toMatchObject({ state: 'PreparingRebalance' });
  });

  test('starts a session that ended while it was awaited', () => {
    const bench = new GroupBench();
    const leader = bench.stableGroup();
    const { memberId } = bench.joinAnew();
    bench.join(leader);
    const waiting = bench.sync(memberId, 2);
    for (let passed = 0; passed < 15_000; passed += 5_000) {
      bench.advance(5_000);
      bench.heartbeat(leader, 2);
    }
    bench.sync(leader, 2);
    expect(waiting).toMatchObject([{ errorCode: 'NONE' }]);
    bench.advance(5_000);
    bench.heartbeat(leader, 2);
    bench.advance(4_999);
    expect(bench.group().members).toHaveLength(2);
    bench.advance(1);
    expect(bench.group().members.map((member) => member.memberId)).toEqual([leader]);
  });

  test('of a generation that is over is not missed any more', () => {
    const bench = new GroupBench();
    const changes = { rebalanceTimeoutMs: 8_000 };
    const first = bench.joinAnew(changes).memberId;
    bench.advance(3_000);
    bench.advance(6_000);
    const second = bench.joinAnew(changes).memberId;
    bench.join(first, changes);
    bench.advance(3_000);
    expect(bench.heartbeat(first, 2)).toBe('NONE');
    expect(bench.heartbeat(second, 2)).toBe('NONE');
  });
});

test('a group is known from its first join on', () => {
  const bench = new GroupBench();
  bench.join('');
  bench.crash();
  expect(bench.group()).toMatchObject({ state: 'Empty', generation: 0 });
});
