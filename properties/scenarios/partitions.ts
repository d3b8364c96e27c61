/** The data partitions of a topology, by name, in order. */

import type { TopicPartition } from '../../protocol/ids.ts';
import type { Topology } from '../../reports/evidence/scenario.ts';

export function partitionsOfTopology(topology: Topology): readonly TopicPartition[] {
  return Object.entries(topology.topics).flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, index) => `${topic}-${index}`),
  );
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
