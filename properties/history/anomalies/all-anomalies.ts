/**
 * Every anomaly check, in the order in which reports list them. What else Jepsen's workload reports is found by claims:
 * duplicate and duplicate-nonzero by NoDuplicates; G1a, precommitted-read, garbage-read and G1c without ww edges by
 * NoAbortedRead.
 */

import type { AnomalyCheck } from './anomaly-check.ts';
import { inconsistentOffsets } from './inconsistent-offsets.ts';
import { lostWrite, unseen } from './lost-write.ts';
import {
  nonmonotonicPoll,
  nonmonotonicPollInside,
  pollSkip,
  pollSkipInside,
} from './poll-order.ts';
import { nonmonotonicSend, nonmonotonicSendInside, sendSkipInside } from './send-order.ts';

export const ANOMALY_CHECKS: readonly AnomalyCheck[] = [
  inconsistentOffsets,
  lostWrite,
  unseen,
  pollSkipInside,
  pollSkip,
  nonmonotonicPollInside,
  nonmonotonicPoll,
  nonmonotonicSendInside,
  nonmonotonicSend,
  sendSkipInside,
];
