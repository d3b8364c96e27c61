/**
 * The group coordinator's transition tables with Kafka's real constants, with and without verification. All runs of a
 * process share them, so that XState is asked only for what no run met before.
 */

import { MAX_PRODUCER_EPOCH } from '../../protocol/limits.ts';
import { TransitionTable } from '../../model/checker/transition-table.ts';
import type { GroupAction } from '../../model/group-coordinator-cells.ts';
import { createGroupCoordinator } from '../../model/group-coordinator.machine.ts';

export type GroupTable = TransitionTable<ReturnType<typeof createGroupCoordinator>, GroupAction>;

function tableWith(partitionVerification: 0 | 1): GroupTable {
  return new TransitionTable(
    createGroupCoordinator({ partitionVerification, maxEpoch: MAX_PRODUCER_EPOCH }),
  );
}

const VERIFYING = tableWith(1);
const TRUSTING = tableWith(0);

/** `partitionVerification`: of the cluster (`transaction.partition.verification.enable`). */
export function groupTable(partitionVerification: boolean): GroupTable {
  return partitionVerification ? VERIFYING : TRUSTING;
}
