/** The reference's coordinator beside the specification, as one more thing that a run can violate. */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import type { CoverageRecord } from '../coverage-matrix/coverage-record.ts';
import { CoordinatorLockStep } from '../refinement/coordinator-lock-step.ts';
import type { Disagreement } from '../refinement/disagreement.ts';
import { Run, type RunOptions, type ScenarioRun } from '../scenarios/run-scenario.ts';

export interface WatchedRun {
  readonly run: ScenarioRun;
  readonly violation: Violation | null;
  /** Steps of the coordinator that were compared. */
  readonly steps: number;
}

export function runBesideModel(
  scenario: Scenario,
  options: Pick<RunOptions, 'components' | 'trace'>,
  coverage: CoverageRecord | null = null,
): WatchedRun {
  /** Position in the history at which the first step went astray. */
  let event: number | null = null;
  let lockStep: CoordinatorLockStep | null = null;
  const run: Run = new Run(scenario, {
    ...options,
    coordinatorObserver: (cluster) => {
      lockStep = new CoordinatorLockStep({
        transactionVersion: scenario.transactionVersion,
        cluster,
        ...(coverage !== null && { counter: coverage.transactionCoordinator }),
        onDisagreement: () => {
          event = Math.max(run.observer.history.length - 1, 0);
        },
      });
      return lockStep;
    },
  });
  const result = run.run();
  const { disagreement, steps } = lockStep!;
  return {
    run: result,
    violation:
      disagreement === null ? illegalTransition(result) : violationOf(disagreement, event ?? 0),
    steps,
  };
}

function illegalTransition({ illegalTransitions, history }: ScenarioRun): Violation | null {
  const [first] = illegalTransitions;
  if (first === undefined) return null;
  const last = history.length - 1;
  return {
    message: `the coordinator found itself in an impossible state: ${first}`,
    events: [last, last],
    why: [
      `The coordinator refused its own transition: ${first}.`,
      'No step of the model leads there.',
    ],
  };
}

function violationOf(disagreement: Disagreement, event: number): Violation {
  const { transactionalId, step, cause, expected, found, why } = disagreement;
  const allowed = expected.length === 0 ? 'nothing of this sort' : expected.join(', or ');
  return {
    message: `the coordinator took a step for ${transactionalId} that the model does not allow: ${why}`,
    events: [event, event],
    why: [
      `Step ${step} of the coordinator was set off by: ${cause}.`,
      `The model allows ${allowed}.`,
      `The reference did ${found}.`,
      `So ${why}: the reference does not refine the model, and one of the two is wrong.`,
    ],
  };
}
