/** After an abort the group has lost its place, which the transaction was about to move. */

import type { Mutant } from './mutant.ts';

export const G11: Mutant = {
  id: 'G11',
  name: 'expiry-ignores-pending',
  change: 'Retention removes an offset that an open transaction may still move',
  source: 'OffsetMetadataManager.cleanupExpiredOffsets; KIP-211',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['OffsetAtomicity'],
  survives:
    'No step lets a week pass, and OffsetAtomicity knows no retention: an offset that expires lawfully would be an alarm. A directed test of the group coordinator sees it.',
  overrides: {
    groupCoordinator: {
      decisions: { isExpired: (sinceMs, nowMs, retentionMs) => nowMs - sinceMs >= retentionMs },
    },
  },
};
