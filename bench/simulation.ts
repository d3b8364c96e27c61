/**
 * Complete fault scenarios a CPU second: two or more producers, three partitions, about 40 client steps and faults,
 * generated, run, judged by every claim, with and without the model beside coordinators, leaders and producers; and where the time goes.
 */

import * as fc from 'fast-check';
import { Session, type Profiler } from 'node:inspector';
import { Judge } from '../properties/campaign/judge.ts';
import { CLAIM_NAMES } from '../properties/claim-names.ts';
import { ScenarioArbitrary } from '../properties/scenarios/scenario-arbitrary.ts';
import { FAULT_KINDS } from '../reports/evidence/scenario.ts';
import { cpuSeconds, median } from './measure.ts';

const SCENARIOS = 2_000;
const ROUNDS = 5;

const SCOPE = {
  claims: CLAIM_NAMES,
  transactionVersion: 2,
  partitionVerification: true,
  faults: FAULT_KINDS,
  minSteps: 38,
  maxSteps: 42,
  mutant: null,
} as const;

export async function benchSimulation(print: (line: string) => void): Promise<void> {
  print(`simulation: ${SCENARIOS} scenarios of 38 to 42 steps, medians of ${ROUNDS}, one thread`);
  const generate = median(ROUNDS, (round) => cpuSeconds(() => void scenarios(round)));
  print(`  generation alone        ${perSecond(generate)} scenarios per CPU second`);
  for (const refinement of [false, true]) {
    const judge = new Judge({ ...SCOPE, refinement });
    const seconds = median(ROUNDS, (round) => {
      const drawn = scenarios(round);
      return cpuSeconds(() => drawn.forEach((scenario) => void judge.judge(scenario)));
    });
    const what = refinement ? 'run, judged, refined    ' : 'run, judged             ';
    print(`  ${what}${perSecond(seconds)} scenarios per CPU second`);
    for (const line of await profile(judge)) print(`      ${line}`);
  }
}

function scenarios(seed: number): ReturnType<ScenarioArbitrary['generate']>['value'][] {
  return fc.sample(new ScenarioArbitrary(SCOPE), { seed, numRuns: SCENARIOS });
}

function perSecond(seconds: number): string {
  return String(Math.round(SCENARIOS / seconds)).padStart(6);
}

/** Share of self time by folder of the source. */
async function profile(judge: Judge): Promise<readonly string[]> {
  const drawn = scenarios(ROUNDS);
  const session = new Session();
  session.connect();
  const post = (method: string): Promise<object> =>
    new Promise((resolve, reject) => {
      session.post(method, (error, result) => (error ? reject(error) : resolve(result ?? {})));
    });
  await post('Profiler.enable');
  await post('Profiler.start');
  drawn.forEach((scenario) => void judge.judge(scenario));
  const { profile: recorded } = (await post('Profiler.stop')) as { profile: Profiler.Profile };
  session.disconnect();
  return shares(recorded);
}

function shares({ nodes, samples = [] }: Profiler.Profile): readonly string[] {
  const folders = new Map(nodes.map(({ id, callFrame }) => [id, folderOf(callFrame)]));
  const counts = new Map<string, number>();
  for (const sample of samples) {
    const folder = folders.get(sample) ?? 'other';
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, left], [, right]) => right - left)
    .map(([folder, count]) => ({ folder, percent: (100 * count) / samples.length }))
    .filter(({ percent }) => percent >= 1)
    .map(({ folder, percent }) => `${percent.toFixed(0).padStart(3)} %  ${folder}`);
}

function folderOf({ url, functionName }: Profiler.ProfileNode['callFrame']): string {
  if (functionName === '(garbage collector)') return 'garbage collection';
  const match = /\/((?:impl|properties|model|protocol)\/[a-z-]+)/.exec(url);
  return match?.[1] ?? 'other';
}
