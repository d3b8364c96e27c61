/**
 * Before transaction version 2 a leader accepts a marker whose epoch is not lower than the producer's. The marker of
 * one transaction, held up and sent again, then arrives a second time and closes what the next one wrote.
 */

import type { Evidence, PermittedAnomaly } from './anomaly.ts';
import { sameProducer, type CausedAppend } from './trace-index.ts';
import { canBreak } from './violation-subject.ts';

export const lateMarker: PermittedAnomaly = {
  name: 'LateMarker',
  statement:
    'A marker that arrived after its coordinator had given up on it closed what a later transaction of the same epoch had written to that partition.',
  source:
    'ProducerAppendInfo.checkProducerEpoch (markers before transaction version 2), pinned by WriteTxnMarkersRequestTest; closed by KIP-890 part 2',
  explains: [
    'AtomicVisibility',
    'NoAbortedRead',
    'NoLoss',
    'OneDecision',
    'HonestErrors',
    'LastStableOffset',
    'OffsetAtomicity',
    'ExactlyOncePipeline',
  ],
  recognises: (evidence) =>
    evidence.trace.lateAppends('WriteTxnMarkers').some((marker) => closedDataOf(evidence, marker)),
};

function closedDataOf({ trace, subject }: Evidence, marker: CausedAppend): boolean {
  const { instance, transaction } = marker.ghost;
  if (subject.isOpen) return false;
  if (subject.instance !== instance || subject.transaction <= transaction) return false;
  if (!trace.sameIdentity(instance, transaction, subject.transaction)) return false;
  if (!canBreak(trace.toldOf(marker.ghost), subject)) return false;
  const before = trace
    .appendsTo(marker.log)
    .filter(({ at, ghost }) => at < marker.at && sameProducer(ghost.instance, instance));
  const lastMarker = before.findLastIndex(({ api }) => api === 'WriteTxnMarkers');
  return before
    .slice(lastMarker + 1)
    .some(({ ghost }) => ghost.instance === instance && ghost.transaction === subject.transaction);
}
