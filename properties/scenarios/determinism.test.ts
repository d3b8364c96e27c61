import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { componentsWith } from '../../impl/simulation/overrides.ts';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import { runScenario } from './run-scenario.ts';
import { ScenarioArbitrary } from './scenario-arbitrary.ts';

const SEEDS = 200;

/** The whole run as bytes: scenario, history, trace. */
function bytesOf(seed: number): string {
  const arbitrary = new ScenarioArbitrary({
    transactionVersion: ([0, 1, 2] as const)[seed % 3]!,
    partitionVerification: seed % 2 === 0,
    faults: FAULT_KINDS,
    minSteps: 6,
    maxSteps: 40,
  });
  const [scenario] = fc.sample(arbitrary, { seed, numRuns: 1 });
  const { history, trace, taken } = runScenario(scenario!, {
    components: componentsWith({}),
    trace: true,
    coordinatorObserver: null,
  });
  return JSON.stringify({ scenario, history, trace, taken });
}

test('the same seed gives the same bytes, the whole trace', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) expect(bytesOf(seed)).toBe(bytesOf(seed));
});

test('another seed gives other bytes', () => {
  const runs = new Set(Array.from({ length: SEEDS }, (_, seed) => bytesOf(seed + 1)));
  expect(runs.size).toBe(SEEDS);
});
