/**
 * What happens to a late Produce happens to a late TxnOffsetCommit: it arrives after its transaction was ended and marked
 * on the offsets partition, and the next marker of its producer there decides it, if there is one.
 */

import { CONSUMER_OFFSETS_TOPIC } from '../../protocol/limits.ts';
import type { Evidence, PermittedAnomaly } from './anomaly.ts';
import { sameProducer, type CausedAppend, type Ghost } from './trace-index.ts';

export const lateTxnOffsetCommit: PermittedAnomaly = {
  name: 'LateTxnOffsetCommit',
  statement:
    'A TxnOffsetCommit that arrived after its transaction had ended joined a later transaction of the same epoch, or, with partition verification off, opened one that the coordinator does not know.',
  source:
    'KAFKA-15449, KIP-890 (part 1 verifies partitions, not transactions); closed by KIP-890 part 2',
  explains: ['OffsetAtomicity', 'ExactlyOncePipeline'],
  recognises: (evidence) =>
    evidence.trace.lateAppends('TxnOffsetCommit').some((append) => isCause(evidence, append)),
};

function isCause(evidence: Evidence, append: CausedAppend): boolean {
  const { scenario, trace, subject } = evidence;
  const markers = trace
    .appendsTo(append.log)
    .filter(
      ({ api, ghost }) =>
        api === 'WriteTxnMarkers' && sameProducer(ghost.instance, append.ghost.instance),
    );
  const wasMarked = markers.some(({ at, ghost }) => at < append.at && isSame(ghost, append.ghost));
  if (!append.log.startsWith(CONSUMER_OFFSETS_TOPIC) || !wasMarked) return false;
  const decidedBy = markers.find(({ at }) => at > append.at)?.ghost;
  if (decidedBy === undefined) return !scenario.partitionVerification && subject.isOpen;
  if (!trace.sameIdentity(append.ghost.instance, append.ghost.transaction, decidedBy.transaction))
    return false;
  return isSame(subject, append.ghost) || isSame(subject, decidedBy);
}

function isSame(one: Ghost, other: Ghost): boolean {
  return one.instance === other.instance && one.transaction === other.transaction;
}
