/** What a run is asked to do. Plain data: it travels to worker threads as it is. */

import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { FaultKind } from '../../reports/evidence/scenario.ts';
import type { ClaimName } from '../claim-names.ts';

export interface RunSettings {
  /** Claims to check, in catalogue order. */
  readonly claims: readonly ClaimName[];
  readonly transactionVersion: TransactionVersion;
  readonly partitionVerification: boolean;
  readonly faults: readonly FaultKind[];
  /** Client steps and faults of a generated scenario, at least and at most. */
  readonly minSteps: number;
  readonly maxSteps: number;
  /** Id of the mutant to run instead of the reference. */
  readonly mutant: string | null;
  /** Compare coordinators, leaders and producers with the model after every step. */
  readonly refinement: boolean;
}

/** Chunk `index` of a run: its scenarios depend on nothing but the run's seed and the index. */
export function chunkSeed(seed: string, index: number): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${index}`) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) | 0;
}
