/** Sequences, retries and expiry. The names in brackets are tests of Kafka's SenderTest and TransactionManagerTest. */

import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import { DECISIONS } from './decisions.ts';
import { Bench, LEADER } from './scripted-brokers.ts';

function idempotent(config = {}): Bench {
  return new Bench({ transactionalId: null, transactionVersion: 1, ...config });
}

function withRecords(values: string, config = {}): Bench {
  const bench = idempotent(config);
  for (const value of values) bench.send(value);
  bench.identified(5, 0);
  return bench;
}

/** What is on the wire: values with epoch and sequence. */
function onWire(bench: Bench): string[] {
  return bench.outstanding.map((line) => line.replace(/^Produce v\d+ \S+ (\S+) (\S+)$/, '$1 $2'));
}

describe('identity of an idempotent producer', () => {
  test('is obtained at the first send, from any broker, without a transactional id', () => {
    const bench = withRecords('x');
    expect(bench.sent).toEqual(['InitProducerId v5 -1,-1 -> 7', 'Produce v11 a-0 x 5,0:0 -> 2']);
  });

  test('CLUSTER_AUTHORIZATION_FAILED fails the sends; the next one tries again (testClusterAuthorizationExceptionInInitProducerIdRequest)', () => {
    const bench = idempotent().send('x');
    bench.initRefused('CLUSTER_AUTHORIZATION_FAILED');
    expect(bench.told('x')).toBe('abortable CLUSTER_AUTHORIZATION_FAILED failed');
    bench.send('y');
    bench.identified(5, 0);
    expect(onWire(bench)).toEqual(['y 5,0:0']);
  });
});

describe('in flight', () => {
  test('at most five requests (testIdempotenceWithMultipleInflights)', () => {
    const bench = withRecords('abcdef');
    expect(onWire(bench)).toEqual(['a 5,0:0', 'b 5,0:1', 'c 5,0:2', 'd 5,0:3', 'e 5,0:4']);
    bench.produced(0);
    expect(onWire(bench).at(-1)).toBe('f 5,0:5');
  });

  test('retries go one at a time in sequence order, with their sequence (testIdempotenceWithMultipleInflightsRetriedInOrder, testSequenceNumberIncrement)', () => {
    const bench = withRecords('abc');
    bench.produced('NOT_LEADER_OR_FOLLOWER');
    bench.produced('OUT_OF_ORDER_SEQUENCE_NUMBER');
    bench.produced('OUT_OF_ORDER_SEQUENCE_NUMBER');
    bench.send('d');
    bench.backOff();
    expect(onWire(bench)).toEqual(['a 5,0:0']);
    bench.produced(0);
    expect(onWire(bench)).toEqual(['b 5,0:1']);
    bench.produced(1);
    bench.produced(2);
    expect(onWire(bench)).toEqual(['d 5,0:3']);
  });

  test('a later batch acknowledged first loses nothing (testCorrectHandlingOfOutOfOrderResponsesWhenSecondSucceeds)', () => {
    const bench = withRecords('ab');
    bench.produced('NOT_LEADER_OR_FOLLOWER');
    bench.produced(1);
    bench.backOff();
    expect(onWire(bench)).toEqual(['a 5,0:0']);
    bench.produced('DUPLICATE_SEQUENCE_NUMBER');
    // testCorrectHandlingOfDuplicateSequenceError
    expect([bench.told('a'), bench.told('b')]).toEqual(['ok@-1', 'ok@1']);
    bench.send('c');
    expect(onWire(bench)).toEqual(['c 5,0:2']);
  });

  test('a partition without leader waits until there is one, looking again after each back-off', () => {
    const bench = idempotent().send('a').send('x', 'b-0');
    bench.leader = null;
    bench.identified(5, 0);
    const timers = bench.pendingTimers;
    bench.backOff();
    expect([bench.outstanding, bench.pendingTimers]).toEqual([[], timers]);
    bench.leader = LEADER;
    bench.backOff();
    expect(onWire(bench)).toEqual(['a 5,0:0', 'x 5,0:0']);
    expect(bench.pendingTimers).toBe(timers - 1);
  });
});

describe('delivery.timeout.ms', () => {
  const brief = { deliveryTimeoutMs: 1_000 };

  test('of a batch that was never sent is harmless (testExpiryOfUnsentBatchesShouldNotCauseUnresolvedSequences)', () => {
    const bench = idempotent(brief).send('a');
    bench.advance(1_000);
    expect(bench.told('a')).toBe('record-failed - failed');
    bench.identified(5, 0);
    bench.send('b');
    expect(onWire(bench)).toEqual(['b 5,0:0']);
  });

  test('is resolved when a later batch is acknowledged (testExpiryOfFirstBatchShouldNotCauseUnresolvedSequencesIfFutureBatchesSucceed, testNoProducerIdResetAfterLastInFlightBatchSucceeds)', () => {
    const bench = withRecords('a', brief);
    bench.advance(500);
    bench.send('b');
    bench.advance(500);
    expect([bench.told('a'), bench.told('b')]).toEqual(['record-failed - unknown', 'nothing']);
    bench.send('c');
    expect(onWire(bench)).toEqual(['a 5,0:0', 'b 5,0:1']);
    bench.produced('NOT_LEADER_OR_FOLLOWER');
    bench.produced(1);
    expect(onWire(bench)).toEqual(['c 5,0:2']);
  });

  test('bumps the epoch when a later batch is out of order (testExpiryOfFirstBatchShouldCauseEpochBumpIfFutureBatchesFail)', () => {
    const bench = withRecords('a', brief);
    bench.advance(500);
    bench.send('b');
    bench.advance(500);
    bench.produced('NOT_LEADER_OR_FOLLOWER');
    bench.produced('OUT_OF_ORDER_SEQUENCE_NUMBER');
    bench.backOff();
    expect(onWire(bench)).toEqual(['b 5,1:0']);
  });

  test('bumps no epoch while a batch between it and the one out of order is to be retried (TransactionManager.canRetry)', () => {
    const bench = withRecords('a', brief);
    bench.advance(500);
    bench.send('b').send('c');
    bench.advance(500);
    bench.answer('Produce', null);
    bench.produced('NOT_LEADER_OR_FOLLOWER');
    bench.produced('OUT_OF_ORDER_SEQUENCE_NUMBER');
    bench.backOff();
    expect(onWire(bench)).toEqual(['b 5,0:1']);
  });

  test('bumps the epoch when nothing is left in flight (testExpiryOfAllSentBatchesShouldCauseUnresolvedSequences, testEpochBumpAfterLastInFlightBatchFailsIdempotentProducer)', () => {
    const bench = withRecords('ab', brief);
    bench.advance(1_000);
    bench.send('c');
    expect(onWire(bench).at(-1)).toBe('c 5,1:0');
  });

  test('a late answer of an expired batch is of no consequence (testReceiveFailedBatchTwiceWithTransactions)', () => {
    const bench = withRecords('a', brief);
    bench.advance(1_000);
    bench.produced(0);
    bench.send('b');
    expect(onWire(bench)).toEqual(['b 5,1:0']);
    expect(bench.told('a')).toBe('record-failed - unknown');
  });
});

describe('the local epoch bump', () => {
  test('follows OUT_OF_ORDER_SEQUENCE_NUMBER of the next expected batch (testBumpEpochWhenOutOfOrderSequenceReceived, testEpochBumpOnOutOfOrderSequenceForNextBatch)', () => {
    const bench = withRecords('ab');
    bench.produced(0);
    bench.produced('OUT_OF_ORDER_SEQUENCE_NUMBER');
    bench.backOff();
    expect(onWire(bench)).toEqual(['b 5,1:0']);
    bench.produced('OUT_OF_ORDER_SEQUENCE_NUMBER');
    bench.backOff();
    expect(onWire(bench)).toEqual(['b 5,2:0']);
  });

  test('follows a batch that certainly failed; those after it are renumbered (testIdempotenceWithMultipleInflightsWhereFirstFailsFatallyAndSequenceOfFutureBatchesIsAdjusted)', () => {
    const bench = withRecords('abc');
    bench.produced('MESSAGE_TOO_LARGE');
    bench.produced('OUT_OF_ORDER_SEQUENCE_NUMBER');
    bench.produced('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(bench.told('a')).toBe('record-failed MESSAGE_TOO_LARGE failed');
    bench.backOff();
    bench.produced(0);
    expect(onWire(bench)).toEqual(['c 5,1:1']);
  });

  test('leaves other partitions alone until they are drained (testHealthyPartitionRetriesDuringEpochBump, testBatchesDrainedWithOldProducerIdShouldSucceedOnSubsequentRetry)', () => {
    const bench = idempotent().send('a').send('x', 'b-0');
    bench.identified(5, 0);
    bench.produced('MESSAGE_TOO_LARGE');
    bench.produced('NOT_LEADER_OR_FOLLOWER');
    bench.send('y', 'b-0').send('b');
    expect(onWire(bench)).toEqual(['b 5,1:0']);
    bench.backOff();
    expect(onWire(bench)).toEqual(['b 5,1:0', 'x 5,0:0']);
    bench.produced(0);
    bench.produced(0);
    expect([bench.told('x'), onWire(bench)]).toEqual(['ok@0', ['y 5,1:0']]);
  });

  test('at the last epoch takes another producer id instead (testProducerIdReset, testBatchFailureAfterProducerReset, testResetOfProducerStateShouldAllowQueuedBatchesToDrain)', () => {
    const bench = idempotent().send('a').send('x', 'b-0');
    bench.identified(5, 32_767);
    bench.send('b');
    bench.produced('MESSAGE_TOO_LARGE');
    bench.produced('NOT_LEADER_OR_FOLLOWER');
    bench.produced('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(bench.outstanding).toEqual(['InitProducerId v5 -1,-1']);
    bench.backOff();
    bench.identified(6, 0);
    expect(onWire(bench).toSorted()).toEqual(['b 6,0:0', 'x 5,32767:0']);
  });
});

describe('UNKNOWN_PRODUCER_ID', () => {
  test('is retried while the log start offset is unknown (testUnknownProducerErrorShouldBeRetriedWhenLogStartOffsetIsUnknown)', () => {
    const bench = withRecords('a');
    bench.produced('UNKNOWN_PRODUCER_ID', -1);
    bench.backOff();
    expect(onWire(bench)).toEqual(['a 5,0:0']);
  });

  test.each([
    [10, 'testIdempotentUnknownProducerHandlingWhenRetentionLimitReached'],
    [0, 'testShouldRaiseOutOfOrderSequenceExceptionToUserIfLogWasNotTruncated'],
  ])('idempotent, log start %i: epoch bump and retry (%s)', (logStartOffset) => {
    const bench = withRecords('ab');
    bench.produced(5);
    bench.produced('UNKNOWN_PRODUCER_ID', logStartOffset);
    bench.backOff();
    expect(onWire(bench)).toEqual(['b 5,1:0']);
  });

  test('for later batches that were renumbered already is retried (testUnknownProducerErrorShouldBeRetriedForFutureBatchesWhenFirstFails)', () => {
    const bench = withRecords('abc');
    bench.produced(5);
    bench.produced('UNKNOWN_PRODUCER_ID', 10);
    bench.produced('UNKNOWN_PRODUCER_ID', 10);
    bench.backOff();
    bench.produced(10);
    expect(onWire(bench)).toEqual(['c 5,1:1']);
  });

  test('transactional, after retention: renumbered and retried in the same epoch (testTransactionalUnknownProducerHandlingWhenRetentionLimitReached)', () => {
    const bench = new Bench().init().begin().send('a').send('b');
    bench.produced(5);
    bench.produced('UNKNOWN_PRODUCER_ID', 10);
    bench.backOff();
    expect(onWire(bench)).toEqual(['b 5,0:0']);
    expect(bench.producer.state).toBe('InTransaction');
  });

  test('transactional, with the log intact: abortable', () => {
    const bench = new Bench().init().begin().send('a').send('b');
    bench.produced(5);
    bench.produced('UNKNOWN_PRODUCER_ID', 0);
    expect(bench.told('b')).toBe('abortable UNKNOWN_PRODUCER_ID failed');
  });
});

describe('a transactional batch', () => {
  test.each<[ErrorCode, string, string]>([
    ['INVALID_TXN_STATE', 'abortable', 'testInvalidTxnStateIsAnAbortableError'],
    ['TRANSACTION_ABORTABLE', 'abortable', 'testTransactionAbortableExceptionIsAnAbortableError'],
    ['INVALID_PRODUCER_EPOCH', 'abortable', 'testInvalidProducerEpochFromProduce'],
    ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'abortable', 'TransactionManager.canRetry'],
    [
      'INVALID_PRODUCER_ID_MAPPING',
      'fatal',
      'testFatalErrorWhenProduceResponseWithInvalidPidMapping',
    ],
    ['PRODUCER_FENCED', 'fatal', 'maybeTransitionToErrorState'],
  ])('%s is %s (%s)', (errorCode, kind) => {
    const bench = new Bench().init().begin().send('a');
    bench.produced(errorCode);
    expect(bench.told('a')).toBe(`${kind} ${errorCode} failed`);
    expect(bench.producer.state).toBe(kind === 'fatal' ? 'FatalError' : 'AbortableError');
  });

  test('CONCURRENT_TRANSACTIONS is retried (testTransactionV2ProduceWithConcurrentTransactionError)', () => {
    const bench = new Bench().init().begin().send('a');
    bench.produced('CONCURRENT_TRANSACTIONS');
    bench.backOff();
    expect(onWire(bench)).toEqual(['a 5,0:0']);
  });

  test('whose retries are used up is abortable, its outcome unknown (testTransactionShouldTransitionToAbortableForSenderAPI, testUnresolvedSequencesAreNotFatal)', () => {
    const bench = new Bench({ retries: 1 }).init().begin().send('a');
    bench.produced('REQUEST_TIMED_OUT');
    bench.backOff();
    bench.produced('REQUEST_TIMED_OUT');
    expect(bench.told('a')).toBe('abortable REQUEST_TIMED_OUT unknown');
  });

  test('that may not be retried after a disconnect is told so, without a code', () => {
    const bench = new Bench({ retries: 0 }).init().begin().send('a');
    bench.answer('Produce', null);
    expect(bench.told('a')).toBe('abortable - unknown');
    expect(bench.producer.lastError?.message).toContain('closed without an answer');
  });

  test('a definite error after an attempt without answer leaves the outcome unknown', () => {
    const bench = new Bench().init().begin().send('a');
    bench.answer('Produce', null);
    bench.backOff();
    bench.produced('INVALID_PRODUCER_EPOCH');
    expect(bench.told('a')).toBe('abortable INVALID_PRODUCER_EPOCH unknown');
  });

  test('that certainly failed leaves no gap: later ones move up', () => {
    const bench = new Bench().init().begin().send('a').send('b');
    bench.produced('TOPIC_AUTHORIZATION_FAILED');
    bench.produced('OUT_OF_ORDER_SEQUENCE_NUMBER');
    bench.backOff();
    expect(onWire(bench)).toEqual(['b 5,0:0']);
  });
});

test('a fatal error fails what is on the wire, its outcome unknown', () => {
  const bench = new Bench().init().begin().send('a').send('b');
  bench.produced('PRODUCER_FENCED');
  expect([bench.told('a'), bench.told('b')]).toEqual([
    'fatal PRODUCER_FENCED failed',
    'fatal PRODUCER_FENCED unknown',
  ]);
  bench.produced(1);
});

test('a sequence wraps at 2^31 (testSequenceNumberOverflow)', () => {
  expect(DECISIONS.sequenceAfter(2_147_483_647, 100)).toBe(99);
  expect(DECISIONS.sequenceAfter(2_147_483_646, 1)).toBe(2_147_483_647);
  expect(DECISIONS.sequenceAfter(2_147_483_647, 1)).toBe(0);
});
