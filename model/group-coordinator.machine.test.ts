import { describe, expect, test } from 'vitest';
import {
  ASSIGNED,
  claim,
  commit,
  driver,
  fetch,
  joined,
  loaded,
  marker,
  NOBODY,
  plain,
  REPLICATED,
  verified,
} from './group-coordinator.fixture.ts';
import type { LEADING_TO } from './group-coordinator.fixture.ts';
import type { GroupEvent } from './group-coordinator-state.ts';

const MEMBER = claim(1, 3, 5);
const OPEN = { producerEpoch: 0, open: 1 } as const;

describe('a transactional commit (CoordinatorRuntime.scheduleTransactionalWriteOperation)', () => {
  test('is verified, fenced, written, and answered when it is replicated', () => {
    const { feed } = driver('Stable');
    expect(feed(commit(MEMBER))).toEqual(['verify (7,0) for 1']);
    expect(feed(verified())).toEqual(['log offsets 0 (7,0)']);
    expect(feed(REPLICATED)).toEqual(['1: TxnOffsetCommit NONE']);
  });

  test('adds its partition under TV2, even when verification is off (KIP-890)', () => {
    const coordinator = driver('Stable', { partitionVerification: 0 });
    expect(coordinator.feed(commit(MEMBER, { version: 5 }))).toEqual(['add (7,0) for 1']);
    expect(coordinator.feed(commit(MEMBER, { request: 2 }))).toEqual(['log offsets 0 (7,0)']);
  });

  test('of an open transaction of the same epoch needs no verification', () => {
    expect(driver().feed(commit(NOBODY, { view: OPEN }))).toEqual(['log offsets 0 (7,0)']);
    const older = { view: { ...OPEN, producerEpoch: 1 }, epoch: 2 };
    expect(driver().feed(commit(NOBODY, older))).toEqual(['verify (7,2) for 1']);
  });

  test('of a stale epoch is fenced before it is verified, and again at the append', () => {
    const newer = { producerEpoch: 1 };
    const fenced = ['1: TxnOffsetCommit INVALID_PRODUCER_EPOCH'];
    const coordinator = driver();
    expect(coordinator.feed(commit(NOBODY, { view: newer }))).toEqual(fenced);
    coordinator.feed(commit());
    expect(coordinator.feed(verified('NONE', { view: newer }))).toEqual(fenced);
    const trusting = driver('Absent', { partitionVerification: 0 });
    expect(trusting.feed(commit(NOBODY, { view: newer }))).toEqual(fenced);
  });

  test('is appended again when it is retried: no duplicate is recognised', () => {
    const { feed } = driver();
    const view = { ...OPEN, unreplicated: 1 };
    feed(commit(NOBODY, { view: OPEN }));
    expect(feed(commit(NOBODY, { request: 2, view }))).toEqual(['log offsets 0 (7,0)']);
    expect(feed(REPLICATED)).toEqual(['1: TxnOffsetCommit NONE']);
    expect(feed(REPLICATED)).toEqual(['2: TxnOffsetCommit NONE']);
  });

  test('several may wait for the transaction coordinator, each for its own answer', () => {
    const { feed, context } = driver();
    feed(commit(), commit(NOBODY, { request: 2, producerId: 8 }));
    expect(feed(verified('NONE', { request: 2 }))).toEqual(['log offsets 0 (8,0)']);
    expect(context().parked.map(({ request }) => request)).toEqual([1]);
    expect(feed(verified('NONE', { request: 2 }))).toEqual(['unexpected']);
  });
});

describe('a verification guard (VerificationGuard, KIP-890)', () => {
  test('is stale once a marker was written', () => {
    const { feed } = driver();
    feed(commit());
    feed(marker(0, 0));
    const view = { producerEpoch: 0 };
    expect(feed(verified('NONE', { view }))).toEqual(['1: TxnOffsetCommit INVALID_TXN_STATE']);
  });

  test('survives the marker of the transaction before it under TV2', () => {
    const { feed } = driver();
    feed(commit(NOBODY, { version: 5, epoch: 1 }));
    feed(marker(1, 2));
    const view = { producerEpoch: 1 };
    expect(feed(verified('NONE', { view }))).toEqual(['log offsets 0 (7,1)']);
  });

  test('does not survive it when a client below TV2 made the entry', () => {
    const { feed } = driver();
    feed(commit());
    feed(commit(NOBODY, { request: 3, version: 5, epoch: 1 }));
    feed(marker(1, 2));
    const view = { producerEpoch: 1 };
    const outputs = feed(verified('NONE', { request: 3, view }));
    expect(outputs).toEqual(['3: TxnOffsetCommit INVALID_TXN_STATE']);
  });

  test("is not another producer id's", () => {
    const { feed } = driver();
    feed(commit(), marker(0, 0, { producerId: 8 }));
    expect(feed(verified())).toEqual(['log offsets 0 (7,0)']);
  });

  test('is not needed once the transaction is open', () => {
    const { feed } = driver();
    feed(commit(), commit(NOBODY, { request: 2 }), verified());
    expect(feed(verified('NONE', { request: 2, view: OPEN }))).toEqual(['log offsets 0 (7,0)']);
  });
});

describe('a fetch (OffsetMetadataManager.fetchOffsets)', () => {
  test('that need not be stable reads what is replicated, at once', () => {
    const view = { committedOffset: 9, replicatedCommittedOffset: 4, pending: 1 } as const;
    expect(driver('Stable').feed(fetch(0, { ...view, unreplicated: 2 }))).toEqual([
      '1: OffsetFetch NONE 4',
    ]);
    expect(driver().feed(fetch(0))).toEqual(['1: OffsetFetch NONE']);
  });

  test('that must be stable is refused while a transaction may move the offset', () => {
    const pending = { committedOffset: 4, pending: 1 } as const;
    expect(driver().feed(fetch(1, pending))).toEqual(['1: OffsetFetch UNSTABLE_OFFSET_COMMIT']);
    expect(driver().feed(fetch(1, { committedOffset: 4 }))).toEqual(['1: OffsetFetch NONE 4']);
  });

  test('that must be stable is ordered after the writes before it', () => {
    const { feed } = driver();
    expect(feed(fetch(1, { committedOffset: 4, unreplicated: 2 }))).toEqual([]);
    expect(feed(REPLICATED)).toEqual([]);
    expect(feed(REPLICATED)).toEqual(['1: OffsetFetch NONE 4']);
    expect(feed(fetch(1, { committedOffset: 4, unreplicated: 1 }))).toEqual([]);
  });
});

describe('a group in rebalances (ClassicGroup, GroupMetadataManager)', () => {
  test('is stored empty, rebalances, and is stable when its assignment is replicated', () => {
    const { feed, state, context } = driver();
    expect(feed({ type: 'GroupCreated' })).toEqual(['log generation 0 {}']);
    feed(joined(3), joined(4, 5));
    expect(state()).toBe('PreparingRebalance');
    feed({ type: 'JoinPhaseCompleted' });
    expect(context().generationId).toBe(1);
    expect(feed(ASSIGNED)).toEqual(['log generation 1 {3,4}']);
    expect(state()).toBe('CompletingRebalance');
    feed(REPLICATED);
    expect(state()).toBe('Stable');
  });

  const leaving: readonly (readonly [string, GroupEvent])[] = [
    ['a member joins', joined(4)],
    ['a member rejoins', { type: 'RebalanceBegan' }],
    ['a member leaves', { type: 'MemberLeft', memberId: 3 }],
  ];
  test.each(leaving)('begins another when %s, and a late assignment counts no more', (_, event) => {
    for (const state of ['CompletingRebalance', 'Stable'] as const) {
      const coordinator = driver(state);
      if (state === 'CompletingRebalance') coordinator.feed(ASSIGNED);
      coordinator.feed(event);
      expect(coordinator.state()).toBe('PreparingRebalance');
      coordinator.feed(REPLICATED);
      expect(coordinator.state()).toBe('PreparingRebalance');
    }
  });

  test('is empty in a new generation when nobody is left', () => {
    const { feed, state } = driver('Stable');
    feed({ type: 'MemberLeft', memberId: 3 });
    expect(feed({ type: 'JoinPhaseCompleted' })).toEqual(['log generation 2 {}']);
    expect(state()).toBe('Empty');
  });

  test('rebalances when its assignment cannot be stored in time', () => {
    const { feed, state } = driver('CompletingRebalance');
    expect(feed({ type: 'AssignmentTimedOut' })).toEqual(['ignore']);
    feed(ASSIGNED, { type: 'AssignmentTimedOut' });
    expect(state()).toBe('PreparingRebalance');
  });

  test('fences the member whose instance came back (KIP-345)', () => {
    const replaced = { type: 'MemberReplaced', groupInstanceId: 5, memberId: 4 } as const;
    const { feed, state } = driver('Stable', { partitionVerification: 0 });
    expect(feed({ ...replaced, rebalances: 0 })).toEqual(['log generation 1 {4}']);
    expect(state()).toBe('Stable');
    expect(feed(commit(MEMBER))).toEqual(['1: TxnOffsetCommit FENCED_INSTANCE_ID']);
    expect(feed(commit(claim(1, 3)))).toEqual(['1: TxnOffsetCommit UNKNOWN_MEMBER_ID']);
    expect(feed(commit(claim(1, 4, 5)))).toEqual(['log offsets 0 (7,0)']);
    for (const start of ['PreparingRebalance', 'CompletingRebalance', 'Stable'] as const) {
      const rebalancing = driver(start);
      expect(rebalancing.feed({ ...replaced, rebalances: 1 })).toEqual([]);
      expect(rebalancing.state()).toBe('PreparingRebalance');
      expect(rebalancing.context().members).toEqual([{ memberId: 4, groupInstanceId: 5 }]);
    }
  });

  test('loses what has expired, and goes with its last offset unless a transaction holds it', () => {
    const expired = (removesGroup: 0 | 1, pending: 0 | 1 = 0): GroupEvent => {
      return { type: 'OffsetsExpired', offsets: 2, removesGroup, view: { pending } };
    };
    const { feed, state } = driver('Empty');
    expect(feed(expired(1, 1))).toEqual(['unexpected']);
    expect(feed(expired(0))).toEqual(['log tombstones 2']);
    expect(state()).toBe('Empty');
    expect(feed(expired(1))).toEqual(['log tombstones 2 and the group']);
    expect(state()).toBe('Absent');
    expect(driver('Stable').feed(expired(0))).toEqual(['log tombstones 2']);
    expect(driver('Stable').feed(expired(1))).toEqual(['unexpected']);
  });

  test('holds what cannot be for impossible', () => {
    const impossible: readonly (readonly [keyof typeof LEADING_TO, GroupEvent])[] = [
      ['Stable', joined(3)],
      ['Stable', joined(4, 5)],
      ['Stable', { type: 'MemberLeft', memberId: 4 }],
      ['Stable', { type: 'MemberReplaced', groupInstanceId: 6, memberId: 4, rebalances: 0 }],
      ['Stable', { type: 'JoinPhaseCompleted' }],
      ['Empty', { type: 'GroupCreated' }],
      ['Absent', joined(3)],
    ];
    for (const [state, event] of impossible) {
      expect(driver(state).feed(event)).toEqual(['unexpected']);
    }
  });
});

describe('election, load, resignation and crash', () => {
  test('a load finds what the log holds of the group', () => {
    const members = [{ memberId: 3, groupInstanceId: 5 }];
    const states = [{}, { exists: 1 }, { exists: 1, generationId: 4, members }] as const;
    const found = states.map((view) => {
      const { feed, state, context } = driver();
      feed({ type: 'CoordinatorCrashed' }, ...loaded(view));
      return [state(), context().generationId];
    });
    expect(found).toEqual([
      ['Absent', 0],
      ['Empty', 0],
      ['Stable', 4],
    ]);
  });

  test('nothing volatile outlives a crash, and nobody is answered', () => {
    const { feed, context } = driver();
    const fresh = driver().context();
    feed(commit(), plain(NOBODY, { request: 2 }));
    expect(feed({ type: 'CoordinatorCrashed' })).toEqual([]);
    feed(...loaded());
    expect(context()).toEqual(fresh);
  });

  test('a resignation fails what waits for replication (CoordinatorRuntime.unload)', () => {
    const { feed } = driver();
    feed(plain(), marker(0, 0), fetch(1, { unreplicated: 2 }, 3));
    feed(commit(NOBODY, { request: 4, view: { ...OPEN, unreplicated: 2 } }));
    expect(feed({ type: 'CoordinatorResigned' })).toEqual([
      '1: OffsetCommit NOT_COORDINATOR',
      '2: WriteTxnMarkers NOT_LEADER_OR_FOLLOWER',
      '3: OffsetFetch NOT_COORDINATOR',
      '4: TxnOffsetCommit NOT_COORDINATOR',
    ]);
  });

  test('a commit that waits for the transaction coordinator is refused by whoever leads by then', () => {
    const { feed } = driver();
    feed(commit(), { type: 'CoordinatorResigned' });
    expect(feed(verified())).toEqual(['1: TxnOffsetCommit NOT_COORDINATOR']);
    feed({ type: 'CoordinatorElected' });
    expect(feed(commit(NOBODY, { version: 5 }))).toEqual(['add (7,0) for 1']);
    expect(feed(verified())).toEqual(['1: TxnOffsetCommit COORDINATOR_LOAD_IN_PROGRESS']);
    feed(commit(NOBODY, { version: 1 }));
    expect(feed(verified())).toEqual(['1: TxnOffsetCommit COORDINATOR_NOT_AVAILABLE']);
  });

  test('its guard is stale after a resignation', () => {
    const { feed } = driver();
    feed(commit(), { type: 'CoordinatorResigned' }, ...loaded());
    expect(feed(verified())).toEqual(['1: TxnOffsetCommit INVALID_TXN_STATE']);
  });

  test('a broker that does not lead, or has not loaded, refuses everything', () => {
    const requests = [plain(), fetch(0), marker(0, 0)] as const;
    const { feed } = driver();
    feed({ type: 'CoordinatorCrashed' });
    expect(requests.flatMap((request) => feed(request))).toEqual([
      '1: OffsetCommit NOT_COORDINATOR',
      '1: OffsetFetch NOT_COORDINATOR',
      '2: WriteTxnMarkers NOT_LEADER_OR_FOLLOWER',
    ]);
    feed({ type: 'CoordinatorElected' });
    expect(requests.flatMap((request) => feed(request))).toEqual([
      '1: OffsetCommit COORDINATOR_LOAD_IN_PROGRESS',
      '1: OffsetFetch COORDINATOR_LOAD_IN_PROGRESS',
      '2: WriteTxnMarkers NOT_LEADER_OR_FOLLOWER',
    ]);
  });

  test('a write that is not replicated in time is given up and stays in the log (9.2(1))', () => {
    const { feed, context } = driver();
    feed(plain(), marker(0, 0), fetch(1, { unreplicated: 2 }, 3));
    const outputs = [1, 2, 3, 4].flatMap((request) => feed({ type: 'WriteTimedOut', request }));
    expect(outputs).toEqual([
      '1: OffsetCommit COORDINATOR_NOT_AVAILABLE',
      '2: WriteTxnMarkers REQUEST_TIMED_OUT',
      '3: OffsetFetch NOT_COORDINATOR',
      'ignore',
    ]);
    expect(context().waiting).toEqual([]);
  });
});
