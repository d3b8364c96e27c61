/** Reasons by machine, for what a run of the simulation does not take. */

import { groupCoordinator } from '../../model/group-coordinator.machine.ts';
import { partitionLeader } from '../../model/partition-leader.machine.ts';
import { producer } from '../../model/producer.machine.ts';
import { transactionCoordinator } from '../../model/transaction-coordinator.machine.ts';
import { GROUP_COORDINATOR_REASONS } from './group-coordinator-reasons.ts';
import { PARTITION_LEADER_REASONS } from './partition-leader-reasons.ts';
import { PRODUCER_REASONS } from './producer-reasons.ts';
import { TRANSACTION_COORDINATOR_REASONS } from './transaction-coordinator-reasons.ts';
import type { Unexercised } from './unexercised.ts';

export const REASONS: ReadonlyMap<string, readonly Unexercised[]> = new Map([
  [transactionCoordinator.id, TRANSACTION_COORDINATOR_REASONS],
  [partitionLeader.id, PARTITION_LEADER_REASONS],
  [groupCoordinator.id, GROUP_COORDINATOR_REASONS],
  [producer.id, PRODUCER_REASONS],
]);
