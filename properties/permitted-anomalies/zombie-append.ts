/**
 * Without partition verification a leader asks nobody. A partition that has not met the newer instance's epoch accepts
 * what a superseded instance writes, and the newer instance's marker, whose epoch is not lower, settles it together with
 * its own records.
 */

import type { Evidence, PermittedAnomaly } from './anomaly.ts';
import { sameProducer, type CausedAppend } from './trace-index.ts';

export const zombieAppend: PermittedAnomaly = {
  name: 'ZombieAppend',
  statement:
    'A superseded instance wrote to a partition that had not met the newer epoch, and the marker of the newer instance committed it.',
  source:
    'UnifiedLog.maybeStartTransactionVerification; closed by KIP-890 part 1 (transaction.partition.verification.enable)',
  explains: [
    'ZombieFencing',
    'NoAbortedRead',
    'NoLoss',
    'OneDecision',
    'HonestErrors',
    'ExactlyOncePipeline',
  ],
  recognises: (evidence) =>
    !evidence.scenario.partitionVerification &&
    evidence.subject.partitions.some((partition) => isSettledByNewer(evidence, partition)),
};

function isSettledByNewer({ trace, subject }: Evidence, partition: string): boolean {
  const appends = trace
    .appendsTo(partition)
    .filter(({ ghost }) => sameProducer(ghost.instance, subject.instance));
  return appends.some((append, index) => {
    const { api, ghost } = append;
    if (api !== 'Produce' || ghost.instance !== subject.instance) return false;
    if (ghost.transaction !== subject.transaction) return false;
    const isNewer = (other: CausedAppend): boolean => trace.isOfHigherEpoch(other.ghost, ghost);
    // An abort that the instance did not ask for carries a higher epoch: where its marker stands, the instance is fenced.
    const isFencing = (other: CausedAppend): boolean =>
      other.api === 'WriteTxnMarkers' &&
      other.ghost.instance === subject.instance &&
      !trace.isToldEnded(other.ghost) &&
      !trace.endedByItself(other.ghost, other.at);
    const before = appends.slice(0, index);
    if (before.some(isNewer) || before.some(isFencing)) return false;
    const settling = appends.slice(index + 1).find((later) => later.api === 'WriteTxnMarkers');
    return settling !== undefined && isNewer(settling);
  });
}
