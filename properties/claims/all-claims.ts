/** Every claim, in the order in which reports list them. */

import { atomicVisibility } from './atomic-visibility.ts';
import type { Claim } from './claim.ts';
import { exactlyOncePipeline } from './exactly-once-pipeline.ts';
import { noAbortedRead } from './no-aborted-read.ts';
import { noDuplicates } from './no-duplicates.ts';
import { noHangingTransaction } from './no-hanging-transaction.ts';
import { offsetAtomicity } from './offset-atomicity.ts';
import { zombieFencing } from './zombie-fencing.ts';

export const CLAIMS: readonly Claim[] = [
  noDuplicates,
  atomicVisibility,
  noAbortedRead,
  zombieFencing,
  offsetAtomicity,
  exactlyOncePipeline,
  noHangingTransaction,
];
