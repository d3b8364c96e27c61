/**
 * The partition leader's transition tables with Kafka's real constants, one for each setting of
 * `transaction.partition.verification.enable`. All runs of a process share them.
 */

import type { TransitionCounter } from '../../model/checker/transition-counter.ts';
import { TransitionTable } from '../../model/checker/transition-table.ts';
import type { LeaderAction } from '../../model/partition-leader.machine.ts';
import { createPartitionLeader } from '../../model/partition-leader.machine.ts';
import { KAFKA_LEADER_SCOPE } from '../../model/partition-leader-state.ts';

type LeaderMachine = ReturnType<typeof createPartitionLeader>;
export type LeaderTable = TransitionTable<LeaderMachine, LeaderAction>;
export type LeaderCounter = TransitionCounter<LeaderMachine, LeaderAction>;

function tableWith(partitionVerification: 0 | 1): LeaderTable {
  return new TransitionTable(
    createPartitionLeader({ ...KAFKA_LEADER_SCOPE, partitionVerification }),
  );
}

/** By `partitionVerification`. */
export const LEADER_TABLES: Readonly<Record<0 | 1, LeaderTable>> = {
  0: tableWith(0),
  1: tableWith(1),
};
