import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import { TransitionCounter } from '../../model/checker/transition-counter.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import type { LeaderAction } from './leader-bench.fixture.ts';
import { LeaderBench } from './leader-bench.fixture.ts';
import { LEADER_TABLES, type LeaderCounter } from './leader-tables.ts';

const NONE: ErrorCode = 'NONE';
const verdict = fc.constantFrom<ErrorCode>(
  ...Array.from({ length: 8 }, () => NONE),
  'CONCURRENT_TRANSACTIONS',
  'TRANSACTION_ABORTABLE',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'NOT_COORDINATOR',
  'COORDINATOR_LOAD_IN_PROGRESS',
);
const epoch = fc.constantFrom(0, 1, 1, 1, 2, 2, 3);

const action: fc.Arbitrary<LeaderAction> = fc.oneof<fc.WeightedArbitrary<LeaderAction>[]>(
  {
    weight: 20,
    arbitrary: fc.record({
      do: fc.constant('produce' as const),
      producer: fc.constantFrom(0 as const, 0 as const, 1 as const, 2 as const),
      epoch,
      sequence: fc.constantFrom(0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8),
      apiVersion: fc.constantFrom(10, 11, 12),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('marker' as const),
      producer: fc.constantFrom(0 as const, 0 as const, 1 as const),
      epoch,
      coordinatorEpoch: fc.constantFrom(0, 1, 1, 1, 2),
      result: fc.constantFrom('COMMIT' as const, 'ABORT' as const),
      transactionVersion: fc.constantFrom(0 as const, 2 as const),
    }),
  },
  { weight: 12, arbitrary: verdict.map((errorCode) => ({ do: 'answer', errorCode })) },
  { weight: 14, arbitrary: fc.constant({ do: 'run' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fetch' as const),
      offset: fc.nat({ max: 12 }),
      committed: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.constantFrom(20, 100).map((ms) => ({ do: 'advance', ms })) },
  { weight: 1, arbitrary: fc.constant({ do: 'coordinator-down' }) },
  { weight: 2, arbitrary: fc.constant({ do: 'coordinator-up' }) },
  { weight: 1, arbitrary: fc.constant({ do: 'crash' }) },
);

/** What is under way comes to an end, and then everything is read, from wherever one may begin. */
const END: readonly LeaderAction[] = [
  ...Array.from({ length: 20 }, () => ({ do: 'run' }) as const),
  ...Array.from({ length: 16 }, (_, offset) => ({ do: 'fetch', offset, committed: true }) as const),
];

const actions = fc
  .array(action, { maxLength: 80, size: 'max' })
  .map((taken): readonly LeaderAction[] => [...taken, ...END]);

/** The transitions of the chart that the runs leave out, but for those that it holds impossible. */
function leftOut(counter: LeaderCounter, partitionVerification: 0 | 1): string[] {
  const totals = counter.totals();
  return LEADER_TABLES[partitionVerification].chart.all.flatMap(
    ({ state, event, guard, outcome }, number) =>
      totals[number] === 0 && outcome !== 'unexpected'
        ? [`${state} ${event} ${guard ?? 'else'}`]
        : [],
  );
}

describe('the reference leader, driven directly, refines the specification', () => {
  test.each([
    // What is answered on a closed connection is dropped by the network, which the bench has no need of.
    [1, ['Serving Closed else']],
    // TV2 asks even with verification off, but nothing then checks the guard.
    [0, ['Serving Closed else', 'Validating always lacksVerification']],
  ] as const)('with verification %s, and takes every transition', (verification, left) => {
    const counter = new TransitionCounter(LEADER_TABLES[verification]);
    fc.assert(
      fc.property(actions, (taken) => {
        const bench = new LeaderBench(verification === 1, { counter });
        for (const next of taken) bench.take(next);
        expect(bench.lockStep.disagreement).toBeNull();
      }),
      { seed: 31, numRuns: 400 },
    );
    expect(leftOut(counter, verification)).toEqual(left);
  });

  // Each of these changes what a leader does with a message, so that no schedule of lawful clients is needed to see it.
  const ofLeaders = MUTANTS.filter(({ overrides }) => overrides.partitionLeader !== undefined);
  test.each(ofLeaders.map((mutant) => [mutant.id, mutant] as const))(
    'and %s does not',
    (_, mutant) => {
      const { overrides, partitionVerification = true } = mutant;
      const found = fc.sample(actions, { seed: 37, numRuns: 400 }).some((taken) => {
        const bench = new LeaderBench(partitionVerification, { overrides });
        for (const next of taken) bench.take(next);
        return bench.lockStep.disagreement !== null;
      });
      expect(found).toBe(true);
    },
  );
});
