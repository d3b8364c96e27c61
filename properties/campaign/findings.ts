/** From a failing scenario to a finding: shrunk, run once more with everything recorded, explained. */

import type { Finding } from '../../reports/evidence/finding.ts';
import { FINDING_SCHEMA_VERSION } from '../../reports/evidence/finding.ts';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import { TOOL } from '../../reports/evidence/tool.ts';
import type { PermittedAnomaly } from '../permitted-anomalies/anomaly.ts';
import type { Failure } from './chunk.ts';
import type { Judge } from './judge.ts';
import { shrinkScenario, withoutIdleParts } from './shrink.ts';

/** `shouldStop`: settle for the smallest scenario found so far. */
export async function findingOf(
  judge: Judge,
  failure: Failure,
  seed: string,
  shouldStop: () => boolean,
): Promise<Finding> {
  const shrunk = await shrinkScenario(failure.scenario, {
    fails: (candidate) => failsAlike(judge, failure, candidate),
    shouldStop,
  });
  const scenario = tidied(judge, failure, shrunk.scenario);
  const { history, trace } = judge.traced(scenario);
  const violation = judge.violationOf(failure.subject, scenario)!;
  const permitted = judge.permitted(scenario, { subject: failure.subject, violation });
  return {
    kind: 'finding',
    schemaVersion: FINDING_SCHEMA_VERSION,
    tool: TOOL,
    claim: failure.subject,
    status: permitted === null ? 'violated' : 'expected',
    permitted: permitted === null ? null : { anomaly: permitted.name, source: permitted.source },
    seed,
    mutant: judge.settings.mutant,
    scenario,
    violation,
    history: [...history],
    trace: [...trace],
    shrink: shrunk.history,
  };
}

/** Whether a scenario violates the same claim for the same permitted reason, or for none. */
function failsAlike(judge: Judge, failure: Failure, scenario: Scenario): boolean {
  const violation = judge.violationOf(failure.subject, scenario);
  if (violation === null) return false;
  const permitted: PermittedAnomaly | null = judge.permitted(scenario, {
    subject: failure.subject,
    violation,
  });
  return (permitted?.name ?? null) === failure.permitted;
}

/** Without what the run never came to, if it fails alike without it. */
function tidied(judge: Judge, failure: Failure, scenario: Scenario): Scenario {
  const tidy = withoutIdleParts(scenario, judge.traced(scenario));
  return failsAlike(judge, failure, tidy) ? tidy : scenario;
}
