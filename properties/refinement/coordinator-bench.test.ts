import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { COORDINATOR_TABLES, exercisedCells } from './coordinator-tables.ts';
import type { Action } from './coordinator-bench.fixture.ts';
import { CoordinatorBench, IDENTITIES, recordOf } from './coordinator-bench.fixture.ts';

const identity = fc.constantFrom('current', 'current', 'current', ...IDENTITIES);
const partitions = fc.integer({ min: 1, max: 7 });
const none: ErrorCode = 'NONE';

/** Kafka at feature level 0 refuses what only TV2 clients send, and stays pending for good; the model leaves that out. */
function actionsAt(level: TransactionVersion): fc.Arbitrary<Action> {
  const end = level === 0 ? [4] : [4, 5, 5];
  const add = level === 0 ? [1, 3] : [1, 3, 5, 5];
  const action = <Do extends Action['do']>(
    kind: Do,
    fields: {
      readonly [Name in Exclude<keyof Extract<Action, { do: Do }>, 'do'>]: fc.Arbitrary<
        Extract<Action, { do: Do }>[Name]
      >;
    },
  ) => fc.record({ do: fc.constant(kind), ...fields }) as unknown as fc.Arbitrary<Action>;
  const appendError = fc.constantFrom<ErrorCode>(
    none,
    none,
    none,
    none,
    none,
    'REQUEST_TIMED_OUT',
    'NOT_LEADER_OR_FOLLOWER',
  );
  const markerError = fc.constantFrom<ErrorCode | null>(
    none,
    none,
    none,
    none,
    'NOT_LEADER_OR_FOLLOWER',
    'UNSUPPORTED_VERSION',
    'INVALID_PRODUCER_EPOCH',
    'TRANSACTION_COORDINATOR_FENCED',
    null,
  );
  return fc.oneof(
    { weight: 6, arbitrary: action('init', { identity, apiVersion: fc.constantFrom(3, 5) }) },
    {
      weight: 8,
      arbitrary: action('add', { identity, apiVersion: fc.constantFrom(...add), partitions }),
    },
    {
      weight: 3,
      arbitrary: action('verify', { identity, apiVersion: fc.constant(4), partitions }),
    },
    { weight: 2, arbitrary: action('add-offsets', { identity }) },
    {
      weight: 8,
      arbitrary: action('end', {
        identity,
        apiVersion: fc.constantFrom(...end),
        committed: fc.boolean(),
      }),
    },
    { weight: 16, arbitrary: action('append', { errorCode: appendError, written: fc.boolean() }) },
    { weight: 8, arbitrary: action('markers', { errorCode: markerError }) },
    { weight: 3, arbitrary: action('advance', { ms: fc.constantFrom(0, 100, 80_000, 250_000) }) },
    { weight: 2, arbitrary: action('allocate', {}) },
    { weight: 1, arbitrary: action('crash', { written: fc.boolean() }) },
    { weight: 1, arbitrary: action('resign', {}) },
    { weight: 3, arbitrary: action('elect', {}) },
  );
}

const START: Action[] = [{ do: 'allocate' }, { do: 'advance', ms: 0 }];

describe('the reference coordinator, driven directly, refines the specification', () => {
  test.each([0, 1, 2] as const)('at feature level %s, from an empty log', (level) => {
    fc.assert(
      fc.property(fc.array(actionsAt(level), { maxLength: 120, size: 'max' }), (actions) => {
        const bench = new CoordinatorBench(level);
        for (const action of [...START, ...actions]) bench.take(action);
        expect(bench.lockStep.disagreement).toBeNull();
      }),
      { seed: 23, numRuns: 300 },
    );
  });

  test.each([0, 1, 2] as const)('at feature level %s, from an almost exhausted epoch', (level) => {
    fc.assert(
      fc.property(fc.array(actionsAt(level), { maxLength: 80, size: 'max' }), (actions) => {
        const bench = new CoordinatorBench(level, [recordOf({ producerEpoch: 32_764 })]);
        for (const action of [...START, ...actions]) bench.take(action);
        expect(bench.lockStep.disagreement).toBeNull();
      }),
      { seed: 29, numRuns: 300 },
    );
  });

  test('and exercises every cell that is not marked unexpected', () => {
    const table = COORDINATOR_TABLES[2];
    const cells = new Set(exercisedCells());
    const states = new Set([...cells].map((cell) => cell.split(' ')[0]!));
    const missing = [...states].flatMap((state) =>
      table.eventTypes.map((event) => `${state} ${event}`).filter((cell) => !cells.has(cell)),
    );
    expect(missing).toEqual([]);
  });
});
