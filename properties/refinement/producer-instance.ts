/** The abstraction function of a producer instance: which of its fields the model sees, and what they have to be. */

import type { Producer } from '../../impl/producer/producer.ts';
import { NO_SEQUENCE, type Sequence, type TopicPartition } from '../../protocol/ids.ts';
import type { ProducerContext } from '../../model/producer-state.ts';
import type { SpecifiedProducer } from './producer-specified.ts';
import type { ProducerTwin } from './producer-twin.ts';

/** What both sides have, in one form. */
export interface VisibleProducer {
  readonly state: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly transactionStarted: boolean;
  readonly epochBumpRequired: boolean;
  /** Before transaction version 2: partitions that the coordinator added. */
  readonly added: readonly TopicPartition[];
  /** Of each partition: the next sequence, whatever is in flight. */
  readonly nextSequences: readonly number[];
}

/** What of the reference's producer and of the model's is not compared as a state, and why. */
export const HIDDEN: Readonly<Record<string, string>> = {
  outstanding: 'shows in which request is sent, and when',
  pendingPartitions: 'shows in the partitions of the next AddPartitionsToTxn',
  batches: 'shows in what is sent, and in what the application is told',
  records: 'names of records; an answer tells which one it is about',
  told: 'compared with what the application is told',
  lastError: 'shows in what the application is told',
  coordinators: "the model's connections are there (TransactionManager.lookupCoordinator)",
  lastAckedSequence: 'shows in which batch is sent again',
  deadlines: 'time is the choice of the implementation; that a batch is given up is an event',
};

export function abstractProducer(
  producer: Producer,
  partitions: readonly TopicPartition[],
): VisibleProducer {
  const { state, identity, transactionStarted, isEpochBumpRequired, config, sender } = producer;
  const { added } = producer.partitions;
  return {
    state,
    ...identity,
    transactionStarted,
    epochBumpRequired: isEpochBumpRequired,
    added: config.transactionVersion === 2 ? [] : partitions.filter((name) => added.includes(name)),
    nextSequences: partitions.map(
      (name) => sender.partitions.find(({ partition }) => partition === name)?.nextSequence ?? 0,
    ),
  };
}

export function visibleProducer(
  twin: ProducerTwin,
  model: SpecifiedProducer,
  partitions: readonly TopicPartition[],
): VisibleProducer {
  const { value, identity, context } = twin;
  const { transactionStarted, epochBumpRequired, addedPartitions } = context;
  return {
    state: value,
    ...identity,
    transactionStarted: transactionStarted === 1,
    epochBumpRequired: epochBumpRequired === 1,
    added: partitions.filter((_, partition) => (addedPartitions & (1 << partition)) !== 0),
    nextSequences: partitions.map((_, partition) => specifiedNext(twin, model, partition)),
  };
}

/** Whether nothing differs that the model knows: after a fatal error it knows no more. */
export function isAsSpecified(
  producer: Producer,
  twin: ProducerTwin,
  model: SpecifiedProducer,
  partitions: readonly TopicPartition[],
): boolean {
  const { context, identity } = twin;
  if (producer.state !== twin.value) return false;
  if (twin.value === 'FatalError') return true;
  return (
    producer.identity.producerId === identity.producerId &&
    producer.identity.producerEpoch === identity.producerEpoch &&
    producer.transactionStarted === (context.transactionStarted === 1) &&
    (model.mayResolve || producer.isEpochBumpRequired === (context.epochBumpRequired === 1)) &&
    (producer.config.transactionVersion === 2 || areAdded(producer, context, partitions)) &&
    areNext(producer, twin, model, partitions)
  );
}

function areAdded(
  { partitions: { added } }: Producer,
  { addedPartitions }: ProducerContext,
  partitions: readonly TopicPartition[],
): boolean {
  let count = 0;
  for (const [partition, name] of partitions.entries()) {
    if ((addedPartitions & (1 << partition)) === 0) continue;
    count += 1;
    if (!added.includes(name)) return false;
  }
  return added.length === count;
}

function areNext(
  { sender }: Producer,
  twin: ProducerTwin,
  model: SpecifiedProducer,
  partitions: readonly TopicPartition[],
): boolean {
  return sender.partitions.every(
    ({ partition, nextSequence }) =>
      nextSequence === specifiedNext(twin, model, partitions.indexOf(partition)),
  );
}

/** The sequence after all that were sent. */
function specifiedNext(
  twin: ProducerTwin,
  { batches }: SpecifiedProducer,
  partition: number,
): Sequence {
  const assigned = twin.context.assigned[partition]!;
  const following =
    assigned === NO_SEQUENCE
      ? twin.nextSequence(partition)
      : twin.sequence(partition, assigned) + 1;
  return batches.nextSequence(partition, following);
}

/** The fields that differ. `mayResolve`: whether an epoch bump is due shows later. */
export function producerDifferences(
  expected: VisibleProducer,
  found: VisibleProducer,
  mayResolve: boolean,
): readonly (keyof VisibleProducer)[] {
  const names = Object.keys(expected) as (keyof VisibleProducer)[];
  return names.filter(
    (name) =>
      !(mayResolve && name === 'epochBumpRequired') &&
      JSON.stringify(expected[name]) !== JSON.stringify(found[name]),
  );
}
