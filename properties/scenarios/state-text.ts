/** The published state of a broker's components in one line for people. */

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
