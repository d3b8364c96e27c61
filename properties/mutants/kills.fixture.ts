/** Mutants to kill by generated scenarios, judged by the claims of their rows alone. */

import type { MutantResult } from '../../reports/evidence/mutation.ts';
import { kill } from '../campaign/kill.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

export type KillCase = readonly [mutant: string, transactionVersion: TransactionVersion];

/** Generated scenarios that each mutant may cost; `onceproof mutate` tells what each does cost. */
const MAX_SCENARIOS = 40_000;

/** Client steps and faults of the median counterexample that a person can read. */
export const MEDIAN_STEPS = 12;

/** The rows of partition leaders, markers and replicated transaction state: about half of the work. */
const BROKER_ROWS = /^[PMT]/;

/** In two files, so that two processes share the work. */
export const BROKER_CASES = MUTANTS.filter(({ id }) => BROKER_ROWS.test(id)).flatMap(casesOf);
export const OTHER_CASES = MUTANTS.filter(({ id }) => !BROKER_ROWS.test(id)).flatMap(casesOf);

/** What the suite is known not to see, under the newest version alone: nothing that is documented so may have changed. */
export const KNOWN_SURVIVORS: readonly KillCase[] = MUTANTS.flatMap((mutant) =>
  mutant.survives === undefined ? [] : [[mutant.id, mutant.transactionVersions.at(-1)!] as const],
);

/** Under the oldest and the newest version that the mutant names; versions 0 and 1 differ in nothing that clients see. */
function casesOf({ id, transactionVersions, survives }: Mutant): KillCase[] {
  if (survives !== undefined) return [];
  const versions = new Set([transactionVersions[0]!, transactionVersions.at(-1)!]);
  return [...versions].map((version) => [id, version]);
}

export async function hunt([mutant, transactionVersion]: KillCase): Promise<MutantResult> {
  const task = { mutant, transactionVersion, scenarios: MAX_SCENARIOS, seed: '1' };
  return (await kill(task, () => false)).result;
}

export function median(lengths: readonly number[]): number {
  const sorted = lengths.toSorted((left, right) => left - right);
  return sorted[sorted.length >> 1]!;
}
