/** The data partitions of a topology, by name, in order. */

import type { TopicPartition } from '../../protocol/ids.ts';
import type { Topology } from '../../reports/evidence/scenario.ts';

export function partitionsOfTopology(topology: Topology): readonly TopicPartition[] {
  return Object.entries(topology.topics).flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, index) => `${topic}-${index}`),
  );
}
