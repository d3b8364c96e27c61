/** Every claim, in the order in which reports list them. */

import { atomicVisibility } from './atomic-visibility.ts';
import type { Claim } from './claim.ts';
import { exactlyOncePipeline } from './exactly-once-pipeline.ts';
import { honestErrors } from './honest-errors.ts';
import { lastStableOffset } from './last-stable-offset.ts';
import { noAbortedRead } from './no-aborted-read.ts';
import { noDuplicates } from './no-duplicates.ts';
import { noHangingTransaction } from './no-hanging-transaction.ts';
import { noLoss } from './no-loss.ts';
import { noSpuriousFencing } from './no-spurious-fencing.ts';
import { offsetAtomicity } from './offset-atomicity.ts';
import { oneDecision } from './one-decision.ts';
import { preparedCompletes } from './prepared-completes.ts';
import { producerOrder } from './producer-order.ts';
import { readersProgress } from './readers-progress.ts';
import { transactionalIdReusable } from './transactional-id-reusable.ts';
import { zombieFencing } from './zombie-fencing.ts';

export const CLAIMS: readonly Claim[] = [
  noDuplicates,
  atomicVisibility,
  noAbortedRead,
  zombieFencing,
  offsetAtomicity,
  exactlyOncePipeline,
  noHangingTransaction,
  noLoss,
  oneDecision,
  honestErrors,
  preparedCompletes,
  noSpuriousFencing,
  producerOrder,
  lastStableOffset,
  transactionalIdReusable,
  readersProgress,
];
