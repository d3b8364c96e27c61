import { describe, expect, test } from 'vitest';
import { GroupBench } from './scripted-group.ts';

describe('JoinGroup', () => {
  test('gives a new member an id first, and starts a generation when nobody else comes (KIP-394)', () => {
    const bench = new GroupBench();
    const [first] = bench.join('');
    expect(first).toMatchObject({ errorCode: 'MEMBER_ID_REQUIRED', memberId: 'member-1' });
    expect(bench.group()).toMatchObject({ state: 'Empty', pendingMembers: ['member-1'] });
    const answers = bench.join('member-1');
    expect(bench.group()).toMatchObject({ state: 'PreparingRebalance', pendingMembers: [] });
    bench.advance(2_999);
    expect(answers).toEqual([]);
    bench.advance(1);
    expect(answers).toEqual([
      {
        errorCode: 'NONE',
        generationId: 1,
        protocolName: 'range',
        leader: 'member-1',
        memberId: 'member-1',
        members: [{ memberId: 'member-1', groupInstanceId: null, metadata: 'in' }],
      },
    ]);
    expect(bench.group().state).toBe('CompletingRebalance');
  });

  test('waits longer while members keep coming, but no longer than their rebalance timeout', () => {
    const bench = new GroupBench();
    const changes = { rebalanceTimeoutMs: 7_000 };
    const { answers } = bench.joinAnew(changes);
    for (const elapsedMs of [2_500, 5_500]) {
      bench.advance(elapsedMs - bench.nowMs);
      bench.joinAnew(changes);
    }
    bench.advance(1_499);
    expect(answers).toEqual([]);
    bench.advance(1);
    expect(answers[0]!.members.map(({ memberId }) => memberId)).toEqual([
      'member-1',
      'member-2',
      'member-3',
    ]);
  });

  test('below version 4 needs no id', () => {
    const bench = new GroupBench();
    const answers = bench.ask('JoinGroup', 3, {
      groupId: 'g',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      memberId: '',
      groupInstanceId: null,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: 'in' }],
    });
    bench.advance(3_000);
    expect(answers[0]).toMatchObject({ errorCode: 'NONE', generationId: 1 });
  });

  test('of a second member rebalances the group; the leader alone is told who is in it', () => {
    const bench = new GroupBench();
    const leader = bench.stableGroup();
    const { memberId, answers } = bench.joinAnew();
    expect(bench.heartbeat(leader, 1)).toBe('REBALANCE_IN_PROGRESS');
    const [again] = bench.join(leader);
    expect(again).toMatchObject({ generationId: 2, leader });
    expect(again!.members).toHaveLength(2);
    expect(answers[0]).toMatchObject({ generationId: 2, leader, members: [], memberId });
    const waiting = bench.sync(memberId, 2);
    expect(waiting).toEqual([]);
    expect(bench.sync(leader, 2, { [leader]: 'in-0', [memberId]: 'in-1' })).toEqual([
      { errorCode: 'NONE', assignment: 'in-0' },
    ]);
    expect(waiting).toEqual([{ errorCode: 'NONE', assignment: 'in-1' }]);
    expect(bench.group().state).toBe('Stable');
  });

  test('removes who does not come back within the rebalance timeout, and elects another leader', () => {
    const bench = new GroupBench();
    const leader = bench.stableGroup();
    const { memberId, answers } = bench.joinAnew();
    for (let ms = 0; ms < 60_000; ms += 5_000) {
      expect(bench.heartbeat(leader, 1)).toBe('REBALANCE_IN_PROGRESS');
      bench.advance(5_000);
    }
    expect(answers[0]).toMatchObject({ generationId: 2, leader: memberId });
    expect(bench.heartbeat(leader, 1)).toBe('UNKNOWN_MEMBER_ID');
  });

  test('is told again by a member that lost the answer, without a new generation', () => {
    const bench = new GroupBench();
    const { memberId } = bench.joinAnew();
    bench.advance(3_000);
    expect(bench.join(memberId)[0]).toMatchObject({ errorCode: 'NONE', generationId: 1 });
    bench.sync(memberId, 1, { [memberId]: 'in-0' });
    const second = bench.joinAnew();
    bench.join(memberId);
    bench.sync(memberId, 2);
    expect(bench.join(second.memberId)[0]).toMatchObject({ generationId: 2, members: [] });
    expect(bench.group().state).toBe('Stable');
  });

  test.each([
    ['an unknown member of no group', 'nobody', {}, 'UNKNOWN_MEMBER_ID'],
    ['a session that is too short', '', { sessionTimeoutMs: 5_999 }, 'INVALID_SESSION_TIMEOUT'],
    ['a session that is too long', '', { sessionTimeoutMs: 1_800_001 }, 'INVALID_SESSION_TIMEOUT'],
    ['no protocol', '', { protocols: [] }, 'INCONSISTENT_GROUP_PROTOCOL'],
    ['no group', '', { groupId: '' }, 'INVALID_GROUP_ID'],
  ] as const)('refuses %s', (_, memberId, changes, errorCode) => {
    const bench = new GroupBench();
    expect(bench.join(memberId, changes)).toMatchObject([{ errorCode, generationId: -1 }]);
  });

  test('refuses an unknown member, another protocol, and a member too many', () => {
    const bench = new GroupBench({ config: { maxSize: 1 } });
    bench.stableGroup();
    expect(bench.join('nobody')[0]!.errorCode).toBe('GROUP_MAX_SIZE_REACHED');
    const roomy = new GroupBench();
    roomy.stableGroup();
    expect(roomy.join('nobody')[0]!.errorCode).toBe('UNKNOWN_MEMBER_ID');
    const protocols = [{ name: 'sticky', metadata: 'in' }];
    expect(roomy.join('', { protocols })[0]!.errorCode).toBe('INCONSISTENT_GROUP_PROTOCOL');
  });

  test('chooses the protocol that all know and most prefer', () => {
    const bench = new GroupBench();
    const named = (...names: string[]) => names.map((name) => ({ name, metadata: name }));
    const joins = [named('a', 'b'), named('c', 'b', 'a'), named('b', 'a')].map((protocols) =>
      bench.joinAnew({ protocols }),
    );
    bench.advance(6_000);
    expect(joins[0]!.answers[0]).toMatchObject({ protocolName: 'b' });
    expect(joins[0]!.answers[0]!.members.map(({ metadata }) => metadata)).toEqual(['b', 'b', 'b']);
  });
});

describe('a static member (KIP-345)', () => {
  const instance = { groupInstanceId: 'i' };

  function staticGroup(): { readonly bench: GroupBench; readonly memberId: string } {
    const bench = new GroupBench();
    const answers = bench.join('', instance);
    bench.advance(3_000);
    const { memberId } = answers[0]!;
    bench.ask('SyncGroup', 4, {
      groupId: 'g',
      generationId: 1,
      memberId,
      ...instance,
      assignments: [{ memberId, assignment: 'in-0' }],
    });
    return { bench, memberId };
  }

  test('comes back without a rebalance, and fences its former self', () => {
    const { bench, memberId } = staticGroup();
    const [back] = bench.join('', instance);
    expect(back).toMatchObject({ errorCode: 'NONE', generationId: 1, leader: memberId });
    expect(back!.memberId).not.toBe(memberId);
    expect(bench.group()).toMatchObject({ state: 'Stable', generation: 1 });
    const commit = { generation: 1, groupInstanceId: 'i' };
    expect(bench.transactionalCommit(5, { ...commit, memberId })).toBe('FENCED_INSTANCE_ID');
    expect(bench.transactionalCommit(5, { ...commit, memberId: back!.memberId })).toBe('NONE');
    bench.crash();
    expect(bench.group().members[0]).toMatchObject({
      memberId: back!.memberId,
      assignment: 'in-0',
    });
  });

  test('that waits for a rebalance when its successor comes is fenced at once', () => {
    const bench = new GroupBench();
    const answers = bench.join('', instance);
    const successor = bench.join('', instance);
    expect(answers).toMatchObject([{ errorCode: 'FENCED_INSTANCE_ID' }]);
    bench.advance(3_000);
    expect(successor).toMatchObject([{ errorCode: 'NONE', generationId: 1 }]);
  });

  test('leaves by its instance id alone', () => {
    const { bench } = staticGroup();
    const leave = (groupInstanceId: string) =>
      bench.ask('LeaveGroup', 4, { groupId: 'g', members: [{ memberId: '', groupInstanceId }] })[0]!
        .members[0]!.errorCode;
    expect(leave('j')).toBe('UNKNOWN_MEMBER_ID');
    expect(leave('i')).toBe('NONE');
    expect(bench.group()).toMatchObject({ state: 'Empty', generation: 2 });
  });
});

describe('SyncGroup', () => {
  test('waits for the leader, and is refused when the group rebalances first', () => {
    const bench = new GroupBench();
    const leader = bench.stableGroup();
    const { memberId } = bench.joinAnew();
    bench.join(leader);
    const waiting = bench.sync(memberId, 2);
    bench.joinAnew();
    expect(waiting).toEqual([{ errorCode: 'REBALANCE_IN_PROGRESS', assignment: '' }]);
    expect(bench.sync(memberId, 2)).toEqual([
      { errorCode: 'REBALANCE_IN_PROGRESS', assignment: '' },
    ]);
  });

  test('hands the assignment out when it is durable', () => {
    const bench = new GroupBench();
    const { memberId } = bench.joinAnew();
    bench.advance(3_000);
    bench.replicatesAtOnce = false;
    const answers = bench.sync(memberId, 1, { [memberId]: 'in-0' });
    expect(answers).toEqual([]);
    bench.flush();
    expect(answers).toEqual([{ errorCode: 'NONE', assignment: 'in-0' }]);
  });

  test.each([
    ['nobody', 1, 'UNKNOWN_MEMBER_ID'],
    ['member-1', 0, 'ILLEGAL_GENERATION'],
    ['member-1', 1, 'NONE'],
  ] as const)('of %s at generation %i is answered %s', (memberId, generation, errorCode) => {
    const bench = new GroupBench();
    bench.stableGroup();
    expect(bench.sync(memberId, generation)[0]!.errorCode).toBe(errorCode);
    expect(new GroupBench().sync(memberId, generation)[0]!.errorCode).toBe('UNKNOWN_MEMBER_ID');
  });

  test('that never comes costs the member its place', () => {
    const bench = new GroupBench();
    const { memberId } = bench.joinAnew({ rebalanceTimeoutMs: 8_000 });
    bench.advance(3_000);
    bench.heartbeat(memberId, 1);
    bench.advance(8_000);
    expect(bench.heartbeat(memberId, 1)).toBe('UNKNOWN_MEMBER_ID');
    expect(bench.group()).toMatchObject({ state: 'Empty', generation: 2 });
  });
});

describe('a session', () => {
  test('ends without heartbeats or commits, and the group goes on without the member', () => {
    const bench = new GroupBench();
    const memberId = bench.stableGroup();
    bench.advance(9_999);
    expect(bench.heartbeat(memberId, 1)).toBe('NONE');
    bench.advance(9_999);
    expect(bench.commit(3, { generation: 1, memberId })).toBe('NONE');
    bench.advance(9_999);
    expect(bench.group().state).toBe('Stable');
    bench.advance(1);
    expect(bench.group()).toMatchObject({ state: 'Empty', generation: 2, members: [] });
  });

  test('of a member that was only given an id ends as well', () => {
    const bench = new GroupBench();
    const { memberId } = bench.join('')[0]!;
    bench.advance(10_000);
    expect(bench.join(memberId)[0]!.errorCode).toBe('UNKNOWN_MEMBER_ID');
  });

  test('does not end while the member waits for the rebalance', () => {
    const bench = new GroupBench();
    const leader = bench.stableGroup();
    bench.joinAnew();
    const second = bench.group().members[1]!.memberId;
    bench.join(leader);
    bench.sync(leader, 2);
    bench.joinAnew();
    const answers = bench.join(leader);
    bench.advance(50_000);
    expect(answers).toMatchObject([{ generationId: 3 }]);
    expect(bench.group().members.map(({ memberId }) => memberId)).not.toContain(second);
  });

  test('starts over when the coordinator restarts', () => {
    const bench = new GroupBench();
    const memberId = bench.stableGroup();
    bench.advance(9_000);
    bench.crash();
    bench.advance(9_999);
    expect(bench.heartbeat(memberId, 1)).toBe('NONE');
    bench.advance(10_000);
    expect(bench.group().state).toBe('Empty');
  });
});

describe('LeaveGroup', () => {
  test('empties the group under a generation of its own', () => {
    const bench = new GroupBench();
    const memberId = bench.stableGroup();
    const members = [{ memberId, groupInstanceId: null }];
    expect(bench.ask('LeaveGroup', 4, { groupId: 'g', members })).toEqual([
      { errorCode: 'NONE', members: [{ memberId, groupInstanceId: null, errorCode: 'NONE' }] },
    ]);
    expect(bench.group()).toMatchObject({ state: 'Empty', generation: 2 });
    bench.crash();
    expect(bench.group()).toMatchObject({ state: 'Empty', generation: 2 });
  });

  test('of a group or member that is unknown says so of the member', () => {
    const bench = new GroupBench();
    const members = [{ memberId: 'm', groupInstanceId: null }];
    const unknown = {
      errorCode: 'NONE',
      members: [{ memberId: 'm', groupInstanceId: null, errorCode: 'UNKNOWN_MEMBER_ID' }],
    };
    expect(bench.ask('LeaveGroup', 4, { groupId: 'g', members })).toEqual([unknown]);
    bench.stableGroup();
    expect(bench.ask('LeaveGroup', 4, { groupId: 'g', members })).toEqual([unknown]);
    expect(bench.group().state).toBe('Stable');
  });
});

describe('a restarted coordinator', () => {
  test('knows the generation, its members and what was assigned', () => {
    const bench = new GroupBench();
    const memberId = bench.stableGroup();
    bench.crash();
    expect(bench.group()).toMatchObject({
      state: 'Stable',
      generation: 1,
      protocolType: 'consumer',
      protocolName: 'range',
      leader: memberId,
      members: [{ memberId, assignment: 'in-0' }],
    });
    expect(bench.sync(memberId, 1)).toEqual([{ errorCode: 'NONE', assignment: 'in-0' }]);
  });

  test('forgets a generation that was never assigned: its members join again', () => {
    const bench = new GroupBench();
    const leader = bench.stableGroup();
    const { memberId } = bench.joinAnew();
    bench.join(leader);
    expect(bench.group().generation).toBe(2);
    bench.crash();
    expect(bench.group().generation).toBe(1);
    expect(bench.heartbeat(leader, 2)).toBe('ILLEGAL_GENERATION');
    expect(bench.heartbeat(memberId, 2)).toBe('UNKNOWN_MEMBER_ID');
    expect(bench.join(leader)[0]).toMatchObject({ generationId: 2 });
  });

  test('never gives a member id again', () => {
    const bench = new GroupBench();
    const { memberId } = bench.join('')[0]!;
    bench.crash();
    expect(bench.join('')[0]!.memberId).not.toBe(memberId);
  });
});

test('a resigned coordinator sends whoever waits away', () => {
  const bench = new GroupBench();
  const { answers } = bench.joinAnew();
  bench.coordinator.onResignation(0);
  expect(answers).toMatchObject([{ errorCode: 'NOT_COORDINATOR' }]);
  bench.advance(600_000);
  expect(answers).toHaveLength(1);
});
