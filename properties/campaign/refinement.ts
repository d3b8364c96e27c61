/** The reference's coordinators, leaders and producers beside the specification, as one more thing that a run can violate. */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import type { CoverageRecord } from '../coverage-matrix/coverage-record.ts';
import { CoordinatorLockStep } from '../refinement/coordinator-lock-step.ts';
import type { Disagreement } from '../refinement/disagreement.ts';
import { GroupLockStep } from '../refinement/group-lock-step.ts';
import { LeaderLockStep } from '../refinement/leader-lock-step.ts';
import { ProducerLockStep } from '../refinement/producer-lock-step.ts';
import { Run, type RunOptions, type ScenarioRun } from '../scenarios/run-scenario.ts';

export interface WatchedRun {
  readonly run: ScenarioRun;
  readonly violation: Violation | null;
  /** Steps of the components that were compared. */
  readonly steps: number;
}

type LockStep = CoordinatorLockStep | GroupLockStep | LeaderLockStep | ProducerLockStep;
type Add = <Step extends LockStep>(lockStep: Step) => Step;

export function runBesideModel(
  scenario: Scenario,
  options: Pick<RunOptions, 'components' | 'trace'>,
  coverage: CoverageRecord | null = null,
): WatchedRun {
  const lockSteps: LockStep[] = [];
  /** Who went astray first, and the position in the history at which it did. */
  let first: { readonly disagreement: Disagreement; readonly event: number } | null = null;
  const onDisagreement = (): void => {
    const disagreement = lockSteps.find((lockStep) => lockStep.disagreement !== null)?.disagreement;
    first ??= { disagreement: disagreement!, event: Math.max(run.observer.history.length - 1, 0) };
  };
  const add: Add = (lockStep) => {
    lockSteps.push(lockStep);
    return lockStep;
  };
  const run: Run = new Run(scenario, {
    ...options,
    ...brokerObservers(scenario, coverage, onDisagreement, add),
    producerObserver: (name, { coordinatorSupportsEpochBump }, producer) =>
      add(
        new ProducerLockStep({
          name,
          transactionVersion: scenario.transactionVersion,
          supportsEpochBump: coordinatorSupportsEpochBump,
          partitions: run.cluster.config.partitions,
          nowMs: () => run.scheduler.nowMs(),
          producer,
          ...(coverage !== null && { counter: coverage.producer }),
          onDisagreement,
        }),
      ),
  });
  const result = run.run();
  for (const lockStep of lockSteps) if (lockStep instanceof LeaderLockStep) lockStep.runEnded();
  const astray = first as { readonly disagreement: Disagreement; readonly event: number } | null;
  return {
    run: result,
    violation:
      astray === null ? illegalTransition(result) : violationOf(astray.disagreement, astray.event),
    steps: lockSteps.reduce((sum, { steps }) => sum + steps, 0),
  };
}

function brokerObservers(
  { transactionVersion, partitionVerification }: Scenario,
  coverage: CoverageRecord | null,
  onDisagreement: () => void,
  add: Add,
): Pick<RunOptions, 'coordinatorObserver'> &
  Required<Pick<RunOptions, 'groupObserver' | 'leaderObserver'>> {
  return {
    coordinatorObserver: (cluster) =>
      add(
        new CoordinatorLockStep({
          transactionVersion,
          cluster,
          ...(coverage !== null && { counter: coverage.transactionCoordinator }),
          onDisagreement,
        }),
      ),
    groupObserver: (cluster) =>
      add(
        new GroupLockStep({
          partitionVerification,
          cluster,
          ...(coverage !== null && { counter: coverage.groupCoordinator }),
          onDisagreement,
        }),
      ),
    leaderObserver: (cluster, partition) =>
      add(
        new LeaderLockStep({
          partition,
          partitionVerification,
          metadata: () => cluster().metadata,
          leader: () => cluster().leader(partition)!.leader,
          ...(coverage !== null && { counter: coverage.partitionLeader }),
          onDisagreement,
        }),
      ),
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
  const { component, subject, step, cause, expected, found, why } = disagreement;
  const allowed = expected.length === 0 ? 'nothing of this sort' : expected.join(', or ');
  const whom = subject === '' ? '' : ` for ${subject}`;
  return {
    message: `the ${component} took a step${whom} that the model does not allow: ${why}`,
    events: [event, event],
    why: [
      `Step ${step} of the ${component} was set off by: ${cause}.`,
      `The model allows ${allowed}.`,
      `The reference did ${found}.`,
      `So ${why}: the reference does not refine the model, and one of the two is wrong.`,
    ],
  };
}
