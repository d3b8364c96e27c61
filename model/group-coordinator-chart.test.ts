import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../protocol/error-codes.ts';
import { walkTableAndActor } from './checker/actor-agreement.fixture.ts';
import type { GroupEvent } from './group-coordinator-state.ts';
import { KAFKA_GROUP_SCOPE } from './group-coordinator-state.ts';
import type { GroupState } from './group-coordinator.fixture.ts';
import {
  ACTIVE,
  ASSIGNED,
  claim,
  commit,
  fetch,
  groupTable,
  joined,
  LEADING_TO,
  loaded,
  marker,
  plain,
  REPLICATED,
  verified,
} from './group-coordinator.fixture.ts';
import { createGroupCoordinator } from './group-coordinator.machine.ts';

/** ClassicGroupState.VALID_PREVIOUS_STATES, and the states for brokers that do not hold the group. */
const PREVIOUS: Readonly<Record<string, readonly GroupState[]>> = {
  Empty: ['Absent', 'Loading', 'PreparingRebalance'],
  PreparingRebalance: ['Stable', 'CompletingRebalance', 'Empty'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance', 'Loading'],
};

const STATES = ['NotCoordinator', 'Loading', ...ACTIVE];

const request = fc.integer({ min: 1, max: 3 });
const member = fc.integer({ min: 3, max: 5 });
const instance = fc.constantFrom(-1, 5, 6);
const epoch = fc.nat({ max: 1 });
const who = fc
  .tuple(fc.integer({ min: -1, max: 2 }), fc.constantFrom(-1, 3, 4), instance)
  .map((fields) => claim(...fields));
const view = fc.record({
  producerEpoch: fc.integer({ min: -1, max: 1 }),
  coordinatorEpoch: fc.nat({ max: 1 }),
  open: fc.constantFrom(0 as const, 1 as const),
  unreplicated: fc.nat({ max: 1 }),
});
const verdict = fc.constantFrom<ErrorCode>('NONE', 'NONE', 'NONE', 'CONCURRENT_TRANSACTIONS');
const LOADS = [
  {},
  { exists: 1 },
  { exists: 1, generationId: 1, members: [{ memberId: 3, groupInstanceId: -1 }] },
] as const;
const load = fc.constantFrom(...LOADS).map(loaded);

const requests: fc.Arbitrary<GroupEvent> = fc.oneof(
  fc
    .record({ who, request, version: fc.constantFrom(3, 5, 6), epoch, view })
    .map(({ who: claimed, ...options }) => commit(claimed, options)),
  fc
    .record({ error: verdict, request, view })
    .map(({ error, ...options }) => verified(error, options)),
  fc
    .record({ who, request, version: fc.constantFrom(8, 9), unreplicated: fc.nat({ max: 1 }) })
    .map(({ who: claimed, ...options }) => plain(claimed, options)),
  fc
    .tuple(fc.constantFrom(0 as const, 1 as const), fc.nat({ max: 1 }), request)
    .map(([stable, unreplicated, name]) => fetch(stable, { unreplicated }, name)),
  fc
    .tuple(epoch, fc.constantFrom(0 as const, 2 as const), request, view)
    .map(([markerEpoch, version, name, seen]) =>
      marker(markerEpoch, version, { request: name, view: seen }),
    ),
);
const membership: fc.Arbitrary<GroupEvent> = fc.oneof(
  fc.tuple(member, instance).map((fields) => joined(...fields)),
  member.map((memberId): GroupEvent => ({ type: 'MemberLeft', memberId })),
  fc
    .tuple(member, fc.constantFrom(5, 6), fc.constantFrom(0 as const, 1 as const))
    .map(([memberId, groupInstanceId, rebalances]): GroupEvent => {
      return { type: 'MemberReplaced', memberId, groupInstanceId, rebalances };
    }),
  fc.constantFrom<GroupEvent>(
    { type: 'GroupCreated' },
    { type: 'RebalanceBegan' },
    { type: 'JoinPhaseCompleted' },
    { type: 'JoinPhaseCompleted' },
    ASSIGNED,
    { type: 'AssignmentTimedOut' },
    { type: 'OffsetsExpired', offsets: 0, removesGroup: 0, view: { pending: 0 } },
    { type: 'OffsetsExpired', offsets: 0, removesGroup: 1, view: { pending: 0 } },
    { type: 'OffsetsExpired', offsets: 0, removesGroup: 1, view: { pending: 1 } },
  ),
);
/** Where a walk goes on from: by chance alone it would seldom get beyond a rebalance. */
const restart = fc
  .tuple(fc.constantFrom(...ACTIVE), fc.oneof(requests, membership))
  .map(([state, event]): readonly GroupEvent[] => [
    { type: 'CoordinatorCrashed' },
    ...loaded(),
    ...LEADING_TO[state],
    event,
  ]);
const happening: fc.Arbitrary<readonly GroupEvent[]> = fc.oneof(
  { weight: 8, arbitrary: requests.map((event) => [event]) },
  { weight: 8, arbitrary: membership.map((event) => [event]) },
  { weight: 4, arbitrary: fc.constant([REPLICATED]) },
  {
    weight: 1,
    arbitrary: request.map((name) => [{ type: 'WriteTimedOut', request: name } as const]),
  },
  { weight: 1, arbitrary: fc.constant([{ type: 'CoordinatorResigned' } as const]) },
  { weight: 1, arbitrary: fc.constant([{ type: 'CoordinatorCrashed' } as const]) },
  { weight: 2, arbitrary: load },
  { weight: 5, arbitrary: restart },
  // Half a load, so that requests meet one, and a load meets a coordinator that did not expect it.
  { weight: 2, arbitrary: load.map(([elected]) => [elected!]) },
  { weight: 1, arbitrary: load.map((events) => events.slice(1)) },
);
const walks = fc.array(happening, { maxLength: 60 }).map((chunks) => chunks.flat());

describe('the chart as a whole', () => {
  test.each([0, 1] as const)('walks as an XState actor does, verification %d', (verification) => {
    const scope = { ...KAFKA_GROUP_SCOPE, partitionVerification: verification };
    const machine = createGroupCoordinator(scope);
    const table = groupTable(scope);
    fc.assert(
      fc.property(walks, (events) => {
        const { table: steps, actor } = walkTableAndActor(machine, events, table);
        expect(steps).toEqual(actor);
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  test('appends at most once a step, moves only as Kafka allows, and visits every cell', () => {
    const table = groupTable({ maxEpoch: 4 });
    const visited = new Set<string>();
    fc.assert(
      fc.property(walks, (events) => {
        let state = table.initial;
        for (const event of events) {
          const { next, actions } = table.step(state, table.eventIdOf(event));
          const from = table.stateOf(state);
          const to = table.stateOf(next);
          visited.add(`${from.value} ${event.type}`);
          expect(actions.filter(({ type }) => type === 'append').length).toBeLessThanOrEqual(1);
          if (from.value !== to.value && to.value in PREVIOUS) {
            expect(PREVIOUS[to.value]).toContain(from.value);
          }
          const hasMembers = to.context.members.length > 0;
          if (to.value === 'Stable' || to.value === 'CompletingRebalance') {
            expect(hasMembers).toBe(true);
          }
          if (to.value === 'Empty' || to.value === 'Absent') expect(hasMembers).toBe(false);
          expect(to.context.waiting.every(({ ahead }) => ahead > 0)).toBe(true);
          state = next;
        }
      }),
      { seed: 5, numRuns: 1_500 },
    );
    const unvisited = STATES.flatMap((state) =>
      table.eventTypes.map((type) => `${state} ${type}`).filter((cell) => !visited.has(cell)),
    );
    expect(unvisited).toEqual([]);
  });

  test('answers every commit that it took, once, unless it crashed first', () => {
    const table = groupTable();
    fc.assert(
      fc.property(walks, (events) => {
        let state = table.initial;
        let unanswered: readonly number[] = [];
        for (const event of events) {
          if ('request' in event && event.type.endsWith('Request')) {
            // The composition names no two unanswered requests alike.
            if (unanswered.includes(event.request)) continue;
            unanswered = [...unanswered, event.request];
          }
          const { next, actions } = table.step(state, table.eventIdOf(event));
          if (event.type === 'CoordinatorCrashed') unanswered = [];
          for (const action of actions) {
            if (action.type !== 'send' || action.params.to === 'coordinator') continue;
            const { request: answered } = action.params;
            expect(unanswered).toContain(answered);
            unanswered = unanswered.filter((name) => name !== answered);
          }
          const { parked, waiting } = table.stateOf(next).context;
          const held = [...parked, ...waiting].map(({ request: name }) => name);
          expect(new Set(held)).toEqual(new Set(unanswered));
          expect(held.length).toBe(unanswered.length);
          state = next;
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
