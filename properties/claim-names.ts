/** Names of the claims; the name is the id everywhere. */

export const CLAIM_NAMES = [
  'NoDuplicates',
  'AtomicVisibility',
  'NoAbortedRead',
  'ZombieFencing',
  'NoHangingTransaction',
] as const;
export type ClaimName = (typeof CLAIM_NAMES)[number];
