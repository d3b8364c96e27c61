/** Runs a finding's scenario again: on the same subject, from the file and nothing else. */

import type { Finding } from '../../reports/evidence/finding.ts';
import { TOOL } from '../../reports/evidence/tool.ts';
import { CLAIM_NAMES } from '../claim-names.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { REFINEMENT, type Subject } from './judge.ts';
import { judgeOf } from './violation-of.ts';

export type Replay =
  /** The same claim fails; `sameTrace`: by the very same run, event for event. */
  | {
      readonly outcome: 'reproduced';
      readonly finding: Finding;
      readonly sameTrace: boolean;
      readonly refinement: ReplayedRefinement;
    }
  /** The claim holds of this scenario now. */
  | { readonly outcome: 'held' }
  /** The finding names a claim or mutant that this version does not have. */
  | { readonly outcome: 'unknown-subject'; readonly what: string };

/** What the specification says of the run's coordinators, leaders and producers, step by step. */
export interface ReplayedRefinement {
  /** Steps that were compared. */
  readonly steps: number;
  /** The first step that it does not allow; null: it allows all. */
  readonly disagreement: string | null;
}

const SUBJECTS: readonly Subject[] = [...CLAIM_NAMES, REFINEMENT];

export function replayFinding(finding: Finding): Replay {
  const claim = SUBJECTS.find((name) => name === finding.claim);
  if (claim === undefined) return { outcome: 'unknown-subject', what: `claim ${finding.claim}` };
  const { mutant } = finding;
  if (mutant !== null && MUTANTS.every(({ id }) => id !== mutant)) {
    return { outcome: 'unknown-subject', what: `mutant ${mutant}` };
  }
  return replay(finding, claim);
}

function replay(finding: Finding, subject: Subject): Replay {
  const { scenario, mutant } = finding;
  const judge = judgeOf(scenario, mutant);
  const violation = judge.violationOf(subject, scenario);
  if (violation === null) return { outcome: 'held' };
  const { run, steps, violation: disagreement } = judge.tracedBesideModel(scenario);
  const { history, trace } = run;
  const permitted = judge.permitted(scenario, { subject, violation });
  return {
    outcome: 'reproduced',
    sameTrace: JSON.stringify(trace) === JSON.stringify(finding.trace),
    refinement: { steps, disagreement: disagreement?.message ?? null },
    finding: {
      ...finding,
      tool: TOOL,
      status: permitted === null ? 'violated' : 'expected',
      permitted: permitted === null ? null : { anomaly: permitted.name, source: permitted.source },
      violation,
      history: [...history],
      trace: [...trace],
    },
  };
}
