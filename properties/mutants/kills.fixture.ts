/** Kills mutants by generated scenarios, judged by the claims of their rows alone. */

import { describe, expect, test } from 'vitest';
import { kill } from '../campaign/kill.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

/** Generated scenarios that each mutant may cost; `onceproof mutate` tells what each does cost. */
const MAX_SCENARIOS = 40_000;
/** Client steps and faults of the median counterexample. */
const MEDIAN_STEPS = 12;

/** The rows of partition leaders, markers and replicated transaction state: about half of the work. */
const BROKER_ROWS = /^[PMT]/;

/** Two files, so that two processes share the work. */
export const HALVES = {
  brokers: MUTANTS.filter(({ id }) => BROKER_ROWS.test(id)),
  others: MUTANTS.filter(({ id }) => !BROKER_ROWS.test(id)),
};

/** Under the oldest and the newest version that the mutant names; versions 0 and 1 differ in nothing that clients see. */
function casesOf(mutant: Mutant): (readonly [string, TransactionVersion])[] {
  const { id, transactionVersions } = mutant;
  const versions = new Set([transactionVersions[0]!, transactionVersions.at(-1)!]);
  return [...versions].map((version) => [id, version]);
}

export function describeKills(mutants: readonly Mutant[]): void {
  const lengths: number[] = [];

  describe('every mutant is killed by the claims of its row alone, from generated scenarios', () => {
    test.each(mutants.flatMap(casesOf))('%s under TV%i', async (mutant, transactionVersion) => {
      const task = { mutant, transactionVersion, scenarios: MAX_SCENARIOS, seed: '1' };
      const { result } = await kill(task, () => false);
      expect(result.status).toBe('killed');
      lengths.push(result.steps!);
    });

    test('by counterexamples that a person can read', () => {
      const sorted = lengths.toSorted((left, right) => left - right);
      expect(sorted[sorted.length >> 1]).toBeLessThanOrEqual(MEDIAN_STEPS);
    });
  });
}
