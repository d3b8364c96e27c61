/** Numbers and names are those of TransactionStateManagerTest in the conformance checklist. */

import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TransactionState } from '../../protocol/states.ts';
import { Bench, ID, ID_PARTITION, record } from './scripted-coordinator.ts';

const ONGOING = { transactionStatus: 'Ongoing', transactionPartitions: ['a-0'] } as const;

function benchWaiting(): Bench {
  return new Bench({ log: [record(ONGOING)], replicatesAtOnce: false });
}

/** Asks to add `b-0` and ends the append as told. */
function added(bench: Bench, end: (bench: Bench) => void): string | undefined {
  const asked = bench.ask({
    api: 'AddPartitionsToTxn',
    apiVersion: 5,
    body: {
      transactions: [
        {
          transactionalId: ID,
          producerId: 7,
          producerEpoch: 0,
          verifyOnly: false,
          partitions: ['b-0'],
        },
      ],
    },
  });
  end(bench);
  return asked.answer?.results[0]?.partitions[0]?.errorCode;
}

describe('append (TransactionStateManager.appendTransactionToLog)', () => {
  test('160 testCompleteTransitionWhenAppendSucceeded', () => {
    const bench = benchWaiting();
    added(bench, () => {
      expect(bench.cached()).toBe('Ongoing (7,0) last -1 pending Ongoing');
      expect(bench.metadata.topicPartitions).toEqual(['a-0']);
      bench.replicate();
    });
    expect(bench.metadata.topicPartitions).toEqual(['a-0', 'b-0']);
  });

  test.each([
    [
      '161 testAppendFailToCoordinatorNotAvailableError',
      'UNKNOWN_TOPIC_OR_PARTITION',
      'COORDINATOR_NOT_AVAILABLE',
    ],
    ['161', 'NOT_ENOUGH_REPLICAS', 'COORDINATOR_NOT_AVAILABLE'],
    ['161', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'COORDINATOR_NOT_AVAILABLE'],
    ['161', 'REQUEST_TIMED_OUT', 'COORDINATOR_NOT_AVAILABLE'],
    ['162 testAppendFailToNotCoordinatorError', 'NOT_LEADER_OR_FOLLOWER', 'NOT_COORDINATOR'],
    ['162', 'KAFKA_STORAGE_ERROR', 'NOT_COORDINATOR'],
    ['164 testAppendFailToUnknownError', 'MESSAGE_TOO_LARGE', 'UNKNOWN_SERVER_ERROR'],
    ['other codes stay', 'CORRUPT_MESSAGE', 'CORRUPT_MESSAGE'],
  ] as const)('%s: %s', (_name, appended: ErrorCode, answer) => {
    const bench = benchWaiting();
    expect(added(bench, () => bench.replicate(appended))).toBe(answer);
    expect(bench.cached()).toBe('Ongoing (7,0) last -1');
    expect(bench.metadata.topicPartitions).toEqual(['a-0']);
  });

  test('the record says null for the partitions of Empty, and only of Empty (TransactionLog)', () => {
    const bench = new Bench();
    bench.init();
    bench.add([7, 0], ['a-0']);
    bench.end([7, 0], 'COMMIT');
    bench.answerMarkers();
    const partitions = bench.log.map(({ value }) => value?.transactionPartitions);
    expect(partitions).toEqual([null, ['a-0'], ['a-0'], []]);
  });

  test('163 testAppendFailToCoordinatorLoadingError', () => {
    const bench = benchWaiting();
    const end = () => {
      bench.coordinator.onElection(ID_PARTITION, 2);
      bench.replicate();
    };
    expect(added(bench, end)).toBe('COORDINATOR_LOAD_IN_PROGRESS');
  });

  test('162, 166 an append of an older term is not applied to a later one', () => {
    const bench = benchWaiting();
    const end = () => {
      bench.coordinator.onElection(ID_PARTITION, 2);
      bench.advance(0);
      bench.replicate();
    };
    expect(added(bench, end)).toBe('NOT_COORDINATOR');
    expect(bench.metadata.topicPartitions).toEqual(['a-0', 'b-0']);
    expect(bench.metadata.pendingState).toBeNull();
  });

  test('162 an append that ends after the partition moved away', () => {
    const bench = benchWaiting();
    const end = () => {
      bench.coordinator.onResignation(ID_PARTITION, 2);
      bench.replicate();
    };
    expect(added(bench, end)).toBe('NOT_COORDINATOR');
  });
});

describe('election and load (TransactionStateManager.loadTransactionsForTxnTopicPartition)', () => {
  test('153 testLoadAndRemoveTransactionsForPartition: the last record of an id counts, and a tombstone', () => {
    const bench = new Bench({
      log: [
        record({}),
        { key: { transactionalId: 'expired' }, value: record({}).value },
        record({ ...ONGOING, producerEpoch: 5 }),
        { key: { transactionalId: 'expired' }, value: null },
      ],
    });
    expect(bench.cached()).toBe('Ongoing (7,5) last -1');
    expect(bench.coordinator.transactionalIds()).toEqual([ID]);
    bench.coordinator.onResignation(ID_PARTITION, 2);
    expect(bench.coordinator.snapshot(ID)).toBeNull();
    expect(bench.init()).toBe('NOT_COORDINATOR');
  });

  test('a load takes everything from the record, and the last epoch from nowhere', () => {
    const bench = new Bench({
      log: [record({ ...ONGOING, nextProducerId: 8, previousProducerId: 6 })],
    });
    expect(bench.coordinator.snapshot(ID)).toEqual({
      transactionalId: ID,
      partition: ID_PARTITION,
      coordinatorEpoch: 1,
      isLoading: false,
      state: 'Ongoing',
      pendingState: null,
      producerId: 7,
      previousProducerId: 6,
      nextProducerId: 8,
      producerEpoch: 0,
      lastProducerEpoch: -1,
      transactionTimeoutMs: 60_000,
      topicPartitions: ['a-0'],
      startTimestampMs: 500,
      lastUpdateTimestampMs: 500,
      clientTransactionVersion: 2,
      hasFailedEpochFence: false,
      outstandingMarkers: [],
    });
  });

  test.each([
    ['158 shouldWriteTxnMarkersForTransactionInPreparedCommitState', 'PrepareCommit', 'COMMIT'],
    ['159 shouldWriteTxnMarkersForTransactionInPreparedAbortState', 'PrepareAbort', 'ABORT'],
  ] as const)('%s, under the new term', (_name, transactionStatus, result) => {
    const bench = new Bench({
      log: [record({ producerEpoch: 1, transactionStatus, transactionPartitions: ['a-0', 'b-0'] })],
    });
    expect(bench.marking()).toEqual([
      `1: ${result} (7,1) tv2 epoch 1 a-0`,
      `2: ${result} (7,1) tv2 epoch 1 b-0`,
    ]);
    expect(bench.coordinator.snapshot(ID)?.outstandingMarkers).toEqual(['a-0', 'b-0']);
    bench.answerMarkers();
    expect(bench.logged().at(-1)).toBe(`${transactionStatus.replace('Prepare', 'Complete')} (7,1)`);
  });

  test.each([
    ['151 testDeleteLoadingPartition', null],
    ['152 testMakeFollowerLoadingPartition', 3],
  ] as const)('%s: nothing is installed', (_name, resignedAt) => {
    const bench = new Bench();
    bench.log.push(record({ transactionStatus: 'PrepareCommit', transactionPartitions: ['a-0'] }));
    bench.coordinator.onElection(ID_PARTITION, 2);
    bench.coordinator.onResignation(ID_PARTITION, resignedAt);
    bench.advance(0);
    expect(bench.init()).toBe('NOT_COORDINATOR');
    expect(bench.marking()).toEqual([]);
  });

  test.each([
    ['a later epoch', 3],
    ['the same epoch', 2],
  ])('a resignation ends no load of %s (removeLoadingPartitionWithEpoch)', (_name, electedAt) => {
    const bench = new Bench({ log: [record(ONGOING)] });
    bench.coordinator.onElection(ID_PARTITION, electedAt);
    bench.coordinator.onResignation(ID_PARTITION, 2);
    bench.advance(0);
    expect(bench.cached()).toBe('Ongoing (7,0) last -1');
  });

  test('a load takes its time, and reads what was logged by its end', () => {
    const bench = new Bench({ config: { loadMs: 200 } });
    bench.advance(199);
    expect(bench.init()).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    bench.log.push(record({ producerEpoch: 9 }));
    bench.advance(1);
    expect(bench.init()).toBe('NONE (7,10)');
  });

  test('154 testSuccessfulReimmigration: a second election replaces the term', () => {
    const bench = new Bench({ log: [record({})] });
    bench.log.push(record({ producerEpoch: 9 }));
    bench.coordinator.onElection(ID_PARTITION, 2);
    expect(bench.init()).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    bench.advance(0);
    expect(bench.coordinator.snapshot(ID)).toMatchObject({ coordinatorEpoch: 2, producerEpoch: 9 });
  });

  test('150 testDeletePartition: the other partitions stay', () => {
    const bench = new Bench({ log: [record({})] });
    bench.coordinator.onResignation((ID_PARTITION + 1) % 4, null);
    expect(bench.init()).toBe('NONE (7,1)');
  });

  test('an open transaction keeps its start over a failover, so the timeout goes on', () => {
    const bench = new Bench({ log: [record(ONGOING)] });
    bench.coordinator.start();
    bench.advance(50_000);
    bench.coordinator.onElection(ID_PARTITION, 2);
    bench.advance(10_000);
    expect(bench.logged().at(-1)).toBe('PrepareAbort (7,1) a-0');
  });
});

describe('expiration (TransactionStateManager.removeExpiredTransactionalIds)', () => {
  /** Last updated at 500; expires after 10 s; the check comes every hour. */
  function expiring(transactionStatus: TransactionState): Bench {
    const bench = new Bench({
      config: { transactionalIdExpirationMs: 10_000 },
      log: [record({ transactionStatus, transactionPartitions: null })],
    });
    bench.metadata.state = transactionStatus;
    bench.metadata.pendingState = null;
    bench.coordinator.start();
    return bench;
  }

  test.each([
    ['169 shouldRemoveEmptyExpiredTransactionalIds', 'Empty'],
    ['170 shouldRemoveCompleteCommitExpiredTransactionalIds', 'CompleteCommit'],
    ['171 shouldRemoveCompleteAbortExpiredTransactionalIds', 'CompleteAbort'],
  ] as const)('%s', (_name, state) => {
    const bench = expiring(state);
    bench.advance(3_600_000);
    expect(bench.logged().at(-1)).toBe('tombstone');
    expect(bench.coordinator.transactionalIds()).toEqual([]);
    expect(bench.end([7, 0], 'COMMIT')).toBe('INVALID_PRODUCER_ID_MAPPING');
  });

  test.each([
    ['172 shouldNotRemoveOngoingTransactionalIds', 'Ongoing'],
    ['173 shouldNotRemovePrepareCommitTransactionalIds', 'PrepareCommit'],
    ['174 shouldNotRemovePrepareAbortTransactionalIds', 'PrepareAbort'],
  ] as const)('%s', (_name, state) => {
    const bench = expiring(state);
    bench.metadata.transactionTimeoutMs = 2_147_483_647;
    bench.advance(3_600_000);
    expect(bench.coordinator.transactionalIds()).toEqual([ID]);
  });

  test.each([
    ['within the expiration stays', 9_999, [ID]],
    ['exactly that long ago is removed', 10_000, []],
  ])('an id used %s', (_name, agoMs, left) => {
    const bench = expiring('Empty');
    bench.metadata.lastUpdateTimestampMs = 3_601_000 - agoMs;
    bench.advance(3_600_000);
    expect(bench.coordinator.transactionalIds()).toEqual(left);
  });

  test('175 shouldNotRemoveExpiredTransactionalIdsIfLogAppendFails', () => {
    const bench = expiring('Empty');
    bench.replicatesAtOnce = false;
    bench.advance(3_600_000);
    expect(bench.init()).toBe('CONCURRENT_TRANSACTIONS');
    bench.replicate('NOT_ENOUGH_REPLICAS');
    bench.replicatesAtOnce = true;
    expect(bench.init()).toBe('NONE (7,1)');
  });

  test('179 testTransactionExpirationShouldNotFailWithUninitializedTransactionMetadata', () => {
    const bench = expiring('Empty');
    bench.metadata.producerEpoch = -1;
    bench.advance(3_600_000);
    expect(bench.coordinator.transactionalIds()).toEqual([]);
  });
});
