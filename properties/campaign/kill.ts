/** One mutant against the claims of its row, by generated scenarios alone. */

import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { Finding } from '../../reports/evidence/finding.ts';
import type { MutantResult } from '../../reports/evidence/mutation.ts';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { mutantWithId } from '../mutants/mutants.ts';
import { runCampaign } from './run-campaign.ts';

export interface KillTask {
  readonly mutant: string;
  readonly transactionVersion: TransactionVersion;
  readonly scenarios: number;
  readonly seed: string;
}

export interface Kill {
  readonly result: MutantResult;
  /** The counterexamples, one a claim. */
  readonly findings: readonly Finding[];
}

/** What of a mutant is known before it runs. */
export function unkilled(mutant: Mutant, transactionVersion: TransactionVersion): MutantResult {
  return {
    id: mutant.id,
    name: mutant.name,
    status: 'not-run',
    claims: [],
    row: [...mutant.killedBy],
    gap: mutant.survives ?? null,
    transactionVersion,
    partitionVerification: mutant.partitionVerification ?? true,
    scenarios: 0,
    cpuSeconds: 0,
    steps: null,
    stepsGenerated: null,
  };
}

/** `shouldStop`: give up on it; it is then `not-run`, for nothing is known of it. */
export async function kill(task: KillTask, shouldStop: () => boolean): Promise<Kill> {
  const mutant = mutantWithId(task.mutant);
  const before = process.cpuUsage();
  const { result, findings } = await runCampaign(
    {
      claims: mutant.killedBy,
      transactionVersion: task.transactionVersion,
      partitionVerification: mutant.partitionVerification ?? true,
      faults: FAULT_KINDS,
      mutant: mutant.id,
      scenarios: task.scenarios,
      timeMs: null,
      seed: task.seed,
      workers: 1,
      earlier: [],
      violationsOnly: true,
    },
    { onProgress: () => undefined, shouldStop },
  );
  const { user, system } = process.cpuUsage(before);
  const shortest = findings.toSorted((a, b) => stepsOf(a) - stepsOf(b))[0];
  const survived = result.partial ? 'not-run' : 'survived';
  return {
    result: {
      ...unkilled(mutant, task.transactionVersion),
      status: shortest === undefined ? survived : 'killed',
      claims: findings.map(({ claim }) => claim),
      scenarios: result.scenarios,
      cpuSeconds: Math.round((user + system) / 1e3) / 1e3,
      steps: shortest === undefined ? null : stepsOf(shortest),
      stepsGenerated: shortest?.shrink[0]?.steps ?? null,
    },
    findings,
  };
}

function stepsOf({ scenario }: Finding): number {
  return scenario.steps.length;
}
