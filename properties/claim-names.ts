/** Names of the claims; the name is the id everywhere. */

export const CLAIM_NAMES = [
  'NoDuplicates',
  'AtomicVisibility',
  'NoAbortedRead',
  'ZombieFencing',
  'OffsetAtomicity',
  'ExactlyOncePipeline',
  'NoHangingTransaction',
  'NoLoss',
  'OneDecision',
  'HonestErrors',
  'PreparedCompletes',
  'NoSpuriousFencing',
  'ProducerOrder',
  'LastStableOffset',
  'TransactionalIdReusable',
  'ReadersProgress',
] as const;
export type ClaimName = (typeof CLAIM_NAMES)[number];
