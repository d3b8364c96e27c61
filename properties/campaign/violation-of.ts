/** One claim, one scenario: what a test says of a finding. */

import type { Violation } from '../../reports/evidence/finding.ts';
import { FAULT_KINDS, type Scenario } from '../../reports/evidence/scenario.ts';
import { CLAIM_NAMES } from '../claim-names.ts';
import { Judge, type Subject } from './judge.ts';

export interface ViolationOfOptions {
  /** Id of a known defect to run instead of the reference. */
  readonly mutant?: string;
}

/** How the reference, or a mutant of it, violates a claim in a scenario; null: the claim holds. */
export function violationOf(
  claim: Subject,
  scenario: Scenario,
  options: ViolationOfOptions = {},
): Violation | null {
  return judgeOf(scenario, options.mutant ?? null).violationOf(claim, scenario);
}

/** A judge of all claims under the scenario's own settings. */
export function judgeOf(scenario: Scenario, mutant: string | null): Judge {
  return new Judge({
    claims: CLAIM_NAMES,
    transactionVersion: scenario.transactionVersion,
    partitionVerification: scenario.partitionVerification,
    faults: FAULT_KINDS,
    minSteps: 0,
    maxSteps: scenario.steps.length,
    mutant,
    refinement: false,
  });
}
