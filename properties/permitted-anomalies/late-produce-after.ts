/**
 * Without verification a leader takes a late Produce as the first batch of a transaction that the coordinator knows
 * nothing of. Nobody ends it, unless a later transaction of that producer happens to end on the same partition.
 */

import type { PermittedAnomaly } from './anomaly.ts';
import { isAboutLateRecord, lateProduces } from './late-produce.ts';

export const lateProduceAfter: PermittedAnomaly = {
  name: 'LateProduceAfter',
  statement:
    'A Produce that arrived after its transaction had ended opened another one on its partition that the coordinator does not know, because partition verification is off.',
  source: 'KIP-890 (hanging transactions), KAFKA-14402; closed by partition verification',
  explains: [
    'NoHangingTransaction',
    'AtomicVisibility',
    'NoAbortedRead',
    'NoLoss',
    'OneDecision',
    'HonestErrors',
    'ReadersProgress',
    'ExactlyOncePipeline',
  ],
  recognises: (evidence) =>
    !evidence.scenario.partitionVerification &&
    lateProduces(evidence).some((late) => {
      if (!isAboutLateRecord(evidence, late)) return false;
      const { offset } = evidence.subject;
      return late.decidedBy === null ? offset === late.append.offset : offset === null;
    }),
};
