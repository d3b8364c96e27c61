/**
 * How many counterexamples are minimal: of each short one, every script that leaves out some of its steps is run, under
 * its own schedule and first in, first out. A counterexample is minimal if none of them still violates the claim.
 */

import { availableParallelism } from 'node:os';
import type { Subject } from '../properties/campaign/judge.ts';
import { mutate } from '../properties/campaign/mutation.ts';
import { judgeOf } from '../properties/campaign/violation-of.ts';
import { MUTANTS } from '../properties/mutants/mutants.ts';
import type { Finding } from '../reports/evidence/finding.ts';
import type { Scenario } from '../reports/evidence/scenario.ts';

/** Beyond it the subsets are too many. */
const MOST_STEPS = 9;
const MAX_SCENARIOS = 40_000;
const SEED = '1';

export async function benchMinimal(print: (line: string) => void): Promise<void> {
  const { findings } = await mutate(
    {
      mutants: MUTANTS,
      scenarios: MAX_SCENARIOS,
      timeMs: null,
      seed: SEED,
      workers: availableParallelism(),
    },
    { onProgress: () => undefined, shouldStop: () => false },
  );
  const short = findings.filter(({ scenario }) => scenario.steps.length <= MOST_STEPS);
  const larger = short.filter((finding) => smallerScript(finding) !== null);
  for (const { claim, mutant, scenario } of larger) {
    print(`not minimal: ${claim} of ${mutant}, ${scenario.steps.length} steps`);
  }
  print(
    `${short.length - larger.length} of ${short.length} counterexamples of at most ${MOST_STEPS} steps are minimal, ` +
      `by every script that leaves out some of their steps (${findings.length} counterexamples in all)`,
  );
}

/** A script that leaves out steps and still violates the claim; null: there is none. */
function smallerScript(finding: Finding): Scenario | null {
  const { scenario, claim, mutant } = finding;
  const judge = judgeOf(scenario, mutant);
  const subject = claim as Subject;
  const all = (1 << scenario.steps.length) - 1;
  for (let kept = 0; kept < all; kept += 1) {
    const steps = scenario.steps.filter((_, index) => (kept >> index) % 2 === 1);
    for (const choices of [scenario.choices, []]) {
      const candidate = { ...scenario, steps, choices };
      const violation = judge.violationOf(subject, candidate);
      if (violation === null) continue;
      if (judge.permitted(candidate, { subject, violation }) === null) return candidate;
    }
  }
  return null;
}
