/** A generated run as bytes, and as a worker thread computes them: for the tests of determinism. */

import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { componentsWith } from '../../impl/simulation/overrides.ts';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import { runScenario } from './run-scenario.ts';
import { ScenarioArbitrary } from './scenario-arbitrary.ts';

/** Digest of everything that a seed decides: scenario, history, the whole trace. */
export function digestOf(seed: number): string {
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
  const bytes = JSON.stringify({ scenario, history, trace, taken });
  return createHash('sha256').update(bytes).digest('hex');
}

const asked: unknown = workerData;
if (!isMainThread && Array.isArray(asked) && asked[0] === 'digests') {
  const seeds = asked.slice(1) as number[];
  parentPort!.postMessage(seeds.map(digestOf));
}
