/** Requests that a broker answers from its metadata cache: where coordinators and leaders are. */

import type { BrokerId, TopicPartition } from '../../protocol/ids.ts';
import { topicPartitionParts } from '../../protocol/ids.ts';
import { CONSUMER_OFFSETS_TOPIC } from '../../protocol/limits.ts';
import type {
  FindCoordinatorRequest,
  FindCoordinatorResponse,
} from '../../protocol/messages/find-coordinator.ts';
import type { MetadataRequest, MetadataResponse } from '../../protocol/messages/metadata.ts';
import { transactionStatePartition } from '../../protocol/transaction-log.ts';
import type { PartitionLeader } from '../partition-leader/partition-leader.ts';
import type { ClusterMetadata } from '../ports.ts';
import { partitionFor } from '../ports.ts';

/** Kafka's NO_NODE and NO_PARTITION_LEADER_EPOCH. */
const NONE = -1;

/** KafkaApis.getCoordinator: the leader of the key's partition, if it is alive. */
export function findCoordinator(
  request: FindCoordinatorRequest,
  metadata: ClusterMetadata,
): FindCoordinatorResponse {
  const { keyType, key } = request;
  const { transactionStatePartitions, consumerOffsetsPartitions } = metadata;
  const partition =
    keyType === 'TRANSACTION'
      ? transactionStatePartition(partitionFor(key, transactionStatePartitions))
      : `${CONSUMER_OFFSETS_TOPIC}-${partitionFor(key, consumerOffsetsPartitions)}`;
  const leader = metadata.leaderOf(partition);
  return leader !== null && metadata.isAlive(leader)
    ? { errorCode: 'NONE', nodeId: leader }
    : { errorCode: 'COORDINATOR_NOT_AVAILABLE', nodeId: NONE };
}

/**
 * The partitions of the topics asked for, as far as they have a leader. Asked for all topics, the broker tells of
 * those that it leads itself. The leader's epoch is known of its own leaders only.
 */
export function describeTopics(
  request: MetadataRequest,
  metadata: ClusterMetadata,
  leaders: ReadonlyMap<TopicPartition, PartitionLeader>,
): MetadataResponse {
  const brokers = new Set<BrokerId>();
  const topics = (request.topics ?? topicsOf(leaders)).map((topic) => {
    const partitions: MetadataResponse['topics'][number]['partitions'][number][] = [];
    for (let partition = 0; ; partition += 1) {
      const name = `${topic}-${partition}`;
      const leaderId = metadata.leaderOf(name);
      if (leaderId === null) break;
      if (metadata.isAlive(leaderId)) brokers.add(leaderId);
      partitions.push({ partition, leaderId, leaderEpoch: leaders.get(name)?.leaderEpoch ?? NONE });
    }
    const known = partitions.length > 0;
    return {
      topic,
      errorCode: known ? ('NONE' as const) : ('UNKNOWN_TOPIC_OR_PARTITION' as const),
      partitions,
    };
  });
  return { brokers: [...brokers].sort((left, right) => left - right), topics };
}

function topicsOf(leaders: ReadonlyMap<TopicPartition, PartitionLeader>): string[] {
  return [...new Set([...leaders.keys()].map((name) => topicPartitionParts(name).topic))];
}
