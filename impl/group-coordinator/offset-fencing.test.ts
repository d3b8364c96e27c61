import { describe, expect, test } from 'vitest';
import { GroupBench } from './scripted-group.ts';

/** `member` stands for the one member of a stable group at generation 1. */
type Identity = readonly [generation: number, memberId: string, groupInstanceId: string | null];

function identityOf(memberId: string, [generation, named, groupInstanceId]: Identity) {
  return { generation, memberId: named === 'member' ? memberId : named, groupInstanceId };
}

/** ClassicGroupTest.testValidateOffsetCommit. */
const STABLE: readonly (readonly [...Identity, transactional: string, plain: string])[] = [
  [1, 'member', null, 'NONE', 'NONE'],
  [0, 'member', null, 'ILLEGAL_GENERATION', 'ILLEGAL_GENERATION'],
  [2, 'member', null, 'ILLEGAL_GENERATION', 'ILLEGAL_GENERATION'],
  [-1, 'member', null, 'ILLEGAL_GENERATION', 'ILLEGAL_GENERATION'],
  [1, 'nobody', null, 'UNKNOWN_MEMBER_ID', 'UNKNOWN_MEMBER_ID'],
  [1, '', null, 'UNKNOWN_MEMBER_ID', 'UNKNOWN_MEMBER_ID'],
  [1, 'member', 'i', 'UNKNOWN_MEMBER_ID', 'UNKNOWN_MEMBER_ID'],
  [-1, '', 'i', 'UNKNOWN_MEMBER_ID', 'UNKNOWN_MEMBER_ID'],
  [-1, '', null, 'NONE', 'UNKNOWN_MEMBER_ID'],
];

describe('a commit for a stable group', () => {
  test.each(STABLE)(
    'of generation %i, member "%s", instance %s is answered %s in a transaction, %s outside',
    (generation, memberId, groupInstanceId, transactional, plain) => {
      const bench = new GroupBench();
      const identity = identityOf(bench.stableGroup(), [generation, memberId, groupInstanceId]);
      expect(bench.transactionalCommit(5, identity)).toBe(transactional);
      expect(bench.commit(5, identity)).toBe(plain);
    },
  );

  test('of a static member is fenced when the instance has another member id', () => {
    const bench = new GroupBench();
    const answers = bench.join('', { groupInstanceId: 'i' });
    bench.advance(3_000);
    const { memberId } = answers[0]!;
    const identity = { generation: 1, memberId: 'nobody', groupInstanceId: 'i' };
    expect(bench.transactionalCommit(5, identity)).toBe('FENCED_INSTANCE_ID');
    expect(bench.commit(5, identity)).toBe('FENCED_INSTANCE_ID');
    expect(bench.transactionalCommit(5, { ...identity, memberId })).toBe('NONE');
  });
});

describe('a commit during a rebalance', () => {
  test('counts while members still join', () => {
    const bench = new GroupBench();
    const memberId = bench.stableGroup();
    bench.joinAnew();
    expect(bench.group().state).toBe('PreparingRebalance');
    expect(bench.transactionalCommit(5, { generation: 1, memberId })).toBe('NONE');
    expect(bench.commit(5, { generation: 1, memberId })).toBe('NONE');
  });

  test('before the assignment counts in a transaction only', () => {
    const bench = new GroupBench();
    const { memberId } = bench.joinAnew();
    bench.advance(3_000);
    expect(bench.group().state).toBe('CompletingRebalance');
    expect(bench.transactionalCommit(5, { generation: 1, memberId })).toBe('NONE');
    expect(bench.commit(5, { generation: 1, memberId })).toBe('REBALANCE_IN_PROGRESS');
  });

  test('is judged after the transaction coordinator answered, not before (KAFKA-15784)', () => {
    const bench = new GroupBench();
    const memberId = bench.stableGroup();
    bench.verdict = null;
    const answers = bench.ask('TxnOffsetCommit', 5, {
      transactionalId: 'id',
      groupId: 'g',
      producerId: 7,
      producerEpoch: 0,
      generationIdOrMemberEpoch: 1,
      memberId,
      groupInstanceId: null,
      offsets: [
        {
          partition: 'in-0',
          committedOffset: 5,
          committedLeaderEpoch: -1,
          committedMetadata: null,
        },
      ],
    });
    bench.joinAnew();
    bench.join(memberId);
    expect(bench.group().generation).toBe(2);
    bench.questions[0]!.answer('NONE');
    expect(answers[0]!.partitions[0]!.errorCode).toBe('ILLEGAL_GENERATION');
    expect(bench.group().pending).toEqual([]);
  });
});

describe('a commit for a group without members', () => {
  test('makes a simple group if it claims no generation', () => {
    const bench = new GroupBench();
    expect(bench.transactionalCommit(5)).toBe('NONE');
    expect(bench.group()).toMatchObject({ state: 'Empty', generation: 0, protocolType: null });
    expect(bench.commit(3)).toBe('NONE');
    bench.crash();
    expect(bench.group()).toMatchObject({ state: 'Empty', protocolType: null });
  });

  test('of a generation is refused, as its version knows how to say', () => {
    const bench = new GroupBench();
    const identity = { generation: 1, memberId: 'm' };
    expect(bench.transactionalCommit(5, { version: 5, ...identity })).toBe('ILLEGAL_GENERATION');
    expect(bench.transactionalCommit(5, { version: 6, ...identity })).toBe('GROUP_ID_NOT_FOUND');
    expect(bench.commit(5, { version: 8, ...identity })).toBe('ILLEGAL_GENERATION');
    expect(bench.commit(5, { version: 9, ...identity })).toBe('GROUP_ID_NOT_FOUND');
    expect(bench.coordinator.groupIds()).toEqual([]);
  });

  test('counts for an emptied group if it claims no generation', () => {
    const bench = new GroupBench();
    bench.stableGroup();
    bench.advance(10_000);
    expect(bench.group().state).toBe('Empty');
    expect(bench.transactionalCommit(5, { memberId: 'gone' })).toBe('NONE');
    expect(bench.transactionalCommit(5, { generation: 1, memberId: 'gone' })).toBe(
      'UNKNOWN_MEMBER_ID',
    );
    expect(bench.commit(3)).toBe('NONE');
  });

  test('needs a group id in a transaction', () => {
    const bench = new GroupBench();
    expect(bench.transactionalCommit(5, { group: '' })).toBe('INVALID_GROUP_ID');
  });
});
