/**
 * KAFKA-17754: a client's EndTxn is held up; its retry on a new connection succeeds; the client begins the next
 * transaction under the same epoch; the first EndTxn arrives and decides that one.
 */

import type { PermittedAnomaly } from './anomaly.ts';
import { canBreak } from './violation-subject.ts';

export const lateEndTxn: PermittedAnomaly = {
  name: 'LateEndTxn',
  statement:
    'An EndTxn that arrived after its client had given up on it decided a later transaction of the same epoch.',
  source: 'KAFKA-17754; closed by KIP-890 part 2, which bumps the epoch at every end',
  explains: [
    'AtomicVisibility',
    'NoAbortedRead',
    'NoHangingTransaction',
    'NoLoss',
    'OneDecision',
    'HonestErrors',
    'LastStableOffset',
    'ReadersProgress',
    'OffsetAtomicity',
    'ExactlyOncePipeline',
  ],
  recognises: ({ scenario, trace, subject }) =>
    trace.lateAppends('EndTxn').some(({ at, ghost }) => {
      const decided = trace.currentTransaction(ghost.instance, at);
      return (
        decided > ghost.transaction &&
        // The client was answered: one that goes on without an answer has itself to blame.
        trace.isToldEnded(ghost) &&
        trace.sameIdentity(ghost.instance, ghost.transaction, decided) &&
        subject.instance === ghost.instance &&
        subject.transaction === decided &&
        // What the client goes on to write is refused, or else stays open until some later transaction ends there.
        (!scenario.partitionVerification ||
          (!subject.isOpen && canBreak(trace.toldOf(ghost), subject)))
      );
    }),
};
