/** The published state of a broker's components in one line for people. */

import type { GroupCoordinator } from '../../impl/group-coordinator/group-coordinator.ts';
import type { Cluster } from '../../impl/simulation/cluster.ts';
import type { DataBroker } from '../../impl/simulation/data-broker.ts';
import { NO_OFFSET, type TransactionalId } from '../../protocol/ids.ts';
import { identityText } from './message-text.ts';

export function coordinatorStateText(cluster: Cluster, transactionalId: TransactionalId): string {
  const snapshot = cluster.coordinator.coordinator?.snapshot(transactionalId);
  if (snapshot === undefined || snapshot === null) return `${transactionalId}: unknown`;
  if (snapshot.isLoading) return `${transactionalId}: loading`;
  const { state, pendingState, topicPartitions } = snapshot;
  const pending = pendingState === null ? '' : `, pending ${pendingState}`;
  const partitions = topicPartitions.length === 0 ? '' : ` {${topicPartitions.join(' ')}}`;
  return `${transactionalId}: ${state} ${identityText(snapshot)}${partitions}${pending}`;
}

export function groupStateText(coordinator: GroupCoordinator, groupId: string): string {
  const snapshot = coordinator.snapshot(groupId);
  if (snapshot === null) return `${groupId}: unknown`;
  const { state, generation, members, committed, pending } = snapshot;
  const ids = members.length === 0 ? '' : ` {${members.map(({ memberId }) => memberId).join(' ')}}`;
  const offsets = committed.map(({ partition, offset }) => ` ${partition}=${offset}`);
  const undecided = pending.map(
    ({ producerId, partition, offset }) => `, pending of ${producerId} ${partition}=${offset}`,
  );
  return `${groupId}: ${state} generation ${generation}${ids}${offsets.join('')}${undecided.join('')}`;
}

export function leaderStateText(broker: DataBroker): string {
  if (broker.leader === null) return 'down';
  const { lastStableOffset, highWatermark, logEndOffset, producers } = broker.leader.snapshot();
  const entries = producers.map((producer) => {
    const open =
      producer.currentTransactionFirstOffset === NO_OFFSET
        ? ''
        : ` open from ${producer.currentTransactionFirstOffset}`;
    return `; ${identityText(producer)} seq ${producer.lastSequence}${open}`;
  });
  return `LSO ${lastStableOffset} HW ${highWatermark} LEO ${logEndOffset}${entries.join('')}`;
}
