/**
 * The group coordinator's transition tables with Kafka's real constants, with and without verification. All runs of a
 * process share them, so that XState is asked only for what no run met before.
 */

import type { TransitionCounter } from '../../model/checker/transition-counter.ts';
import { TransitionTable } from '../../model/checker/transition-table.ts';
import type { GroupAction } from '../../model/group-coordinator-cells.ts';
import { KAFKA_GROUP_SCOPE } from '../../model/group-coordinator-state.ts';
import { createGroupCoordinator } from '../../model/group-coordinator.machine.ts';

type GroupMachine = ReturnType<typeof createGroupCoordinator>;
export type GroupTable = TransitionTable<GroupMachine, GroupAction>;
export type GroupCounter = TransitionCounter<GroupMachine, GroupAction>;

function tableWith(partitionVerification: 0 | 1): GroupTable {
  return new TransitionTable(
    createGroupCoordinator({ ...KAFKA_GROUP_SCOPE, partitionVerification }),
  );
}

/** By `partitionVerification`. */
export const GROUP_TABLES: Readonly<Record<0 | 1, GroupTable>> = {
  0: tableWith(0),
  1: tableWith(1),
};
