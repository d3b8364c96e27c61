/** The published state of a participant field by field, in Kafka's names: what views of a trace compare. */

import type { GroupCoordinator } from '../../impl/group-coordinator/group-coordinator.ts';
import type { Cluster } from '../../impl/simulation/cluster.ts';
import type { DataBroker } from '../../impl/simulation/data-broker.ts';
import { NO_OFFSET, type ProducerIdentity, type TransactionalId } from '../../protocol/ids.ts';
import type { StateFields } from '../../reports/evidence/trace.ts';

/** Undefined where there is nothing but a sentence to say: unknown, loading, down. */
export function coordinatorStateFields(
  cluster: Cluster,
  transactionalId: TransactionalId,
): StateFields | undefined {
  const snapshot = cluster.coordinator.coordinator?.snapshot(transactionalId);
  if (snapshot === undefined || snapshot === null || snapshot.isLoading) return undefined;
  const { state, pendingState, producerId, producerEpoch, topicPartitions } = snapshot;
  return {
    state,
    pendingState,
    producerId,
    producerEpoch,
    topicPartitions: [...topicPartitions],
  };
}

export function groupStateFields(
  coordinator: GroupCoordinator,
  groupId: string,
): StateFields | undefined {
  const snapshot = coordinator.snapshot(groupId);
  if (snapshot === null) return undefined;
  const { state, generation, members, committed, pending } = snapshot;
  const undecided: Record<string, Record<string, number>> = {};
  for (const { producerId, partition, offset } of pending) {
    undecided[producerId] = { ...undecided[producerId], [partition]: offset };
  }
  return {
    state,
    generation,
    members: members.map(({ memberId }) => memberId),
    committed: Object.fromEntries(committed.map(({ partition, offset }) => [partition, offset])),
    pending: undecided,
  };
}

export function leaderStateFields({ leader }: DataBroker): StateFields | undefined {
  if (leader === null) return undefined;
  const { lastStableOffset, highWatermark, logEndOffset, producers } = leader.snapshot();
  const open = (offset: number): number | null => (offset === NO_OFFSET ? null : offset);
  return {
    lastStableOffset,
    highWatermark,
    logEndOffset,
    producers: Object.fromEntries(
      producers.map(
        ({ producerId, producerEpoch, lastSequence, currentTransactionFirstOffset }) => [
          String(producerId),
          {
            producerEpoch,
            lastSequence,
            currentTransactionFirstOffset: open(currentTransactionFirstOffset),
          },
        ],
      ),
    ),
  };
}

export function producerStateFields(state: string, identity: ProducerIdentity): StateFields {
  const { producerId, producerEpoch } = identity;
  return { state, producerId, producerEpoch };
}
