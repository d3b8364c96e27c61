import { describe, expect, test } from 'vitest';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import { runCampaign } from '../campaign/run-campaign.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { claimsAgainst, type Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

/** Generated scenarios that each mutant may cost; `npm run bench -- mutants` tells what each does cost. */
const MAX_SCENARIOS = 40_000;
/** Client steps and faults of the median counterexample. */
const MEDIAN_STEPS = 12;

const lengths: number[] = [];

/** Under the oldest and the newest version that the mutant names; versions 0 and 1 differ in nothing that clients see. */
function casesOf(mutant: Mutant): (readonly [string, TransactionVersion, Mutant])[] {
  const { id, transactionVersions } = mutant;
  const versions = new Set([transactionVersions[0]!, transactionVersions.at(-1)!]);
  return [...versions].map((version) => [id, version, mutant]);
}

describe('every mutant is killed by the claims of its row alone, from generated scenarios', () => {
  test.each(MUTANTS.flatMap(casesOf))('%s under TV%i', async (id, transactionVersion, mutant) => {
    const { findings } = await runCampaign(
      {
        claims: claimsAgainst(mutant),
        transactionVersion,
        partitionVerification: mutant.partitionVerification ?? true,
        faults: FAULT_KINDS,
        mutant: id,
        scenarios: MAX_SCENARIOS,
        timeMs: null,
        seed: '1',
        workers: 1,
        earlier: [],
      },
      { onProgress: () => undefined, shouldStop: () => false },
    );
    const violated = findings.filter(({ status }) => status === 'violated');
    expect(violated.map(({ claim }) => claim)).not.toEqual([]);
    lengths.push(Math.min(...violated.map(({ scenario }) => scenario.steps.length)));
  });

  test('by a counterexample that a person can read', () => {
    const sorted = lengths.toSorted((left, right) => left - right);
    expect(sorted[sorted.length >> 1]).toBeLessThanOrEqual(MEDIAN_STEPS);
  });
});
