/** What follows from a topology: data partitions by name, groups, transactional ids that were used before. */

import type { UsedIds } from '../../impl/simulation/used-ids.ts';
import type { TopicPartition } from '../../protocol/ids.ts';
import type { Topology } from '../../reports/evidence/scenario.ts';

export function partitionsOfTopology(topology: Topology): readonly TopicPartition[] {
  const partitions: TopicPartition[] = [];
  for (const [topic, count] of Object.entries(topology.topics)) {
    for (let index = 0; index < count; index += 1) partitions.push(`${topic}-${index}`);
  }
  return partitions;
}

/** The groups that applications of a topology are in, by name, each with all that its members read. */
export function groupsOfTopology({
  producers,
}: Topology): ReadonlyMap<string, readonly TopicPartition[]> {
  const groups = new Map<string, readonly TopicPartition[]>();
  for (const { consumes } of producers) {
    if (consumes === undefined) continue;
    const known = groups.get(consumes.group) ?? [];
    groups.set(consumes.group, [...new Set([...known, ...consumes.partitions])]);
  }
  return groups;
}

/** Null: no transactional id was used before the run. */
export function usedIdsOf(topology: Topology): UsedIds | null {
  const { usedProducerEpoch, transactionTimeoutMs, producers } = topology;
  if (usedProducerEpoch === undefined) return null;
  const transactionalIds = producers
    .filter(({ transactional }) => transactional)
    .map(({ name }) => name);
  return { transactionalIds, producerEpoch: usedProducerEpoch, transactionTimeoutMs };
}
