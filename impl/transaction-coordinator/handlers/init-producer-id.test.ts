/** Numbers and names are those of TransactionCoordinatorTest in the conformance checklist. */

import { describe, expect, test } from 'vitest';
import type { TransactionLogValue } from '../../../protocol/transaction-log.ts';
import { Bench, ID_PARTITION, record } from '../scripted-coordinator.ts';

/** A bench whose next producer id is 8 and whose log says what became of (7, epoch). */
function benchWith(value: Partial<TransactionLogValue>, transactionVersion: 0 | 1 | 2 = 2): Bench {
  const clientTransactionVersion = transactionVersion;
  const bench = new Bench({
    transactionVersion,
    log: [record({ clientTransactionVersion, ...value })],
  });
  bench.nextBlock = 8;
  return bench;
}

describe('requests that need no state', () => {
  test('1 shouldAcceptInitPidAndReturnNextPidWhenTransactionalIdIsNull', () => {
    const bench = new Bench();
    const idempotent = { transactionalId: null };
    expect(bench.init([-1, -1], 5, idempotent)).toBe('NONE (7,0)');
    expect(bench.init([7, 0], 5, idempotent)).toBe('NONE (8,0)');
    expect(bench.logged()).toEqual([]);
  });

  test.each([
    [
      '2 shouldReturnInvalidRequestWhenTransactionalIdIsEmpty',
      { transactionalId: '' },
      'INVALID_REQUEST',
    ],
    [
      '3 …When2PCEnabledButBroker2PCConfigFalse',
      { transactionalId: '', enable2Pc: true },
      'INVALID_REQUEST',
    ],
    [
      '4 …WhenKeepPreparedIsTrue',
      { transactionalId: '', keepPreparedTxn: true },
      'INVALID_REQUEST',
    ],
    [
      '68 two-phase commit must be enabled (KIP-939)',
      { enable2Pc: true },
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    ],
    [
      'a prepared transaction is not kept (KIP-939)',
      { keepPreparedTxn: true },
      'UNSUPPORTED_VERSION',
    ],
    [
      '148 testValidateTransactionTimeout: 0',
      { transactionTimeoutMs: 0 },
      'INVALID_TRANSACTION_TIMEOUT',
    ],
    [
      '148 testValidateTransactionTimeout: above the maximum',
      { transactionTimeoutMs: 900_001 },
      'INVALID_TRANSACTION_TIMEOUT',
    ],
    [
      '148 testValidateTransactionTimeout: the maximum',
      { transactionTimeoutMs: 900_000 },
      'NONE (7,0)',
    ],
    ['an id without an epoch (KafkaApis)', { producerId: 7 }, 'INVALID_REQUEST'],
    ['an epoch without an id (KafkaApis)', { producerEpoch: 0 }, 'INVALID_REQUEST'],
  ] as const)('%s', (_name, body, answer) => {
    expect(new Bench().init([-1, -1], 5, body)).toBe(answer);
  });

  test('69 two-phase commit, where enabled, needs no timeout and never times out (KIP-939)', () => {
    const bench = new Bench({ config: { twoPhaseCommitEnabled: true } });
    expect(bench.init([-1, -1], 5, { enable2Pc: true, transactionTimeoutMs: 0 })).toBe(
      'NONE (7,0)',
    );
    bench.add([7, 0], ['a-0']);
    bench.coordinator.start();
    bench.advance(1e8);
    expect(bench.cached()).toBe('Ongoing (7,0) last -1');
  });

  test('without a block of producer ids the answer is COORDINATOR_LOAD_IN_PROGRESS (RPCProducerIdManager)', () => {
    const bench = new Bench();
    bench.nextBlock = null;
    expect(bench.init()).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    expect(bench.init([-1, -1], 5, { transactionalId: null })).toBe('COORDINATOR_LOAD_IN_PROGRESS');
  });

  test('28, 29 shouldRespondWith…OnInitPidWhen…: neither while loading nor elsewhere', () => {
    const bench = new Bench();
    bench.coordinator.onElection(ID_PARTITION, 2);
    expect(bench.init()).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    bench.coordinator.onResignation(ID_PARTITION, 3);
    expect(bench.init()).toBe('NOT_COORDINATOR');
  });
});

describe('a new instance (KIP-98)', () => {
  test.each([
    ['5 shouldInitPidWithEpochZeroForNewTransactionalId', null, 'NONE (7,0)', 'Empty (7,0)'],
    [
      '7 shouldGenerateNewProducerIdIfEpochsExhausted',
      { producerEpoch: 32_766 },
      'NONE (8,0)',
      'Empty (8,0)',
    ],
    ['9 …WhenExistingEmptyTransaction', { producerEpoch: 3 }, 'NONE (7,4)', 'Empty (7,4)'],
    [
      '10 …WhenExistingCompleteTransaction',
      { producerEpoch: 3, transactionStatus: 'CompleteAbort' },
      'NONE (7,4)',
      'Empty (7,4)',
    ],
    [
      '11 …WhenExistingCompleteCommitTransaction',
      { producerEpoch: 3, transactionStatus: 'CompleteCommit' },
      'NONE (7,4)',
      'Empty (7,4)',
    ],
    [
      '14 …WhenPrepareCommitState',
      { transactionStatus: 'PrepareCommit', transactionPartitions: ['a-0'] },
      'CONCURRENT_TRANSACTIONS',
      null,
    ],
    [
      '15 …WhenPrepareAbortState',
      { transactionStatus: 'PrepareAbort', transactionPartitions: ['a-0'] },
      'CONCURRENT_TRANSACTIONS',
      null,
    ],
  ] as const)('%s', (_name, value, answer, logged) => {
    const bench = value === null ? new Bench() : benchWith(value);
    const before = bench.log.length;
    expect(bench.init()).toBe(answer);
    expect(bench.logged().slice(before)).toEqual(logged === null ? [] : [logged]);
  });

  test('6 shouldGenerateNewProducerIdIfNoStateAndProducerIdAndEpochProvided', () => {
    expect(new Bench().init([99, 4])).toBe('NONE (7,0)');
  });

  test('14, 15 hold also when marking was given up and nothing is pending', () => {
    const bench = benchWith({ transactionStatus: 'PrepareCommit' });
    bench.metadata.pendingState = null;
    bench.metadata.state = 'PrepareCommit';
    expect(bench.init()).toBe('CONCURRENT_TRANSACTIONS');
  });

  test('16 shouldNotBumpEpochWithPendingTransaction', () => {
    const bench = benchWith({ producerEpoch: 3 });
    bench.replicatesAtOnce = false;
    expect(bench.init()).toBe('pending');
    expect(bench.init()).toBe('CONCURRENT_TRANSACTIONS');
    expect(bench.cached()).toBe('Empty (7,3) last -1 pending Empty');
  });

  test('66 …InInitProducerIdWithOlderClient: below version 4 PRODUCER_FENCED reads INVALID_PRODUCER_EPOCH', () => {
    expect(benchWith({ producerEpoch: 3 }).init([6, 3], 3)).toBe('INVALID_PRODUCER_EPOCH');
    expect(benchWith({ producerEpoch: 3 }).init([6, 3], 4)).toBe('PRODUCER_FENCED');
  });
});

describe('a continuing instance (KIP-360)', () => {
  test('23 testInitProducerIdWithCurrentEpochProvided: repeating the request repeats the answer', () => {
    const bench = benchWith({ producerEpoch: 10 });
    expect(bench.init([7, 10])).toBe('NONE (7,11)');
    expect(bench.init([7, 10])).toBe('NONE (7,11)');
    expect(bench.cached()).toBe('Empty (7,11) last 10');
  });

  test('24 testInitProducerIdStaleCurrentEpochProvided', () => {
    const bench = benchWith({ producerEpoch: 10 });
    expect(bench.init()).toBe('NONE (7,11)');
    expect(bench.init([7, 10])).toBe('PRODUCER_FENCED');
  });

  test.each([
    ['22 testInitProducerIdWithNoLastProducerData', [7, 9]],
    ['25 testFenceProducerWhenMappingExistsWithDifferentProducerId', [6, 10]],
  ] as const)('%s', (_name, expected) => {
    expect(benchWith({ producerEpoch: 10 }).init(expected)).toBe('PRODUCER_FENCED');
  });

  test('26, 27 after a rotation the old identity is recognised once, and no other', () => {
    const bench = benchWith({ producerEpoch: 32_766 });
    expect(bench.init([7, 32_766])).toBe('NONE (8,0)');
    expect(bench.init([7, 32_765])).toBe('PRODUCER_FENCED');
    expect(bench.init([7, 0])).toBe('PRODUCER_FENCED');
    expect(bench.init([7, 32_766])).toBe('NONE (8,0)');
    expect(bench.init([7, 32_766])).toBe('PRODUCER_FENCED');
  });

  test('a rotation for a new instance shuts the old one out', () => {
    const bench = benchWith({ producerEpoch: 32_766 });
    expect(bench.init()).toBe('NONE (8,0)');
    expect(bench.init([7, 32_766])).toBe('PRODUCER_FENCED');
  });

  test('a fencing abort under TV1 forgets the last epoch, so that the old instance cannot continue', () => {
    const bench = benchWith({ producerEpoch: 3 }, 1);
    expect(bench.init([7, 3])).toBe('NONE (7,4)');
    bench.add([7, 4], ['a-0'], 3);
    expect(bench.init()).toBe('CONCURRENT_TRANSACTIONS');
    bench.answerMarkers();
    expect(bench.init([7, 3])).toBe('PRODUCER_FENCED');
  });
});

describe('an instance that finds a transaction open', () => {
  const ONGOING = { transactionStatus: 'Ongoing', transactionPartitions: ['a-0'] } as const;

  test.each([
    ['12 …WhenExistingTransactionInOngoingState, TV2', 2, 3, 'PrepareAbort (7,4) a-0'],
    ['12 …WhenExistingTransactionInOngoingState, TV1', 1, 3, 'PrepareAbort (7,4) a-0'],
    ['17 shouldUseLastEpochToFenceWhenEpochsAreExhausted', 0, 32_766, 'PrepareAbort (7,32767) a-0'],
    ['20, 21 …EpochOverflow…TV2', 2, 32_766, 'PrepareAbort (7,32767) next 8 a-0'],
  ] as const)(
    '%s: it is aborted, and the caller retries',
    (_name, version, producerEpoch, logged) => {
      const bench = benchWith({ ...ONGOING, producerEpoch }, version);
      expect(bench.init()).toBe('CONCURRENT_TRANSACTIONS');
      expect(bench.logged().at(-1)).toBe(logged);
    },
  );

  test('a stale KIP-360 request aborts the newer transaction too (measured on Kafka 3.9 and 4.3)', () => {
    const bench = benchWith({ ...ONGOING, producerEpoch: 3 });
    expect(bench.init([7, 1])).toBe('CONCURRENT_TRANSACTIONS');
    expect(bench.logged().at(-1)).toBe('PrepareAbort (7,4) a-0');
  });

  test('18 shouldNotRepeatedlyBumpEpochDueToInitPidDuringOngoingTxnIfAppendToLogFails (KAFKA-9666)', () => {
    const bench = benchWith({ ...ONGOING, producerEpoch: 1 }, 1);
    bench.replicatesAtOnce = false;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      bench.init();
      bench.replicate('NOT_ENOUGH_REPLICAS');
      expect(bench.cached()).toBe('Ongoing (7,2) last -1');
      expect(bench.metadata.hasFailedEpochFence).toBe(true);
    }
    bench.replicatesAtOnce = true;
    expect(bench.init()).toBe('CONCURRENT_TRANSACTIONS');
    bench.answerMarkers();
    expect(bench.init()).toBe('NONE (7,3)');
    bench.add([7, 3], ['a-0'], 3);
    expect(bench.init()).toBe('CONCURRENT_TRANSACTIONS');
    expect(bench.logged().at(-1)).toBe('PrepareAbort (7,4) a-0');
  });

  test('19 testTV2AllowsEpochReBumpingAfterFailedWrite', () => {
    const bench = benchWith({ ...ONGOING, producerEpoch: 1 });
    bench.replicatesAtOnce = false;
    bench.init();
    bench.replicate('NOT_ENOUGH_REPLICAS');
    expect(bench.cached()).toBe('Ongoing (7,1) last -1');
    expect(bench.metadata.hasFailedEpochFence).toBe(false);
    bench.replicatesAtOnce = true;
    expect(bench.init()).toBe('CONCURRENT_TRANSACTIONS');
    bench.answerMarkers();
    expect(bench.init()).toBe('NONE (7,3)');
  });

  test('21 shouldRotateProducerIdWhenInitPidFencesOngoingTxnAtEpochOverflowBoundaryTV2', () => {
    const bench = benchWith({ ...ONGOING, producerEpoch: 32_766 });
    bench.init();
    bench.answerMarkers();
    expect(bench.logged().at(-1)).toBe('CompleteAbort (8,0)');
    expect(bench.end([7, 32_766], 'ABORT')).toBe('NONE (8,0)');
  });

  test('under TV0 an exhausted id rotates at the next request after the abort', () => {
    const bench = benchWith({ ...ONGOING, producerEpoch: 32_766 }, 0);
    bench.init();
    bench.answerMarkers();
    expect(bench.logged().at(-1)).toBe('CompleteAbort (7,32767)');
    expect(bench.init()).toBe('NONE (8,0)');
  });

  test('without a producer id to rotate to, the abort fails and blocks nothing', () => {
    const bench = benchWith({ ...ONGOING, producerEpoch: 32_766 });
    bench.nextBlock = null;
    expect(bench.init()).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    expect(bench.cached()).toBe('Ongoing (7,32766) last -1');
  });
});
