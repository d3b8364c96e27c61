/** The answer to a marker was lost; the coordinator sends it again and is told that it is stale. */

import { DECISIONS } from '../../impl/partition-leader/decisions.ts';
import type { Mutant } from './mutant.ts';

export const P11: Mutant = {
  id: 'P11',
  name: 'repeated-marker-refused',
  change: 'A marker that is repeated under the epoch that it left is refused',
  source: 'KAFKA-19999; ProducerAppendInfo.checkProducerEpoch',
  transactionVersions: [2],
  minFaults: 1,
  killedBy: ['PreparedCompletes'],
  overrides: {
    partitionLeader: {
      decisions: {
        markerEpochIsStale: (entry, markerEpoch, transactionVersion) =>
          (transactionVersion >= 2 && markerEpoch === entry.producerEpoch) ||
          DECISIONS.markerEpochIsStale(entry, markerEpoch, transactionVersion),
      },
    },
  },
};
