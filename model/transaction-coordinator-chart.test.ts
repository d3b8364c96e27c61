import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TransactionState } from '../protocol/states.ts';
import { walkTableAndActor } from './checker/actor-agreement.fixture.ts';
import type { CoordinatorEvent } from './transaction-coordinator-state.ts';
import type { ChartState } from './transaction-coordinator.fixture.ts';
import {
  add,
  addOffsets,
  APPENDED,
  appendFailed,
  coordinatorTable,
  end,
  HELD,
  init,
  loaded,
  marked,
  NOBODY,
  timedOut,
  verify,
} from './transaction-coordinator.fixture.ts';
import { createTransactionCoordinator } from './transaction-coordinator.machine.ts';

describe('the chart as a whole', () => {
  /** TransactionState.VALID_PREVIOUS_STATES, but Dead and PrepareEpochFence, which are only ever pending. */
  const PREVIOUS: Readonly<Partial<Record<TransactionState, readonly ChartState[]>>> = {
    Empty: ['Empty', 'CompleteCommit', 'CompleteAbort'],
    Ongoing: ['Ongoing', 'Empty', 'CompleteCommit', 'CompleteAbort'],
    PrepareCommit: ['Ongoing'],
    PrepareAbort: ['Ongoing', 'Empty', 'CompleteCommit', 'CompleteAbort'],
    CompleteCommit: ['PrepareCommit'],
    CompleteAbort: ['PrepareAbort'],
  };

  const identity = fc.constantFrom<readonly [number, number]>(
    ...([0, 1, 1, 2, 3] as const).map((epoch) => [7, epoch] as const),
    [8, 0],
  );
  const versions = fc.constantFrom({ version: 4 }, { version: 5 }, { version: 5, allocated: -1 });
  const mask = fc.integer({ min: 0, max: 3 });
  const request = fc.oneof(
    fc
      .tuple(fc.option(identity, { nil: NOBODY }), fc.constantFrom(7, 7, -1))
      .map(([id, allocated]) => init(id, { allocated })),
    fc.tuple(identity, mask).map(([id, partitions]) => add(id, partitions)),
    fc.tuple(identity, mask).map(([id, partitions]) => verify(id, partitions)),
    fc.tuple(identity, mask).map(([id, partitions]) => addOffsets(id, partitions)),
    fc
      .tuple(identity, fc.constantFrom('COMMIT' as const, 'ABORT' as const), versions)
      .map(([id, result, version]) => end(id, result, version)),
  );
  const failure = fc.constantFrom('REQUEST_TIMED_OUT' as const, 'NOT_LEADER_OR_FOLLOWER' as const);
  const markerError = fc.constantFrom(
    'NONE' as const,
    'NONE' as const,
    'REQUEST_TIMED_OUT' as const,
    'INVALID_PRODUCER_EPOCH' as const,
  );
  const load = fc
    .tuple(fc.constantFrom('Dead' as const, ...HELD), mask)
    .map(([state, partitions]) => {
      const open = state === 'Ongoing' || state.startsWith('Prepare');
      const entry = { state, producerId: 7, previousProducerId: 7, producerEpoch: 1 };
      const view = { ...entry, partitions: open ? partitions : 0 };
      return loaded(state === 'Dead' ? {} : view);
    });
  const happening: fc.Arbitrary<readonly CoordinatorEvent[]> = fc.oneof(
    { weight: 8, arbitrary: request.map((event) => [event]) },
    { weight: 5, arbitrary: fc.constant([APPENDED]) },
    { weight: 1, arbitrary: failure.map((errorCode) => [appendFailed(errorCode)]) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(1, 2), markerError, fc.constantFrom(0, 1))
        .map(([partitions, error, epoch]) => [marked(partitions, error, epoch)]),
    },
    { weight: 1, arbitrary: fc.constant([timedOut(8)]) },
    { weight: 1, arbitrary: fc.constant([{ type: 'TransactionalIdExpired' } as const]) },
    { weight: 1, arbitrary: fc.constant([{ type: 'CoordinatorResigned' } as const]) },
    { weight: 1, arbitrary: fc.constant([{ type: 'CoordinatorCrashed' } as const]) },
    { weight: 2, arbitrary: load },
    // Half a load, so that requests meet one, and a load meets a coordinator that did not expect it.
    { weight: 1, arbitrary: load.map(([elected]) => [elected!]) },
    { weight: 1, arbitrary: load.map((events) => events.slice(1)) },
  );
  const walks = fc.array(happening, { maxLength: 60 }).map((chunks) => chunks.flat());

  test.each([0, 1, 2] as const)('walks as an XState actor does, at server level %s', (level) => {
    const scope = { maxEpoch: 4, serverTransactionVersion: level };
    const machine = createTransactionCoordinator(scope);
    const table = coordinatorTable(scope);
    fc.assert(
      fc.property(walks, (events) => {
        const { table: steps, actor } = walkTableAndActor(machine, events, table);
        expect(steps).toEqual(actor);
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  test('appends at most once a step, moves only as Kafka allows, and never hands out the reserved epoch', () => {
    const table = coordinatorTable({ maxEpoch: 4 });
    const visited = new Set<string>();
    fc.assert(
      fc.property(walks, (events) => {
        let state = table.initial;
        for (const event of events) {
          const { next, actions } = table.step(state, table.eventIdOf(event));
          const from = table.stateOf(state).value;
          const to = table.stateOf(next).value;
          visited.add(`${from} ${event.type}`);
          expect(actions.filter(({ type }) => type === 'append').length).toBeLessThanOrEqual(1);
          if (event.type === 'TransactionLogAppended' && from !== to && to !== 'Absent') {
            expect(PREVIOUS[to as TransactionState]).toContain(from);
          }
          for (const { type, params } of actions) {
            if (
              type === 'send' &&
              'errorCode' in params.message &&
              'producerEpoch' in params.message
            ) {
              expect(params.message.producerEpoch).toBeLessThan(4);
            }
          }
          state = next;
        }
      }),
      { seed: 5, numRuns: 1_500 },
    );
    const cells = 9 * table.eventTypes.length;
    expect(visited.size).toBe(cells);
  });
});
