import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { componentsWith, type Overrides } from '../../impl/simulation/overrides.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { corpusScenarios } from '../scenarios/corpus.ts';
import { runScenario } from '../scenarios/run-scenario.ts';
import { ScenarioArbitrary } from '../scenarios/scenario-arbitrary.ts';
import type { Disagreement } from './disagreement.ts';
import { LeaderLockStep } from './leader-lock-step.ts';

interface Settings {
  readonly transactionVersion: TransactionVersion;
  readonly partitionVerification: boolean;
}

function generated(settings: Settings, count: number): readonly Scenario[] {
  const scope = { ...settings, faults: FAULT_KINDS, minSteps: 6, maxSteps: 40 };
  return fc.sample(new ScenarioArbitrary(scope), { numRuns: count, seed: 17 });
}

/** The leaders' walks of one scenario. */
function walk(scenario: Scenario, overrides: Overrides = {}): readonly LeaderLockStep[] {
  const walks: LeaderLockStep[] = [];
  runScenario(scenario, {
    components: componentsWith(overrides),
    trace: false,
    coordinatorObserver: null,
    leaderObserver: (cluster, partition) => {
      const { partitionVerification } = scenario;
      const metadata = () => cluster().metadata;
      const leader = () => cluster().leader(partition)!.leader;
      const lockStep = new LeaderLockStep({ partition, partitionVerification, metadata, leader });
      walks.push(lockStep);
      return lockStep;
    },
  });
  for (const lockStep of walks) lockStep.runEnded();
  return walks;
}

/** The first disagreement in generated scenarios. */
function firstDisagreement(
  overrides: Overrides,
  settings: Settings,
  count: number,
): Disagreement | null {
  for (const scenario of generated(settings, count)) {
    const found = walk(scenario, overrides).find(({ disagreement }) => disagreement !== null);
    if (found !== undefined) return found.disagreement;
  }
  return null;
}

describe('the reference leader refines the specification', () => {
  test.each([
    [0, true],
    [1, true],
    [1, false],
    [2, true],
  ] as const)(
    'in generated scenarios of transaction version %s, verification %s',
    (transactionVersion, partitionVerification) => {
      let steps = 0;
      for (const scenario of generated({ transactionVersion, partitionVerification }, 120)) {
        for (const lockStep of walk(scenario)) {
          expect(lockStep.disagreement).toBeNull();
          steps += lockStep.steps;
        }
      }
      expect(steps).toBeGreaterThan(120 * 20);
    },
  );

  test('in the historical scenarios', () => {
    for (const scenario of corpusScenarios()) {
      for (const { disagreement } of walk(scenario)) expect(disagreement).toBeNull();
    }
  });
});

describe('every known defect of the leader is a step that the model does not allow', () => {
  const ofLeaders = MUTANTS.filter(({ overrides }) => overrides.partitionLeader !== undefined);

  test.each(ofLeaders.map((mutant) => [mutant.id, mutant] as const))('%s', (_, mutant) => {
    const { overrides, transactionVersions, partitionVerification = true } = mutant;
    const settings = { transactionVersion: transactionVersions[0]!, partitionVerification };
    const disagreement = firstDisagreement(overrides, settings, 10_000);
    expect(disagreement).toMatchObject({ component: 'partition leader' });
  });
});
