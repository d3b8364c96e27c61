import { describe, expect, test } from 'vitest';
import type { CoordinatorSnapshot } from '../../impl/transaction-coordinator/transaction-coordinator.ts';
import {
  initialContext,
  KAFKA_COORDINATOR_SCOPE,
} from '../../model/transaction-coordinator-state.ts';
import { ProducerIdAllocation } from './producer-id-allocation.ts';
import {
  abstract,
  differences,
  HIDDEN,
  PartitionBits,
  visible,
} from './transaction-coordinator.ts';

const SNAPSHOT: CoordinatorSnapshot = {
  transactionalId: 'A',
  partition: 3,
  coordinatorEpoch: 2,
  isLoading: false,
  state: 'PrepareCommit',
  pendingState: 'CompleteCommit',
  producerId: 7,
  previousProducerId: 7,
  nextProducerId: -1,
  producerEpoch: 1,
  lastProducerEpoch: 0,
  transactionTimeoutMs: 60_000,
  topicPartitions: ['a-0', 'b-0'],
  startTimestampMs: 5,
  lastUpdateTimestampMs: 9,
  clientTransactionVersion: 2,
  hasFailedEpochFence: false,
  outstandingMarkers: ['a-0', 'b-0'],
};

describe('the abstraction of a coordinator', () => {
  test('maps a snapshot to what the model would show', () => {
    const bits = new PartitionBits();
    const context = {
      ...initialContext(KAFKA_COORDINATOR_SCOPE),
      coordinatorEpoch: 2,
      producerId: 7,
      previousProducerId: 7,
      producerEpoch: 1,
      lastProducerEpoch: 0,
      partitions: 0b11,
      clientTransactionVersion: 2,
      pendingState: 'CompleteCommit',
      awaiting: 'Markers',
    } as const;
    const found = abstract(SNAPSHOT, { coordinatorEpoch: 2, isLoading: false }, bits);
    expect(found).toEqual(visible('PrepareCommit', context));
    expect(differences('PrepareCommit', context, found)).toEqual([]);
    expect(differences('PrepareAbort', { ...context, awaiting: 'Append' }, found)).toEqual([
      'value',
      'isMarking',
    ]);
  });

  test.each([
    [undefined, 'NotCoordinator', -1],
    [{ coordinatorEpoch: 4, isLoading: true }, 'Loading', -1],
    [{ coordinatorEpoch: 4, isLoading: false }, 'Absent', 4],
  ] as const)('without a snapshot, in the term %o, is %s', (term, value, coordinatorEpoch) => {
    expect(abstract(null, term, new PartitionBits())).toMatchObject({ value, coordinatorEpoch });
  });

  test('shows no change in what it hides, and each change in what it does not', () => {
    const term = { coordinatorEpoch: 2, isLoading: false };
    const changed: CoordinatorSnapshot = {
      transactionalId: 'B',
      partition: 4,
      coordinatorEpoch: 3,
      isLoading: true,
      state: 'PrepareAbort',
      pendingState: null,
      producerId: 8,
      previousProducerId: 8,
      nextProducerId: 8,
      producerEpoch: 2,
      lastProducerEpoch: 2,
      transactionTimeoutMs: 1,
      topicPartitions: ['b-0'],
      startTimestampMs: 1,
      lastUpdateTimestampMs: 1,
      clientTransactionVersion: 0,
      hasFailedEpochFence: true,
      outstandingMarkers: [],
    };
    const bits = new PartitionBits();
    const before = abstract(SNAPSHOT, term, bits);
    for (const field of Object.keys(SNAPSHOT) as (keyof CoordinatorSnapshot)[]) {
      const after = abstract({ ...SNAPSHOT, [field]: changed[field] }, term, bits);
      expect([field, JSON.stringify(after) === JSON.stringify(before)]).toEqual([
        field,
        field in HIDDEN,
      ]);
    }
  });

  test('numbers at most 31 partitions', () => {
    const bits = new PartitionBits();
    const names = Array.from({ length: 31 }, (_, index) => `a-${index}`);
    expect(bits.setOf(names)).toBe(0x7fff_ffff);
    expect(() => bits.bitOf('a-31')).toThrow(RangeError);
  });
});

describe('the allocation of producer ids', () => {
  test('gives each id of the allocated blocks once, and none only when none is left', () => {
    const allocation = new ProducerIdAllocation();
    expect(allocation.take(-1)).toBe(true);
    allocation.blockArrived(1_000);
    expect(allocation.take(-1)).toBe(false);
    expect([allocation.take(1_999), allocation.take(1_999), allocation.take(2_000)]).toEqual([
      true,
      false,
      false,
    ]);
    allocation.crashed();
    expect([allocation.take(1_000), allocation.take(-1)]).toEqual([false, true]);
  });
});
