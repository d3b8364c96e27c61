import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { transactionCoordinator } from '../../model/transaction-coordinator.machine.ts';
import { exercisedCells } from './coordinator-tables.ts';
import type { Action } from './coordinator-bench.fixture.ts';
import { CoordinatorBench, IDENTITIES, recordOf } from './coordinator-bench.fixture.ts';

const identity = fc.oneof(
  { weight: 3, arbitrary: fc.constant('current' as const) },
  { weight: 1, arbitrary: fc.constantFrom(...IDENTITIES) },
);
const partitions = fc.integer({ min: 1, max: 7 });
const none: ErrorCode = 'NONE';

const appendError = fc.constantFrom<ErrorCode>(
  ...Array.from({ length: 10 }, () => none),
  'REQUEST_TIMED_OUT',
  'NOT_LEADER_OR_FOLLOWER',
);
const markerError = fc.constantFrom<ErrorCode | null>(
  ...Array.from({ length: 12 }, () => none),
  'NOT_LEADER_OR_FOLLOWER',
  'UNSUPPORTED_VERSION',
  'INVALID_PRODUCER_EPOCH',
  'TRANSACTION_COORDINATOR_FENCED',
  null,
);

/** Kafka at feature level 0 refuses what only TV2 clients send, and stays pending for good; the model leaves that out. */
function actionsAt(level: TransactionVersion): fc.Arbitrary<Action> {
  const init = fc.record({ identity, apiVersion: fc.constantFrom(3, 5) });
  const add = fc.record({
    identity,
    apiVersion: fc.constantFrom(...(level === 0 ? [1, 3] : [1, 3, 5, 5])),
    partitions,
  });
  const end = fc.record({
    identity,
    apiVersion: fc.constantFrom(...(level === 0 ? [4] : [4, 5, 5])),
    committed: fc.constantFrom(true, true, false),
  });
  const append = fc.record({ errorCode: appendError, written: fc.boolean() });
  return fc.oneof<fc.WeightedArbitrary<Action>[]>(
    { weight: 6, arbitrary: init.map((fields) => ({ do: 'init', ...fields })) },
    { weight: 8, arbitrary: add.map((fields) => ({ do: 'add', ...fields })) },
    { weight: 3, arbitrary: add.map((fields) => ({ ...fields, do: 'verify', apiVersion: 4 })) },
    { weight: 2, arbitrary: identity.map((who) => ({ do: 'add-offsets', identity: who })) },
    { weight: 8, arbitrary: end.map((fields) => ({ do: 'end', ...fields })) },
    { weight: 20, arbitrary: append.map((fields) => ({ do: 'append', ...fields })) },
    { weight: 10, arbitrary: markerError.map((errorCode) => ({ do: 'markers', errorCode })) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(0, 100, 80_000, 250_000).map((ms) => ({ do: 'advance', ms })),
    },
    { weight: 2, arbitrary: fc.constant({ do: 'allocate' }) },
    { weight: 1, arbitrary: fc.boolean().map((written) => ({ do: 'crash', written })) },
    { weight: 1, arbitrary: fc.constant({ do: 'resign' }) },
    { weight: 3, arbitrary: fc.constant({ do: 'elect' }) },
  );
}

/** The higher the level, the more there is to do. */
const RUNS = { 0: 100, 1: 200, 2: 350 };

const START: Action[] = [{ do: 'allocate' }, { do: 'advance', ms: 0 }];

describe('the reference coordinator, driven directly, refines the specification', () => {
  test.each([0, 1, 2] as const)('at feature level %s, from an empty log', (level) => {
    fc.assert(
      fc.property(fc.array(actionsAt(level), { maxLength: 120, size: 'max' }), (actions) => {
        const bench = new CoordinatorBench(level);
        for (const action of [...START, ...actions]) bench.take(action);
        expect(bench.lockStep.disagreement).toBeNull();
      }),
      { seed: 23, numRuns: RUNS[level] },
    );
  });

  test.each([0, 1, 2] as const)('at feature level %s, from an almost exhausted epoch', (level) => {
    fc.assert(
      fc.property(fc.array(actionsAt(level), { maxLength: 80, size: 'max' }), (actions) => {
        const bench = new CoordinatorBench(level, [recordOf({ producerEpoch: 32_764 })]);
        for (const action of [...START, ...actions]) bench.take(action);
        expect(bench.lockStep.disagreement).toBeNull();
      }),
      { seed: 29, numRuns: RUNS[level] },
    );
  });

  test.each(['resign', 'crash', 'expire'] as const)(
    'from a commit to what follows it: %s',
    (then) => {
      const identity = 'current';
      const append = { do: 'append', errorCode: none, written: true } as const;
      const commit: readonly Action[] = [
        { do: 'init', identity, apiVersion: 5 },
        { do: 'allocate' },
        { do: 'init', identity, apiVersion: 5 },
        append,
        { do: 'add', identity, apiVersion: 5, partitions: 0b101 },
        append,
        { do: 'end', identity, apiVersion: 5, committed: true },
        append,
        { do: 'markers', errorCode: none },
        { do: 'markers', errorCode: none },
        append,
      ];
      const ends: Readonly<Record<typeof then, readonly Action[]>> = {
        resign: [{ do: 'resign' }, { do: 'elect' }],
        crash: [{ do: 'crash', written: false }, { do: 'elect' }],
        expire: [{ do: 'advance', ms: 250_000 }, append],
      };
      const bench = new CoordinatorBench(2);
      for (const action of [...START, ...commit, ...ends[then]]) bench.take(action);
      expect(bench.lockStep.disagreement).toBeNull();
      expect(bench.lockStep.steps).toBeGreaterThan(commit.length);
    },
  );

  test('and exercises every cell in which the chart does something', () => {
    // A broker that is elected twice in a row, or resigns twice, is left to the model.
    const notDriven =
      /^(?!NotCoordinator).* CoordinatorElected$|^NotCoordinator CoordinatorResigned$/;
    const cells = new Set(exercisedCells());
    const missing = activeCells().filter((cell) => !cells.has(cell) && !notDriven.test(cell));
    expect(missing).toEqual([]);
  });
});

/** The cells with more than `ignore` and `unexpected` in them, the root's included. */
function activeCells(): readonly string[] {
  const { root } = transactionCoordinator;
  return Object.values(root.states).flatMap((state) =>
    [...state.transitions, ...root.transitions]
      .filter(([, candidates]) =>
        candidates.some(({ actions }) => !isIdle(actions as readonly unknown[])),
      )
      .map(([event]) => `${state.key} ${event}`),
  );
}

function isIdle(actions: readonly unknown[]): boolean {
  return actions.every((action) => action === 'ignore' || action === 'unexpected');
}
