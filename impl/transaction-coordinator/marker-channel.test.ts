/** Numbers and names are those of TransactionMarkerChannelManagerTest and …RequestCompletionHandlerTest in the conformance checklist. */

import { describe, expect, test } from 'vitest';
import { Bench, ID, ID_PARTITION, record } from './scripted-coordinator.ts';

function prepared(partitions: readonly string[], arrange?: (bench: Bench) => void): Bench {
  const bench = new Bench({
    log: [record({ transactionStatus: 'Ongoing', transactionPartitions: partitions })],
  });
  arrange?.(bench);
  bench.end([7, 0], 'COMMIT');
  return bench;
}

const outstanding = (bench: Bench) => bench.coordinator.snapshot(ID)?.outstandingMarkers;

describe('sending (TransactionMarkerChannelManager)', () => {
  test('183 shouldGenerateRequestPerPartitionPerBroker', () => {
    const bench = prepared(['a-0', 'b-0', 'c-0'], ({ leaders }) => leaders.set('c-0', 1));
    expect(bench.marking()).toEqual([
      '1: COMMIT (7,1) tv2 epoch 1 a-0 c-0',
      '2: COMMIT (7,1) tv2 epoch 1 b-0',
    ]);
  });

  test('one request at a time to a broker, with all that has queued up meanwhile', () => {
    const bench = prepared(['a-0']);
    for (const transactionalId of ['x', 'y']) {
      bench.init([-1, -1], 5, { transactionalId });
      const { producerId } = bench.coordinator.snapshot(transactionalId)!;
      const transaction = { transactionalId, producerId, producerEpoch: 0 };
      bench.ask({
        api: 'AddPartitionsToTxn',
        apiVersion: 5,
        body: { transactions: [{ ...transaction, verifyOnly: false, partitions: ['a-0'] }] },
      });
      bench.ask({ api: 'EndTxn', apiVersion: 5, body: { ...transaction, committed: true } });
    }
    expect(bench.marking()).toEqual(['1: COMMIT (7,1) tv2 epoch 1 a-0']);
    bench.answerMarkers();
    expect(bench.sent).toHaveLength(1);
    expect(bench.sent[0]?.markers).toHaveLength(2);
  });

  test('184 shouldSkipSendMarkersWhenLeaderNotFound: a partition without a leader is deleted', () => {
    const bench = prepared(['a-0', 'b-0'], ({ leaders }) => leaders.delete('b-0'));
    expect(outstanding(bench)).toEqual(['a-0']);
    bench.answerMarkers();
    expect(bench.logged().at(-1)).toBe('CompleteCommit (7,1)');
    const nothingLeft = prepared(['b-0'], ({ leaders }) => leaders.delete('b-0'));
    expect(nothingLeft.logged().at(-1)).toBe('CompleteCommit (7,1)');
  });

  test('185 shouldSaveForLaterWhenLeaderUnknownButNotAvailable', () => {
    const bench = prepared(['a-0'], ({ dead }) => dead.add(1));
    bench.advance(1_000);
    expect(bench.marking()).toEqual([]);
    bench.leaders.set('a-0', 2);
    bench.advance(100);
    expect(bench.marking()).toEqual(['2: COMMIT (7,1) tv2 epoch 1 a-0']);
  });

  test('104, 186 shouldRemoveMarkersForTxnPartitionWhenPartitionEmigrated', () => {
    const bench = prepared(['a-0'], ({ dead }) => dead.add(1));
    bench.coordinator.onResignation(ID_PARTITION, 2);
    bench.dead.clear();
    bench.advance(1_000);
    expect(bench.marking()).toEqual([]);
  });
});

test('an election drops what an earlier term was sending, also if the transaction is complete by now', () => {
  const bench = prepared(['a-0'], ({ dead }) => dead.add(1));
  bench.log.push(record({ producerEpoch: 1, transactionStatus: 'CompleteCommit' }));
  bench.coordinator.onElection(ID_PARTITION, 2);
  bench.dead.clear();
  bench.advance(1_000);
  expect(bench.marking()).toEqual([]);
});

test('what is queued behind a request in flight is not sent after a resignation', () => {
  const bench = prepared(['a-0', 'b-0']);
  bench.sent.find(({ broker }) => broker === 2)!.answer('NOT_LEADER_OR_FOLLOWER');
  bench.leaders.set('b-0', 1);
  bench.advance(100);
  bench.coordinator.onResignation(ID_PARTITION, 2);
  bench.answerMarkers();
  expect(bench.marking()).toEqual([]);
});

test('markers of another term than the one that sends them are not followed up', () => {
  const bench = new Bench({
    decisions: { resumedCoordinatorEpoch: (electedAt) => electedAt - 1 },
    log: [record({ transactionStatus: 'PrepareCommit', transactionPartitions: ['a-0'] })],
  });
  bench.answerMarkers();
  expect(outstanding(bench)).toEqual([]);
  expect(bench.cached()).toBe('PrepareCommit (7,0) last -1 pending CompleteCommit');
});

describe('answers (TransactionMarkerRequestCompletionHandler)', () => {
  test.each([
    ['199 shouldCompleteDelayedOperationWhenNoErrors', 'NONE', 'done'],
    ['205 …OnUnsupportedForMessageFormat', 'UNSUPPORTED_FOR_MESSAGE_FORMAT', 'done'],
    ['205 likewise', 'UNSUPPORTED_VERSION', 'done'],
    ['192 shouldReEnqueuePartitionsWhenBrokerDisconnected', null, 'again'],
    ['200', 'UNKNOWN_TOPIC_OR_PARTITION', 'again'],
    ['201', 'NOT_LEADER_OR_FOLLOWER', 'again'],
    ['202', 'NOT_ENOUGH_REPLICAS', 'again'],
    ['203', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'again'],
    ['a time-out', 'REQUEST_TIMED_OUT', 'again'],
    ['204', 'KAFKA_STORAGE_ERROR', 'again'],
    [
      '197 shouldCompleteDelayedOperationWhenInvalidProducerEpoch',
      'INVALID_PRODUCER_EPOCH',
      'stop',
    ],
    [
      '198 shouldCompleteDelayedOperationWhenCoordinatorEpochFenced',
      'TRANSACTION_COORDINATOR_FENCED',
      'stop',
    ],
  ] as const)('%s: %s, then %s', (_name, errorCode, then) => {
    const bench = prepared(['a-0', 'b-0']);
    bench.sent[0]!.answer(errorCode);
    expect(outstanding(bench)).toEqual({ done: ['b-0'], again: ['a-0', 'b-0'], stop: [] }[then]);
    bench.leaders.set('a-0', 3);
    bench.advance(100);
    const again = then === 'again' ? ['3: COMMIT (7,1) tv2 epoch 1 a-0'] : [];
    expect(bench.marking()).toEqual(['2: COMMIT (7,1) tv2 epoch 1 b-0', ...again]);
    bench.answerMarkers();
    const isComplete = bench.logged().at(-1) === 'CompleteCommit (7,1)';
    expect(isComplete).toBe(then !== 'stop');
    expect(bench.add([7, 1], ['a-0'])).toBe(then === 'stop' ? 'CONCURRENT_TRANSACTIONS' : 'NONE');
  });

  test('197 whatever counts as fully marked, a transaction that someone else decides now is not completed', () => {
    const bench = new Bench({
      decisions: { isFullyMarked: (outstanding, all) => outstanding.length < all.length },
      log: [record({ transactionStatus: 'Ongoing', transactionPartitions: ['a-0', 'b-0'] })],
    });
    bench.leaders.set('b-0', 1);
    bench.end([7, 0], 'COMMIT');
    bench.sent[0]!.answer({ 'a-0': 'NONE', 'b-0': 'INVALID_PRODUCER_EPOCH' });
    expect(bench.logged().at(-1)).toBe('PrepareCommit (7,1) a-0 b-0');
  });

  test('193 an answer that no leader may give is a bug', () => {
    const bench = prepared(['a-0']);
    expect(() => bench.sent[0]!.answer('CORRUPT_MESSAGE')).toThrow('CORRUPT_MESSAGE');
  });

  test.each([
    ['194 shouldCompleteDelayedOperationWhenNotCoordinator', 'resigned', []],
    ['195 shouldCompleteDelayedOperationWhenCoordinatorLoading', 'loading', []],
    ['196 shouldCompleteDelayedOperationWhenCoordinatorEpochChanged', 'loaded', ['a-0']],
  ] as const)('%s: the answer counts for nothing', (_name, term, left) => {
    const bench = prepared(['a-0']);
    const [old] = bench.sent.splice(0);
    if (term === 'resigned') bench.coordinator.onResignation(ID_PARTITION, 2);
    else bench.coordinator.onElection(ID_PARTITION, 2);
    if (term === 'loaded') bench.advance(0);
    const before = bench.log.length;
    old!.answer('NONE');
    expect(bench.log).toHaveLength(before);
    expect(outstanding(bench) ?? []).toEqual(left);
  });
});

describe('completion (TransactionMarkerChannelManager.maybeWriteTxnCompletion)', () => {
  test('187 shouldCompleteAppendToLogOnEndTxnWhenSendMarkersSucceed: all markers, not any', () => {
    const bench = prepared(['a-0', 'b-0']);
    bench.sent[0]!.answer('NONE');
    expect(bench.logged().at(-1)).toBe('PrepareCommit (7,1) a-0 b-0');
    bench.sent[0]!.answer('NONE');
    expect(bench.logged().at(-1)).toBe('CompleteCommit (7,1)');
  });

  function completing(): Bench {
    const bench = prepared(['a-0']);
    bench.replicatesAtOnce = false;
    bench.answerMarkers();
    return bench;
  }

  test('188 shouldAbortAppendToLogOnEndTxnWhenNotCoordinatorError', () => {
    const bench = completing();
    bench.replicate('NOT_LEADER_OR_FOLLOWER');
    bench.advance(1_000);
    expect(bench.log).toHaveLength(3);
  });

  test('165, 189 shouldRetryAppendToLogOnEndTxnWhenCoordinatorNotAvailableError: the transition stays pending', () => {
    const bench = completing();
    bench.replicate('NOT_ENOUGH_REPLICAS');
    expect(bench.cached()).toBe('PrepareCommit (7,1) last 0 pending CompleteCommit');
    bench.advance(100);
    bench.replicate();
    expect(bench.cached()).toBe('CompleteCommit (7,1) last 0');
    expect(bench.log).toHaveLength(4);
  });

  test('a completion that is retried gives up when the partition moves away', () => {
    const bench = completing();
    bench.replicate('NOT_ENOUGH_REPLICAS');
    bench.coordinator.onResignation(ID_PARTITION, 2);
    bench.advance(1_000);
    expect(bench.log).toHaveLength(3);
  });

  test('190 shouldOnlyWriteTxnCompletionOnce (KAFKA-10080)', () => {
    const bench = completing();
    bench.advance(1_000);
    bench.replicate();
    bench.advance(1_000);
    expect(bench.logged().filter((text) => text.startsWith('CompleteCommit'))).toHaveLength(1);
  });

  test('191 shouldNotLoseTxnCompletionAfterLoad (KAFKA-16352)', () => {
    const bench = prepared(['a-0']);
    const [old] = bench.sent.splice(0);
    bench.coordinator.onElection(ID_PARTITION, 2);
    bench.advance(0);
    old!.answer('INVALID_PRODUCER_EPOCH');
    expect(bench.marking()).toEqual(['1: COMMIT (7,1) tv2 epoch 2 a-0']);
    bench.answerMarkers();
    expect(bench.logged().at(-1)).toBe('CompleteCommit (7,1)');
  });
});
