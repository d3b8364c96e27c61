/**
 * How the specification sees the reference's transaction coordinator.
 *
 * | model (CoordinatorContext)   | trace            | implementation (CoordinatorSnapshot)          |
 * | ---------------------------- | ---------------- | --------------------------------------------- |
 * | chart state                  | state            | state; no snapshot: Absent, Loading, NotCoordinator |
 * | coordinatorEpoch             |                  | coordinatorEpoch                              |
 * | producerId, producerEpoch    | id and epoch     | the same                                      |
 * | previousProducerId           |                  | previousProducerId                            |
 * | nextProducerId               |                  | nextProducerId                                |
 * | lastProducerEpoch            |                  | lastProducerEpoch                             |
 * | partitions (bits)            | partitions       | topicPartitions (names)                       |
 * | clientTransactionVersion     |                  | clientTransactionVersion                      |
 * | hasFailedEpochFence 0 or 1   |                  | hasFailedEpochFence                           |
 * | pendingState, None           | pending          | pendingState, null                            |
 * | awaiting = Markers           |                  | outstandingMarkers is not empty               |
 * | pendingProducerId and so on  | appended record  | in closures: compared as the record appended  |
 * | waiter                       | answer           | in closures: compared as the answer given     |
 *
 * One implementation step is a delivered request, a completed append, an answer to markers, a timer, or the death of
 * the process. A request is one model event for each transaction in it, an answer to markers one for each partition,
 * an election with its load one for each id. A timer is a stutter unless it shows an abort, an expiration or a load;
 * marker retries are stutters, since the model repeats a marker at once and without a clock.
 */

import type { CoordinatorSnapshot } from '../../impl/transaction-coordinator/transaction-coordinator.ts';
import type { TopicPartition } from '../../protocol/ids.ts';
import type { TransactionLogRecord } from '../../protocol/transaction-log.ts';
import type { PartitionSet, TransactionLogEntry } from '../../model/messages.ts';
import { NO_PARTITIONS, TRANSACTION_LOG_TOMBSTONE } from '../../model/messages.ts';
import type { CoordinatorContext } from '../../model/transaction-coordinator-state.ts';
import { NO_METADATA } from '../../model/transaction-coordinator-state.ts';
import type { transactionCoordinator } from '../../model/transaction-coordinator.machine.ts';
import type { StateValueFrom } from 'xstate';

export type ChartState = StateValueFrom<typeof transactionCoordinator>;

/** Bits for the partition names of one run, in the order of first sight. */
export class PartitionBits {
  readonly #bits = new Map<TopicPartition, PartitionSet>();

  setOf(partitions: readonly TopicPartition[]): PartitionSet {
    let set = NO_PARTITIONS;
    for (const partition of partitions) set |= this.bitOf(partition);
    return set;
  }

  bitOf(partition: TopicPartition): PartitionSet {
    let bit = this.#bits.get(partition);
    if (bit === undefined) {
      if (this.#bits.size === MAX_PARTITIONS) {
        throw new RangeError(`refinement numbers at most ${MAX_PARTITIONS} partitions of a run`);
      }
      bit = 1 << this.#bits.size;
      this.#bits.set(partition, bit);
    }
    return bit;
  }
}

/** A set is a non-negative int32. */
const MAX_PARTITIONS = 31;

type VisibleContext = Pick<
  CoordinatorContext,
  | 'coordinatorEpoch'
  | 'producerId'
  | 'previousProducerId'
  | 'nextProducerId'
  | 'producerEpoch'
  | 'lastProducerEpoch'
  | 'partitions'
  | 'clientTransactionVersion'
  | 'hasFailedEpochFence'
  | 'pendingState'
>;

/** What of the model's state the snapshot can show. */
export interface VisibleState extends VisibleContext {
  readonly value: ChartState;
  readonly isMarking: boolean;
}

/** Every field of the snapshot that `abstract` reads, and where it goes. */
const MAPPED = {
  state: 'value',
  isLoading: 'value',
  coordinatorEpoch: 'coordinatorEpoch',
  producerId: 'producerId',
  previousProducerId: 'previousProducerId',
  nextProducerId: 'nextProducerId',
  producerEpoch: 'producerEpoch',
  lastProducerEpoch: 'lastProducerEpoch',
  topicPartitions: 'partitions',
  clientTransactionVersion: 'clientTransactionVersion',
  hasFailedEpochFence: 'hasFailedEpochFence',
  pendingState: 'pendingState',
  outstandingMarkers: 'isMarking',
} as const satisfies Partial<Record<keyof CoordinatorSnapshot, keyof VisibleState>>;

/** Fields that the specification does not see, each with the reason. A field in neither table is a compile error. */
export const HIDDEN: Readonly<
  Record<Exclude<keyof CoordinatorSnapshot, keyof typeof MAPPED>, string>
> = {
  transactionalId: 'each machine stands for one transactional id',
  partition: 'placement: the composition decides which log holds the id',
  transactionTimeoutMs: 'the model has no clock; that a transaction timed out is an event',
  startTimestampMs: 'the model has no clock',
  lastUpdateTimestampMs: 'the model has no clock',
};

/** The snapshot as the model would show it. Without one the id is absent, still loading, or not this broker's. */
export function abstract(
  snapshot: CoordinatorSnapshot | null,
  term: { readonly coordinatorEpoch: number; readonly isLoading: boolean } | undefined,
  bits: PartitionBits,
): VisibleState {
  if (snapshot === null || snapshot.isLoading) {
    return { ...UNKNOWN, ...conditionOf(term) };
  }
  return {
    value: snapshot.state as ChartState,
    coordinatorEpoch: snapshot.coordinatorEpoch,
    producerId: snapshot.producerId,
    previousProducerId: snapshot.previousProducerId,
    nextProducerId: snapshot.nextProducerId,
    producerEpoch: snapshot.producerEpoch,
    lastProducerEpoch: snapshot.lastProducerEpoch,
    partitions: bits.setOf(snapshot.topicPartitions),
    clientTransactionVersion: snapshot.clientTransactionVersion,
    hasFailedEpochFence: snapshot.hasFailedEpochFence ? 1 : 0,
    pendingState: snapshot.pendingState ?? 'None',
    isMarking: snapshot.outstandingMarkers.length > 0,
  };
}

const UNKNOWN = {
  producerId: NO_METADATA.producerId,
  previousProducerId: NO_METADATA.previousProducerId,
  nextProducerId: NO_METADATA.nextProducerId,
  producerEpoch: NO_METADATA.producerEpoch,
  lastProducerEpoch: NO_METADATA.lastProducerEpoch,
  partitions: NO_METADATA.partitions,
  clientTransactionVersion: NO_METADATA.clientTransactionVersion,
  hasFailedEpochFence: NO_METADATA.hasFailedEpochFence,
  pendingState: NO_METADATA.pendingState,
  isMarking: false,
} as const;

function conditionOf(
  term: { readonly coordinatorEpoch: number; readonly isLoading: boolean } | undefined,
): Pick<VisibleState, 'value' | 'coordinatorEpoch'> {
  if (term === undefined) return { value: 'NotCoordinator', coordinatorEpoch: -1 };
  if (term.isLoading) return { value: 'Loading', coordinatorEpoch: -1 };
  return { value: 'Absent', coordinatorEpoch: term.coordinatorEpoch };
}

/** The names of the visible fields in which the model's state and the implementation's differ. */
export function differences(
  value: ChartState,
  context: CoordinatorContext,
  found: VisibleState,
): readonly (keyof VisibleState)[] {
  if (
    value === found.value &&
    context.coordinatorEpoch === found.coordinatorEpoch &&
    context.producerId === found.producerId &&
    context.previousProducerId === found.previousProducerId &&
    context.nextProducerId === found.nextProducerId &&
    context.producerEpoch === found.producerEpoch &&
    context.lastProducerEpoch === found.lastProducerEpoch &&
    context.partitions === found.partitions &&
    context.clientTransactionVersion === found.clientTransactionVersion &&
    context.hasFailedEpochFence === found.hasFailedEpochFence &&
    context.pendingState === found.pendingState &&
    (context.awaiting === 'Markers') === found.isMarking
  ) {
    return AGREED;
  }
  const expected = visible(value, context);
  return (Object.keys(found) as (keyof VisibleState)[]).filter(
    (field) => expected[field] !== found[field],
  );
}

const AGREED: readonly (keyof VisibleState)[] = [];

/** What of a model state the implementation's snapshot would show. */
export function visible(value: ChartState, context: CoordinatorContext): VisibleState {
  return {
    value,
    coordinatorEpoch: context.coordinatorEpoch,
    producerId: context.producerId,
    previousProducerId: context.previousProducerId,
    nextProducerId: context.nextProducerId,
    producerEpoch: context.producerEpoch,
    lastProducerEpoch: context.lastProducerEpoch,
    partitions: context.partitions,
    clientTransactionVersion: context.clientTransactionVersion,
    hasFailedEpochFence: context.hasFailedEpochFence,
    pendingState: context.pendingState,
    isMarking: context.awaiting === 'Markers',
  };
}

/** A record of `__transaction_state` as the model's log holds it. */
export function entryOf({ value }: TransactionLogRecord, bits: PartitionBits): TransactionLogEntry {
  if (value === null) return TRANSACTION_LOG_TOMBSTONE;
  return {
    state: value.transactionStatus,
    producerId: value.producerId,
    previousProducerId: value.previousProducerId,
    nextProducerId: value.nextProducerId,
    producerEpoch: value.producerEpoch,
    partitions: bits.setOf(value.transactionPartitions ?? []),
    clientTransactionVersion: value.clientTransactionVersion,
  };
}
