/** A consumer does not go back when the transaction of its application is aborted: the application has to. */

import type { Mutant } from './mutant.ts';

export const K12: Mutant = {
  id: 'K12',
  name: 'no-rewind-after-abort',
  change: 'After an abort the application reads on from where its consumer is',
  source: 'ExactlyOnceMessageProcessor.resetToLastCommittedPositions, KAFKA-17582',
  transactionVersions: [0, 1, 2],
  minFaults: 0,
  killedBy: ['OffsetAtomicity'],
  overrides: {
    application: { decisions: { positionsAfterAbort: (positions) => positions } },
  },
};
