/** What a schema cannot say of a scenario: its steps name producers and partitions that its topology has. */

import { CONSUMER_OFFSETS_TOPIC, TRANSACTION_STATE_TOPIC } from '../../protocol/limits.ts';
import type { Scenario, Step, Topology } from './scenario.ts';

export interface Incoherence {
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

/** What readers that consume for a group are asked of; the simulation has one partition of it. */
const OFFSETS_PARTITION = `${CONSUMER_OFFSETS_TOPIC}-0`;

/** The first step or application that names something unknown, or null. */
export function incoherence({ topology, steps }: Scenario): Incoherence | null {
  const producers = topology.producers.map((producer) => producer.name);
  const partitions = Object.entries(topology.topics).flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, index) => `${topic}-${index}`),
  );
  const input = incoherentInput(topology, partitions);
  if (input !== null) return input;
  const applications = topology.producers.filter(({ consumes }) => consumes !== undefined);
  const consuming = applications.map(({ name }) => name);
  const ofMessages = applications.length > 0 ? [...partitions, OFFSETS_PARTITION] : partitions;
  for (const [index, step] of steps.entries()) {
    const where = `steps[${index}]`;
    const known = isOfApplication(step) ? consuming : producers;
    const producer = producerOf(step);
    if (producer !== null && !known.includes(producer)) {
      const what = isOfApplication(step) ? 'a producer that consumes' : 'a producer';
      return unknownName(where, what, known, producer);
    }
    const partition = 'partition' in step ? step.partition : undefined;
    const possible = partitionsFor(step, topology, partitions, ofMessages);
    if (partition !== undefined && !possible.includes(partition)) {
      return unknownName(where, 'a partition', possible, partition);
    }
  }
  return null;
}

function partitionsFor(
  step: Step,
  { transactionStatePartitions }: Topology,
  partitions: readonly string[],
  ofMessages: readonly string[],
): readonly string[] {
  if (step.do === 'fail-append') {
    return Array.from(
      { length: transactionStatePartitions },
      (_, index) => `${TRANSACTION_STATE_TOPIC}-${index}`,
    );
  }
  return 'api' in step ? ofMessages : partitions;
}

function incoherentInput(topology: Topology, partitions: readonly string[]): Incoherence | null {
  for (const [index, { name, transactional, consumes: reads }] of topology.producers.entries()) {
    const where = `topology.producers[${index}]`;
    if (reads !== undefined && !transactional) {
      const found = `"${name}", which is not`;
      return { where, expected: 'a producer that consumes to be transactional', found };
    }
    for (const partition of reads?.partitions ?? []) {
      if (!partitions.includes(partition)) {
        return unknownName(`${where}.consumes`, 'a partition', partitions, partition);
      }
    }
  }
  return null;
}

/** Whether a step drives an application that consumes. */
export function isOfApplication(step: Step): boolean {
  switch (step.do) {
    case 'join':
    case 'consume':
    case 'transform':
    case 'send-offsets':
    case 'commit-offsets':
      return true;
    default:
      return false;
  }
}

function producerOf(step: Step): string | null {
  if ('producer' in step) return step.producer;
  const instance = 'instance' in step ? step.instance : 'from' in step ? step.from : null;
  const [producer, ordinal] = instance?.split('#') ?? [];
  return producer === undefined || ordinal === undefined ? null : producer;
}

function unknownName(
  where: string,
  what: string,
  known: readonly string[],
  found: string,
): Incoherence {
  return {
    where,
    expected: `${what} of the topology (${known.join(', ') || 'none'})`,
    found: `"${found}"`,
  };
}
