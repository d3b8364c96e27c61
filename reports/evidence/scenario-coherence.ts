/** What a schema cannot say of a scenario: its steps name producers and partitions that its topology has. */

import type { Scenario, Step } from './scenario.ts';

export interface Incoherence {
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

/** The first step that names something unknown, or null. */
export function incoherence(scenario: Scenario): Incoherence | null {
  const producers = scenario.topology.producers.map((producer) => producer.name);
  const partitions = Object.entries(scenario.topology.topics).flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, index) => `${topic}-${index}`),
  );
  for (const [index, step] of scenario.steps.entries()) {
    const producer = producerOf(step);
    if (producer !== null && !producers.includes(producer)) {
      return unknownName(index, 'a producer', producers, producer);
    }
    const partition = 'partition' in step ? step.partition : undefined;
    if (partition !== undefined && !partitions.includes(partition)) {
      return unknownName(index, 'a partition', partitions, partition);
    }
  }
  return null;
}

function producerOf(step: Step): string | null {
  if ('producer' in step) return step.producer;
  const instance = 'instance' in step ? step.instance : 'from' in step ? step.from : null;
  const [producer, ordinal] = instance?.split('#') ?? [];
  return producer === undefined || ordinal === undefined ? null : producer;
}

function unknownName(
  index: number,
  what: string,
  known: readonly string[],
  found: string,
): Incoherence {
  return {
    where: `steps[${index}]`,
    expected: `${what} of the topology (${known.join(', ')})`,
    found: `"${found}"`,
  };
}
