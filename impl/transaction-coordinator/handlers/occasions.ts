/** What the coordinator does without being asked: on its two periodic tasks and when a partition is loaded. */

import type { TransactionCoordinator } from '../transaction-coordinator.ts';
import { prepareComplete, prepareDead } from '../transaction-metadata.ts';
import type { OwnedPartition } from '../transaction-state-manager.ts';
import { abortOngoing } from './end-txn.ts';

/** TransactionCoordinator.abortTimedOutTransactions. A failure waits for the next round. */
export function abortTimedOut(coordinator: TransactionCoordinator): void {
  const nowMs = coordinator.ports.clock.nowMs();
  for (const owned of coordinator.state.ownedPartitions()) {
    for (const metadata of owned.transactions.values()) {
      if (coordinator.decisions.isTimedOut(metadata, nowMs)) {
        abortOngoing(coordinator, metadata, 'timeout', () => {});
      }
    }
  }
}

/** TransactionStateManager.removeExpiredTransactionalIds. */
export function removeExpired(coordinator: TransactionCoordinator): void {
  const { clock } = coordinator.ports;
  const nowMs = clock.nowMs();
  const { transactionalIdExpirationMs } = coordinator.config;
  for (const owned of coordinator.state.ownedPartitions()) {
    for (const metadata of owned.transactions.values()) {
      if (!coordinator.decisions.isExpired(metadata, nowMs, transactionalIdExpirationMs)) continue;
      prepareDead(metadata);
      coordinator.state.appendTombstone(owned, metadata);
    }
  }
}

/** TransactionStateManager.loadTransactionsForTxnTopicPartition: a prepared transaction is decided; finish it. */
export function loaded(coordinator: TransactionCoordinator, owned: OwnedPartition): void {
  const nowMs = coordinator.ports.clock.nowMs();
  const coordinatorEpoch = coordinator.decisions.resumedCoordinatorEpoch(owned.coordinatorEpoch);
  for (const metadata of owned.transactions.values()) {
    if (!coordinator.decisions.resumesOnLoad(metadata.state)) continue;
    const complete = prepareComplete(metadata, nowMs);
    coordinator.markers.add(owned, metadata, coordinatorEpoch, complete);
  }
  coordinator.markers.flush();
}
