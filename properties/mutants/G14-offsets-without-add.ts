/** Offsets whose partition is not in the transaction: no marker will ever come for them. */

import { NO_SEQUENCE } from '../../protocol/ids.ts';
import type { Mutant } from './mutant.ts';

export const G14: Mutant = {
  id: 'G14',
  name: 'offsets-without-add',
  change: 'TxnOffsetCommit is accepted although the offsets partition is not in the transaction',
  source: 'KAFKA-15449, KIP-890; GroupCoordinatorService.commitTransactionalOffsets',
  transactionVersions: [0, 1],
  minFaults: 1,
  killedBy: ['OffsetAtomicity', 'NoHangingTransaction'],
  overrides: {
    groupCoordinator: {
      handlers: {
        verifyTransaction: ({ leader, ports }, { producerId, producerEpoch }, done) => {
          const nowMs = ports.clock.nowMs();
          const { verification } = leader;
          done(
            'NONE',
            verification.startOrContinue(producerId, producerEpoch, NO_SEQUENCE, false, nowMs),
          );
        },
      },
    },
  },
};
