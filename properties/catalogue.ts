/**
 * What this package claims and how far each claim is tested: the claim with its witness, the mutants that must not
 * survive it, and which command checks it.
 */

import { CLAIMS } from './claims/all-claims.ts';
import type { Claim } from './claims/claim.ts';
import type { Mutant } from './mutants/mutant.ts';
import { MUTANTS } from './mutants/mutants.ts';

export interface CatalogueEntry {
  readonly claim: Claim;
  /** Known defects that it is named for: each is killed by it or by another claim of its row. */
  readonly mutants: readonly Mutant[];
  /** Commands that check it. */
  readonly checkedBy: readonly 'run'[];
}

/** Every claim, in the order in which reports list them. */
export const CATALOGUE: readonly CatalogueEntry[] = CLAIMS.map((claim) => ({
  claim,
  mutants: MUTANTS.filter((mutant) => mutant.killedBy.includes(claim.name)),
  checkedBy: ['run'],
}));
