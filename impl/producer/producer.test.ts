/** Calls and states of the producer. The names in brackets are tests of Kafka's TransactionManagerTest and KafkaProducerTest. */

import { describe, expect, test } from 'vitest';
import { Bench, errorLine } from './scripted-brokers.ts';

const TV1 = { transactionVersion: 1 } as const;
const NO_BUMP = { ...TV1, coordinatorSupportsEpochBump: false } as const;

describe('the order of requests', () => {
  test('TV1: coordinator, identity, partitions, records, end (testBasicTransaction)', () => {
    const bench = new Bench(TV1).init().begin().send('x').send('y', 'b-0');
    bench.added();
    bench.added();
    bench.produced(0);
    bench.produced(4);
    bench.commit();
    bench.ended();
    expect(bench.sent).toEqual([
      'FindCoordinator v6 -> 7',
      'InitProducerId v5 -1,-1 -> 1',
      'AddPartitionsToTxn v3 a-0 -> 1',
      'AddPartitionsToTxn v3 b-0 -> 1',
      'Produce v11 a-0 x 5,0:0 -> 2',
      'Produce v11 b-0 y 5,0:0 -> 2',
      'EndTxn v4 commit 5,0 -> 1',
    ]);
    expect([bench.told('x'), bench.told('y'), bench.told('commit')]).toEqual([
      'ok@0',
      'ok@4',
      'ok',
    ]);
    expect(bench.producer.state).toBe('Ready');
    expect(bench.pendingTimers).toBe(0);
  });

  test('TV1: the next transaction keeps epoch and sequences (KIP-98)', () => {
    const bench = new Bench(TV1).init().begin().send('x');
    bench.added();
    bench.produced(0);
    bench.commit();
    bench.ended();
    bench.begin().send('y');
    bench.added();
    expect(bench.outstanding).toEqual(['Produce v11 a-0 y 5,0:1']);
  });

  test('TV2: no AddPartitionsToTxn (testTransactionV2AddPartitionAndOffsets, testMaybeAddPartitionToTransactionInTransactionV2)', () => {
    const bench = new Bench().init().begin().send('x');
    bench.produced(0);
    bench.commit();
    expect(bench.sent.slice(2)).toEqual([
      'Produce v12 a-0 x 5,0:0 -> 2',
      'EndTxn v5 commit 5,0 -> 1',
    ]);
  });

  test.each([
    [5, 1, 'testEpochUpdateAfterBumpFromEndTxnResponseInV2'],
    [6, 0, 'testProducerIdAndEpochUpdateAfterOverflowFromEndTxnResponseInV2'],
  ])(
    'TV2: EndTxn answers with %i,%i, and sequences start at 0 (%s)',
    (producerId, producerEpoch) => {
      const bench = new Bench().init().begin().send('x');
      bench.produced(0);
      bench.commit();
      bench.ended('NONE', { producerId, producerEpoch });
      bench.begin().send('y');
      expect(bench.outstanding).toEqual([`Produce v12 a-0 y ${producerId},${producerEpoch}:0`]);
    },
  );

  test('a client that cannot present an identity uses InitProducerId v1 (KIP-360)', () => {
    const bench = new Bench(NO_BUMP).init();
    expect(bench.sent[1]).toBe('InitProducerId v1 -1,-1 -> 1');
  });

  test('no batch leaves before its partition is added (testNoDrainWhenPartitionsPending)', () => {
    const bench = new Bench(TV1).init().begin().send('x').send('y').send('z', 'b-0');
    expect(bench.outstanding).toEqual(['AddPartitionsToTxn v3 a-0']);
    bench.added();
    expect(bench.outstanding).toEqual(['AddPartitionsToTxn v3 b-0']);
    bench.added();
    expect(bench.outstanding).toHaveLength(3);
  });
});

describe('EndTxn and the batches', () => {
  test('waits for batches in flight and unsent (testEndTxnNotSentIfIncompleteBatches, testAwaitPendingRecordsBeforeCommittingTransaction)', () => {
    const bench = new Bench(TV1).init().begin().send('x').commit();
    bench.added();
    expect(bench.outstanding).toEqual(['Produce v11 a-0 x 5,0:0']);
    bench.produced(0);
    expect(bench.outstanding).toEqual(['EndTxn v4 commit 5,0']);
  });

  test('is not needed when nothing was added (TransactionManager.nextRequest)', () => {
    const bench = new Bench().init().begin().commit();
    expect(bench.told('commit')).toBe('ok');
    expect(bench.outstanding).toEqual([]);
  });

  test('an abort fails what was not sent, and what was never added ends locally (testCancelUnsentAddPartitionsAndProduceOnAbort)', () => {
    const bench = new Bench(TV1).init().begin().send('x').send('y', 'b-0');
    bench.abort();
    expect(bench.told('abort')).toBe('nothing');
    bench.added('COORDINATOR_LOAD_IN_PROGRESS');
    expect([bench.told('x'), bench.told('y')]).toEqual([
      'abortable - failed',
      'abortable - failed',
    ]);
    bench.backOff();
    // It was being added already: it is added after all, and then ended (testAbortResendsAddPartitionErrorIfRetried).
    bench.added();
    expect(bench.outstanding).toEqual(['EndTxn v4 abort 5,0']);
    bench.ended();
    expect(bench.told('abort')).toBe('ok');
    expect(bench.producer.state).toBe('Ready');
  });

  test('an abort waits for what was sent', () => {
    const bench = new Bench().init().begin().send('x').abort();
    expect(bench.outstanding).toEqual(['Produce v12 a-0 x 5,0:0']);
    bench.produced(0);
    expect(bench.told('x')).toBe('ok@0');
    expect(bench.outstanding).toEqual(['EndTxn v5 abort 5,0']);
  });

  test('an error while aborting changes nothing (testAbortableErrorWhileAbortInProgress)', () => {
    const bench = new Bench().init().begin().send('x').abort();
    bench.produced('TRANSACTION_ABORTABLE');
    expect(bench.producer.state).toBe('AbortingTransaction');
    bench.ended();
    expect(bench.producer.state).toBe('Ready');
  });

  test('a commit whose record fails is not asked for (testDisallowCommitOnProduceFailure)', () => {
    const bench = new Bench().init().begin().send('x').commit();
    bench.produced('INVALID_TXN_STATE');
    expect(bench.told('x')).toBe('abortable INVALID_TXN_STATE failed');
    expect(bench.told('commit')).toBe('abortable INVALID_TXN_STATE failed');
    expect(bench.outstanding).toEqual([]);
    expect(bench.producer.state).toBe('AbortableError');
    bench.abort();
    bench.ended('NONE', { producerId: 5, producerEpoch: 1 });
    // testAllowAbortOnProduceFailure
    expect([bench.told('abort'), bench.producer.state]).toEqual(['ok', 'Ready']);
  });

  test('in an abortable transaction a batch that was sent may still be retried (testAllowDrainInAbortableErrorState)', () => {
    const bench = new Bench().init().begin().send('x').send('y', 'b-0');
    bench.produced('NOT_LEADER_OR_FOLLOWER');
    bench.produced('INVALID_TXN_STATE');
    bench.backOff();
    expect(bench.outstanding).toEqual(['Produce v12 a-0 x 5,0:0']);
  });
});

describe('calls that are not allowed change nothing', () => {
  const refused = 'illegal-state - failed';

  test('by state (testForegroundInvalidStateTransitionIsRecoverable, testFailIfNotReadyForSendNoProducerId)', () => {
    const bench = new Bench().send('x').commit().abort();
    expect(bench.producer.beginTransaction().status).toBe('error');
    expect([bench.told('x'), bench.told('commit'), bench.told('abort')]).toEqual([
      refused,
      refused,
      refused,
    ]);
    expect([bench.producer.state, bench.producer.lastError]).toEqual(['Uninitialized', null]);
  });

  test('initTransactions twice (testInitializeTransactionsTwiceRaisesError), begin twice, send outside (testFailIfNotReadyForSendNoOngoingTransaction)', () => {
    const bench = new Bench().init().send('x');
    bench.producer.initTransactions(bench.note('again'));
    expect([bench.told('x'), bench.told('again')]).toEqual([refused, refused]);
    bench.begin();
    expect(bench.producer.beginTransaction().status).toBe('error');
    expect(bench.producer.state).toBe('InTransaction');
  });

  test('transactional calls of a producer without transactional id, and any call after close', () => {
    const bench = new Bench({ transactionalId: null });
    bench.producer.initTransactions(bench.note('init'));
    bench.producer.close();
    bench.send('x');
    expect([bench.told('init'), bench.told('x')]).toEqual([refused, refused]);
  });

  test('an illegal transition that no call asked for is fatal (testBackgroundInvalidStateTransitionIsFatal)', () => {
    const bench = new Bench().init();
    bench.producer.transitionTo('CommittingTransaction');
    expect(bench.producer.state).toBe('FatalError');
  });

  test('an abortable error outside a transaction is illegal, hence fatal (TransactionManager.State.isTransitionValid)', () => {
    const bench = new Bench().init();
    const error = { kind: 'abortable', errorCode: null, message: '', outcome: 'failed' } as const;
    bench.producer.transitionTo('AbortableError', error);
    expect(bench.producer.state).toBe('FatalError');
  });

  test('in an error state a call is told that error, and had no effect itself', () => {
    const bench = new Bench().init().begin().send('x');
    bench.produced('PRODUCER_FENCED');
    expect(bench.told('x')).toBe('fatal PRODUCER_FENCED failed');
    bench.send('y').commit().abort();
    const fenced = 'fatal PRODUCER_FENCED failed';
    expect([bench.told('y'), bench.told('commit'), bench.told('abort')]).toEqual([
      fenced,
      fenced,
      fenced,
    ]);
  });
});

describe('max.block.ms', () => {
  test('a commit that timed out must be called again and gets its own result (testRetryCommitTransactionAfterTimeout)', () => {
    const bench = new Bench({ maxBlockMs: 1_000 }).init().begin().send('x').commit('first');
    bench.produced(0);
    bench.advance(1_000);
    expect(bench.told('first')).toBe('retriable-timeout - unknown');
    // testRetryAbortTransactionAfterCommitTimeout
    bench.abort();
    expect(bench.told('abort')).toBe('illegal-state - failed');
    expect(bench.producer.beginTransaction().status).toBe('error');
    bench.commit('second');
    expect(bench.told('second')).toBe('nothing');
    bench.ended('NONE', { producerId: 5, producerEpoch: 1 });
    expect(bench.told('second')).toBe('ok');
    expect(bench.begin().producer.state).toBe('InTransaction');
  });

  test('a result that came in between is handed over at once, and must be collected', () => {
    const bench = new Bench({ maxBlockMs: 1_000 }).init().begin().send('x').commit('first');
    bench.produced(0);
    bench.advance(1_000);
    bench.ended('NONE', { producerId: 5, producerEpoch: 1 });
    expect(bench.producer.beginTransaction().status).toBe('error');
    bench.commit('second');
    expect(bench.told('second')).toBe('ok');
    expect(bench.producer.beginTransaction().status).toBe('ok');
  });

  test('initTransactions likewise (testRetryInitTransactionsAfterTimeout, testInitTransactionTimeout)', () => {
    const bench = new Bench({ maxBlockMs: 1_000 });
    bench.producer.initTransactions(bench.note('first'));
    bench.advance(1_000);
    expect(bench.told('first')).toBe('retriable-timeout - unknown');
    bench.producer.initTransactions(bench.note('second'));
    bench.found();
    bench.identified(5, 0);
    expect(bench.told('second')).toBe('ok');
    expect(bench.sent).toHaveLength(2);
  });
});

describe('the epoch bump after an abort', () => {
  test('TV1: InitProducerId with the current identity follows; sequences start at 0 (testBumpTransactionalEpochOnAbortableError, testInvalidProducerEpochFromProduce)', () => {
    const bench = new Bench(TV1).init().begin().send('x');
    bench.added();
    bench.produced('INVALID_PRODUCER_EPOCH');
    expect(bench.producer.state).toBe('AbortableError');
    bench.abort();
    bench.ended();
    expect(bench.outstanding).toEqual(['InitProducerId v5 5,0']);
    expect([bench.told('abort'), bench.producer.state]).toEqual(['nothing', 'Initializing']);
    bench.identified(5, 1);
    expect([bench.told('abort'), bench.producer.state]).toEqual(['ok', 'Ready']);
    bench.begin().send('y');
    bench.added();
    expect(bench.outstanding).toEqual(['Produce v11 a-0 y 5,1:0']);
  });

  test('its retry presents the same identity, so that a lost answer does not fence the producer (KIP-360)', () => {
    const bench = new Bench(TV1).init().begin().send('x');
    bench.added();
    bench.produced('INVALID_TXN_STATE');
    bench.abort();
    bench.ended();
    bench.answer('InitProducerId', null);
    bench.found();
    bench.backOff();
    expect(bench.outstanding).toEqual(['InitProducerId v5 5,0']);
  });

  test('a batch that certainly fails during the commit does not make it due (TransactionManager.maybeTransitionToErrorState)', () => {
    const bench = new Bench(TV1).init().begin().send('x');
    bench.added();
    bench.commit();
    bench.produced('INVALID_TXN_STATE');
    bench.abort();
    bench.ended();
    expect([bench.told('abort'), bench.producer.state]).toEqual(['ok', 'Ready']);
  });

  test('a batch that expires after it was sent makes it due (testBumpTransactionalEpochOnTimeout)', () => {
    const bench = new Bench({ ...TV1, deliveryTimeoutMs: 1_000 }).init().begin().send('x');
    bench.added();
    bench.advance(1_000);
    expect(bench.told('x')).toBe('abortable - unknown');
    bench.abort();
    bench.ended();
    expect(bench.outstanding).toContain('InitProducerId v5 5,0');
  });

  test('and when it expires during the abort', () => {
    const bench = new Bench({ ...TV1, deliveryTimeoutMs: 1_000 }).init().begin().send('x');
    bench.added();
    bench.abort();
    bench.advance(1_000);
    bench.ended();
    expect(bench.outstanding).toContain('InitProducerId v5 5,0');
  });

  test('even if each attempt so far was refused (Sender.sendProducerData)', () => {
    const bench = new Bench({ ...TV1, deliveryTimeoutMs: 1_000 }).init().begin().send('x');
    bench.added();
    bench.abort();
    bench.advance(950);
    bench.produced('NOT_ENOUGH_REPLICAS');
    // Sooner than it is sent again.
    bench.advance(50);
    bench.ended();
    expect(bench.told('x')).toBe('abortable - failed');
    expect(bench.outstanding).toContain('InitProducerId v5 5,0');
  });

  test('TV2: EndTxn brings the new epoch, no InitProducerId (KIP-890)', () => {
    const bench = new Bench({ deliveryTimeoutMs: 1_000 }).init().begin().send('x');
    bench.advance(1_000);
    bench.abort();
    bench.ended('NONE', { producerId: 5, producerEpoch: 1 });
    expect(bench.told('abort')).toBe('ok');
    bench.begin().send('y');
    expect(bench.outstanding.at(-1)).toBe('Produce v12 a-0 y 5,1:0');
  });

  test('where it is impossible Java gives up (testTransitionToFatalErrorWhenRetriedBatchIsExpired, testMaybeResolveSequencesTransactionalProducer)', () => {
    const config = { ...NO_BUMP, fatalWithoutEpochBump: true, deliveryTimeoutMs: 1_000 };
    const bench = new Bench(config).init().begin().send('x');
    bench.added();
    bench.advance(1_000);
    expect(bench.producer.state).toBe('FatalError');
  });

  test('where it is impossible kafkajs carries on with the same epoch and sequence', () => {
    const bench = new Bench({ ...NO_BUMP, deliveryTimeoutMs: 1_000 }).init().begin().send('x');
    bench.added();
    bench.advance(1_000);
    bench.abort();
    bench.ended();
    expect([bench.told('abort'), bench.producer.state]).toEqual(['ok', 'Ready']);
    bench.begin().send('y');
    bench.added();
    expect(bench.outstanding.at(-1)).toBe('Produce v11 a-0 y 5,0:0');
  });

  test('where it is impossible the sequence of a batch that certainly failed is used again (testAbortTransactionAndReuseSequenceNumberOnError)', () => {
    const config = { ...NO_BUMP, fatalWithoutEpochBump: true };
    const bench = new Bench(config).init().begin().send('w').send('x');
    bench.added();
    bench.produced(0);
    bench.produced('TOPIC_AUTHORIZATION_FAILED');
    bench.abort();
    bench.ended();
    bench.begin().send('y');
    bench.added();
    expect(bench.outstanding).toEqual(['Produce v11 a-0 y 5,0:1']);
  });
});

describe('close', () => {
  test('lets a commit finish (testSenderShutdownWithPendingTransactions)', () => {
    const bench = new Bench().init().begin().send('x').commit();
    bench.producer.close();
    bench.produced(0);
    bench.ended('NONE', { producerId: 5, producerEpoch: 1 });
    expect(bench.told('commit')).toBe('ok');
  });

  test('aborts a transaction that is open, after its records (testIncompleteTransactionAbortOnShutdown)', () => {
    const bench = new Bench().init().begin().send('x');
    bench.producer.close();
    expect(bench.outstanding).toEqual(['Produce v12 a-0 x 5,0:0']);
    bench.produced(0);
    expect(bench.outstanding).toEqual(['EndTxn v5 abort 5,0']);
  });
});

test('an application may call again from within a result', () => {
  const bench = new Bench().init().begin();
  bench.producer.send('a-0', { key: null, value: 'x' }, () => bench.send('y').commit());
  bench.produced(0);
  bench.produced(1);
  expect(bench.outstanding).toEqual(['EndTxn v5 commit 5,0']);
  expect(errorLine(bench.producer.lastError)).toBe('none');
});
