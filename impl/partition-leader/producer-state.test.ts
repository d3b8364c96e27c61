/** Producer state, sequences, epochs and markers of a partition: the rules of Kafka's own tests, by their names. */

import { describe, expect, test } from 'vitest';
import { LeaderBench } from './scripted-leader.ts';

/** [rule, script of `step => outcome`] */
type Rule = readonly [rule: string, script: string];

function check(rules: readonly Rule[]): void {
  test.each(rules)('%s', (_, script) => {
    const expected = script.trim().replaceAll(/^ +/gm, '');
    expect(new LeaderBench().run(expected)).toBe(expected);
  });
}

describe('sequences and epochs of idempotent batches (ProducerStateManagerTest)', () => {
  check([
    [
      'next accepted; gap, overlap and old epoch refused (testBasicIdMapping)',
      `i 1.0 @0 => at 0
       i 1.0 @1x3 => at 1
       i 1.0 @5 => OUT_OF_ORDER_SEQUENCE_NUMBER
       i 1.0 @3 => OUT_OF_ORDER_SEQUENCE_NUMBER
       i 1.1 @0 => at 4
       i 1.0 @4 => INVALID_PRODUCER_EPOCH
       producer 1 => epoch 1 last 0 window [0] open -1 coordinator -1`,
    ],
    [
      'after 2147483647 comes 0 (testProducerSequenceWrapAround)',
      `i 1.0 @2147483647 => at 0
       i 1.0 @0 => at 1`,
    ],
    [
      'a batch may span the wrap (testProducerSequenceWithWrapAroundBatchRecord)',
      `i 1.0 @2147483637x20 => at 0
       producer 1 => epoch 0 last 8 window [2147483637] open -1 coordinator -1
       i 1.0 @2147483637x20 => again at 0
       i 1.0 @9 => at 20`,
    ],
    [
      'after 2147483647, 1 is a gap (testProducerSequenceInvalidWrapAround)',
      `i 1.0 @2147483647 => at 0
       i 1.0 @1 => OUT_OF_ORDER_SEQUENCE_NUMBER`,
    ],
    [
      'a new epoch starts at sequence 0 (testRejectNonZeroSequenceForDirectEpochBump)',
      `i 1.0 @0 => at 0
       i 1.1 @1 => OUT_OF_ORDER_SEQUENCE_NUMBER
       i 1.1 @0 => at 1`,
    ],
    [
      'an unknown producer of TV1 may start anywhere (testAllowNonZeroSequenceForTransactionsV1WithEmptyState)',
      't1 1.0 @5 => at 0',
    ],
    [
      'an unknown producer of TV2 starts at 0 (testRejectNonZeroSequenceForTransactionsV2WithEmptyState)',
      `t2 1.0 @5 => OUT_OF_ORDER_SEQUENCE_NUMBER
       t2 1.0 @0 => at 0`,
    ],
    [
      'the last five batches are recognised, the sixth oldest is not (testDuplicateAppends)',
      `i 1.0 @0 => at 0
       i 1.0 @1x2 => at 1
       i 1.0 @3 => at 3
       i 1.0 @4 => at 4
       i 1.0 @5 => at 5
       i 1.0 @6 => at 6
       i 1.0 @1x2 => again at 1
       i 1.0 @6 => again at 6
       i 1.0 @0 => OUT_OF_ORDER_SEQUENCE_NUMBER
       i 1.0 @1 => OUT_OF_ORDER_SEQUENCE_NUMBER
       i 1.0 @6x2 => OUT_OF_ORDER_SEQUENCE_NUMBER
       log => 0:1.0@0 1:1.0@1 3:1.0@3 4:1.0@4 5:1.0@5 6:1.0@6`,
    ],
    [
      'a retry waits for the original to be replicated (UnifiedLog.append)',
      `flushes-by-hand => nothing
       i 1.0 @0 => nothing
       i 1.0 @0 => nothing
       flush => at 0, again at 0`,
    ],
    [
      'a stale epoch is refused (testOldProducerEpoch)',
      `i 1.4 @0 => at 0
       i 1.3 @0 => INVALID_PRODUCER_EPOCH`,
    ],
    [
      'no producer id, no sequence check (DefaultRecordBatch.hasProducerId)',
      `i - => at 0
       i - => at 1
       producer -1 => unknown`,
    ],
    [
      'a client may send neither a control batch, nor an empty one, nor one without sequence (LogValidatorTest)',
      `i 1.0 @0 control => INVALID_RECORD
       i 1.0 @0x0 => INVALID_RECORD
       i 1.0 @-1 => INVALID_RECORD`,
    ],
  ]);
});

describe('replay judges nothing (ProducerStateManagerTest, origin REPLICATION)', () => {
  check([
    [
      'any first sequence (testNoValidationOnFirstEntryWhenLoadingLog)',
      `replicated i 1.3 @7 => nothing
       producer 1 => epoch 3 last 7 window [7] open -1 coordinator -1
       i 1.3 @8 => at 1`,
    ],
    [
      'gaps and repeats (testAcceptAppendWithSequenceGapsOnReplica, testDuplicateAppendToFollower)',
      `replicated i 1.0 @0 => nothing
       replicated i 1.0 @4 => nothing
       replicated i 1.0 @4 => nothing
       producer 1 => epoch 0 last 4 window [0 4 4] open -1 coordinator -1
       i 1.0 @5 => at 3`,
    ],
    [
      'an open transaction and its first offset (testRebuildTransactionalState)',
      `t1 1.0 @0 => at 0
       t1 2.0 @0 => at 1
       abort 2.0 c0 tv0 => written
       crash => nothing
       producer 1 => epoch 0 last 0 window [0] open 0 coordinator -1
       lso => 0
       index => 2:1-2/0
       t1 1.0 @1 => at 3
       commit 1.0 c0 tv0 => written
       lso => 5`,
    ],
    [
      'the coordinator epoch and the last batch (testCoordinatorFencedAfterReload)',
      `t1 1.0 @0 => at 0
       abort 1.0 c1 tv0 => written
       crash => nothing
       producer 1 => epoch 0 last 0 window [0] open -1 coordinator 1
       abort 1.0 c0 tv0 => TRANSACTION_COORDINATOR_FENCED`,
    ],
    [
      'a retry after the crash is recognised (traces, T8)',
      `i 1.0 @0 => at 0
       i 1.0 @1 => at 1
       crash => nothing
       i 1.0 @1 => again at 1
       flushes-by-hand => nothing
       i 1.0 @2 => nothing
       crash => nothing
       i 1.0 @2 => nothing
       flush => at 2`,
    ],
    [
      'producers that expired meanwhile are forgotten (testRemoveExpiredPidsOnReload)',
      `i 1.0 @0 => at 0
       t1 2.0 @0 => at 1
       pass 10000 => nothing
       crash => nothing
       producer 1 => unknown
       producer 2 => epoch 0 last 0 window [0] open 1 coordinator -1`,
    ],
  ]);
});

describe('markers (ProducerStateManagerTest, UnifiedLogTest)', () => {
  check([
    [
      'a marker with a higher epoch empties the window; only sequence 0 follows (testOutOfSequenceAfterControlRecordEpochBump)',
      `t2 1.0 @0 => at 0
       t2 1.0 @1 => at 1
       commit 1.1 c0 tv2 => written
       producer 1 => epoch 1 last -1 window [] open -1 coordinator 0
       t2 1.1 @2 => OUT_OF_ORDER_SEQUENCE_NUMBER
       t2 1.2 @2 => OUT_OF_ORDER_SEQUENCE_NUMBER
       t2 1.2 @0 => at 3`,
    ],
    [
      'a TV1 marker keeps epoch and window (ProducerStateEntry)',
      `t1 1.0 @0 => at 0
       commit 1.0 c0 tv0 => written
       producer 1 => epoch 0 last 0 window [0] open -1 coordinator 0
       t1 1.0 @1 => at 2
       t1 1.0 @0 => again at 0`,
    ],
    [
      'a marker for an unknown producer makes it known (testAppendTxnMarkerWithNoProducerState)',
      `abort 1.5 c2 tv2 => written
       producer 1 => epoch 5 last -1 window [] open -1 coordinator 2
       i 1.4 @0 => INVALID_PRODUCER_EPOCH
       i 1.5 @3 => OUT_OF_ORDER_SEQUENCE_NUMBER
       i 1.5 @0 => at 1
       index => none`,
    ],
    [
      'a fencing abort without data keeps the entry, so that fencing survives (testProducerStateAfterFencingAbortMarker)',
      `t1 1.0 @0 => at 0
       abort 1.1 c0 tv0 => written
       producer 1 => epoch 1 last -1 window [] open -1 coordinator 0
       t1 1.0 @1 => INVALID_PRODUCER_EPOCH`,
    ],
    [
      'TV0 wants at least the known epoch, TV2 a higher one (testOldEpochForControlRecord, testEndTxnWithFencedProducerEpoch)',
      `t1 1.3 @0 => at 0
       commit 1.2 c0 tv0 => INVALID_PRODUCER_EPOCH
       commit 1.2 c0 tv2 => INVALID_PRODUCER_EPOCH
       commit 1.3 c0 tv2 => INVALID_PRODUCER_EPOCH
       commit 1.3 c0 tv0 => written`,
    ],
    [
      'TV2, same epoch, nothing open: the retry is written again (testIdempotentTransactionMarkerRetryTV2, T7)',
      `t2 1.0 @0 => at 0
       commit 1.1 c0 tv2 => written
       commit 1.1 c1 tv2 => written
       log => 0:1.0@0 1:1.1COMMIT 2:1.1COMMIT`,
    ],
    [
      'TV2, same epoch, the next transaction open: refused (KIP-890)',
      `t2 1.0 @0 => at 0
       commit 1.1 c0 tv2 => written
       t2 1.1 @0 => at 2
       commit 1.1 c0 tv2 => INVALID_PRODUCER_EPOCH
       lso => 2`,
    ],
    [
      'TV2, the epoch reserved for fencing ends its own transaction (ProducerAppendInfo.checkProducerEpoch, T4)',
      `t2 1.32767 @0 => at 0
       abort 1.32767 c0 tv2 => written`,
    ],
    [
      'TV1, a late marker of the same epoch ends the next transaction (WriteTxnMarkersRequestTest, permitted)',
      `t1 1.0 @0 => at 0
       commit 1.0 c0 tv0 => written
       t1 1.0 @1 => at 2
       commit 1.0 c0 tv0 => written
       lso => 4`,
    ],
    [
      'a replaced coordinator is fenced, also from empty transactions (testCoordinatorFencing, testZombieCoordinatorFencedEmptyTransaction)',
      `abort 1.0 c1 tv0 => written
       abort 1.0 c1 tv0 => written
       abort 1.0 c2 tv0 => written
       abort 1.0 c1 tv0 => TRANSACTION_COORDINATOR_FENCED`,
    ],
    [
      'inside a transaction everything is transactional (testNonTransactionalAppendWithOngoingTransaction)',
      `t1 1.0 @0 => at 0
       i 1.0 @1 => INVALID_TXN_STATE`,
    ],
    [
      'empty transactions complete nothing (testSkipEmptyTransactions)',
      `abort 1.0 c0 tv0 => written
       t1 1.0 @0 => at 1
       abort 1.0 c0 tv0 => written
       abort 1.0 c0 tv0 => written
       index => 1:1-2/3`,
    ],
  ]);
});

describe('expiration (ProducerStateManagerTest)', () => {
  check([
    [
      'an idle producer is forgotten, and may then start anywhere (testPidExpirationTimeout, testPeriodicProducerIdExpiration)',
      `i 1.0 @0 => at 0
       pass 9999 => nothing
       expire => nothing
       i 1.0 @2 => OUT_OF_ORDER_SEQUENCE_NUMBER
       pass 1 => nothing
       expire => nothing
       i 1.0 @2 => at 1`,
    ],
    [
      'an open transaction keeps its producer (testProducersWithOngoingTransactionsDontExpire)',
      `t1 1.0 @0 => at 0
       pass 20000 => nothing
       expire => nothing
       producer 1 => epoch 0 last 0 window [0] open 0 coordinator -1`,
    ],
    [
      'a verification expires likewise (testVerificationStateEntryExpiration)',
      `answers-by-hand => nothing
       t1 1.0 @0 => nothing
       pass 9999 => nothing
       expire => nothing
       span 1 => guard 1 epoch 0 lowest 0
       pass 1 => nothing
       expire => nothing
       span 1 => none`,
    ],
  ]);
});

describe('acknowledgement (DelayedProduce)', () => {
  check([
    [
      'acks=all waits for replication, acks=1 does not',
      `flushes-by-hand => nothing
       i 1.0 @0 => nothing
       acks 1 => nothing
       i 1.0 @1 => at 1
       flush => at 0`,
    ],
    [
      'what is not replicated in time is REQUEST_TIMED_OUT, once, and stays in the log',
      `flushes-by-hand => nothing
       i 1.0 @0 => nothing
       commit 2.0 c0 tv0 => nothing
       pass 999 => nothing
       pass 1 => REQUEST_TIMED_OUT, REQUEST_TIMED_OUT
       flush => nothing
       i 1.0 @0 => again at 0`,
    ],
  ]);
});
