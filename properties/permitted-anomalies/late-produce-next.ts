/**
 * Verification asks only whether the partition is in the producer's ongoing transaction. If the next transaction has
 * registered it under the same epoch, a late Produce joins that one; and if the client uses the sequence number again,
 * the next transaction's own batch is taken for a duplicate of the late one.
 */

import type { Evidence, PermittedAnomaly } from './anomaly.ts';
import { isAboutLateRecord, lateProduces, type LateProduce } from './late-produce.ts';

export const lateProduceNext: PermittedAnomaly = {
  name: 'LateProduceNext',
  statement:
    'A Produce that arrived after its transaction had ended joined a later transaction of the same epoch.',
  source:
    'KIP-890 (part 1 verifies partitions, not transactions); closed by part 2, or by a client that bumps its epoch after an abort (KIP-360)',
  explains: [
    'AtomicVisibility',
    'NoAbortedRead',
    'NoLoss',
    'OneDecision',
    'HonestErrors',
    'ProducerOrder',
    'ExactlyOncePipeline',
  ],
  recognises: (evidence) =>
    lateProduces(evidence).some(
      (late) =>
        joinedNext(evidence, late) &&
        (isAboutLateRecord(evidence, late) || isAboutReplacedRecord(evidence, late)),
    ),
};

function joinedNext({ trace }: Evidence, { append, decidedBy }: LateProduce): boolean {
  const { instance, transaction } = append.ghost;
  return (
    decidedBy !== null &&
    decidedBy.instance === instance &&
    decidedBy.transaction > transaction &&
    trace.sameIdentity(instance, transaction, decidedBy.transaction)
  );
}

/** The missing record was acknowledged with the offset at which the late one stands. */
function isAboutReplacedRecord({ subject }: Evidence, { append, decidedBy }: LateProduce): boolean {
  return (
    subject.instance === decidedBy?.instance &&
    subject.transaction === decidedBy.transaction &&
    subject.partitions.includes(append.log) &&
    subject.offset === append.offset
  );
}
