/**
 * A directed test of the reference: lines of `step => outcome` for one component on ports that the script drives.
 * It holds if every step has its outcome. The defect beside it is the proof that it can fail.
 */

import type { Overrides } from '../../impl/simulation/overrides.ts';
import { LeaderBench } from '../../impl/partition-leader/scripted-leader.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { ConsumerScript } from './consumer-script.ts';
import { CoordinatorScript } from './coordinator-script.ts';
import { GroupScript } from './group-script.ts';
import { ProducerScript } from './producer-script.ts';

export interface DirectedTest {
  /** In kebab-case, unique among all. */
  readonly name: string;
  readonly component:
    | 'transaction-coordinator'
    | 'partition-leader'
    | 'group-coordinator'
    | 'producer'
    | 'consumer';
  /** Lines of `step => outcome`; what a step may be, the component's script says. */
  readonly script: string;
  /** A defect that it sees: one decision or handler replaced. */
  readonly brokenBy: Overrides;
  /** Under which transaction versions it is asked; absent: under all that its clause applies to. */
  readonly transactionVersions?: readonly TransactionVersion[];
}

/** What the rows of a clause's tests have in common. */
type TestRow<Defect> = Pick<DirectedTest, 'name' | 'script' | 'transactionVersions'> & {
  readonly brokenBy: Defect;
};

/** A test of the transaction coordinator (`CoordinatorScript`). */
export function ofCoordinator(
  row: TestRow<NonNullable<Overrides['transactionCoordinator']>>,
): DirectedTest {
  const brokenBy = { transactionCoordinator: row.brokenBy };
  return { ...row, component: 'transaction-coordinator', brokenBy };
}

/** A test of a partition leader (`LeaderBench`). */
export function ofLeader(row: TestRow<NonNullable<Overrides['partitionLeader']>>): DirectedTest {
  return { ...row, component: 'partition-leader', brokenBy: { partitionLeader: row.brokenBy } };
}

/** A test of a group coordinator (`GroupScript`). */
export function ofGroup(row: TestRow<NonNullable<Overrides['groupCoordinator']>>): DirectedTest {
  return { ...row, component: 'group-coordinator', brokenBy: { groupCoordinator: row.brokenBy } };
}

/** A test of the producer client (`ProducerScript`). */
export function ofProducer(row: TestRow<NonNullable<Overrides['producer']>>): DirectedTest {
  return { ...row, component: 'producer', brokenBy: { producer: row.brokenBy } };
}

/** A test of the consumer's filter (`ConsumerScript`). */
export function ofConsumer(row: TestRow<NonNullable<Overrides['consumer']>>): DirectedTest {
  return { ...row, component: 'consumer', brokenBy: { consumer: row.brokenBy } };
}

export interface DirectedOutcome {
  readonly holds: boolean;
  readonly steps: number;
  /** The first line that came out otherwise; null if none did. */
  readonly difference: { readonly expected: string; readonly found: string } | null;
}

/** What drives a component: a step in, what came of it out. */
interface Script {
  step(step: string): string;
}

/** Asks the reference, or the reference with something replaced. */
export function runDirectedTest(
  test: DirectedTest,
  transactionVersion: TransactionVersion,
  overrides: Overrides = {},
): DirectedOutcome {
  const lines = scriptLines(test);
  const script = scriptFor(test.component, transactionVersion, overrides);
  for (const [index, expected] of lines.entries()) {
    const step = expected.split('=>')[0]!.trim();
    const found = `${step} => ${outcomeOf(script, step)}`;
    if (found !== expected) {
      return { holds: false, steps: index + 1, difference: { expected, found } };
    }
  }
  return { holds: true, steps: lines.length, difference: null };
}

export function scriptLines({ script }: DirectedTest): readonly string[] {
  return script
    .trim()
    .split('\n')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '));
}

/** A component that throws has not done what it should. */
function outcomeOf(script: Script, step: string): string {
  try {
    return script.step(step);
  } catch (error) {
    return `threw ${error instanceof Error ? error.message : String(error)}`;
  }
}

function scriptFor(
  component: DirectedTest['component'],
  transactionVersion: TransactionVersion,
  overrides: Overrides,
): Script {
  switch (component) {
    case 'transaction-coordinator':
      return new CoordinatorScript(transactionVersion, overrides);
    case 'partition-leader':
      return new LeaderBench(overrides.partitionLeader);
    case 'group-coordinator':
      return new GroupScript(overrides);
    case 'producer':
      return new ProducerScript(transactionVersion, overrides);
    case 'consumer':
      return new ConsumerScript(overrides);
  }
}
