/** Numbers and names are those of TransactionCoordinatorTest in the conformance checklist. */

import { describe, expect, test } from 'vitest';
import type { TransactionState } from '../../../protocol/states.ts';
import type { TransactionLogValue } from '../../../protocol/transaction-log.ts';
import { Bench, ID_PARTITION, record } from '../scripted-coordinator.ts';
import { DECISIONS } from '../decisions.ts';

const ONGOING = { transactionStatus: 'Ongoing', transactionPartitions: ['a-0'] } as const;

/** In memory (7, 3) with last epoch 2, formerly 6, in the state and with nothing pending. */
function benchIn(state: TransactionState): Bench {
  const bench = new Bench({ log: [record({ producerEpoch: 3, previousProducerId: 6 })] });
  bench.nextBlock = 8;
  bench.metadata.state = state;
  bench.metadata.lastProducerEpoch = 2;
  if (state === 'Ongoing') bench.metadata.topicPartitions = ['a-0'];
  if (state !== 'Empty') bench.metadata.startTimestampMs = 500;
  return bench;
}

function benchWith(value: Partial<TransactionLogValue>, transactionVersion: 0 | 1 | 2 = 2): Bench {
  const bench = new Bench({ transactionVersion, log: [record(value)] });
  bench.nextBlock = 8;
  return bench;
}

/** `log X`: the record is written and the answer is NONE. */
function outcome(
  bench: Bench,
  identity: readonly [number, number],
  result: 'COMMIT' | 'ABORT',
  apiVersion: number,
) {
  const before = bench.log.length;
  const answer = bench.end(identity, result, apiVersion);
  const written = bench.logged()[before];
  return written === undefined ? answer : `${answer} log ${written}`;
}

const STATES = [
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Empty',
] as const;

describe('EndTxn of TV0 and TV1, in every state (TransactionCoordinator.endTransactionWithTV1)', () => {
  const ROWS = `
    80 81 | Ongoing        | NONE (-1,-1) log PrepareCommit (7,3) a-0 | NONE (-1,-1) log PrepareAbort (7,3) a-0
    82    | PrepareCommit  | CONCURRENT_TRANSACTIONS                  | INVALID_TXN_STATE
    83    | PrepareAbort   | INVALID_TXN_STATE                        | CONCURRENT_TRANSACTIONS
    86 90 | CompleteCommit | NONE (-1,-1)                             | INVALID_TXN_STATE
    84 88 | CompleteAbort  | INVALID_TXN_STATE                        | NONE (-1,-1)
    92    | Empty          | INVALID_TXN_STATE                        | INVALID_TXN_STATE`;
  const rows = table(ROWS);

  test('the table has every state', () => {
    expect(rows.map(([, state]) => state)).toEqual(STATES);
  });

  test.each(rows)('%s %s', (_ids, state, commit, abort) => {
    expect(outcome(benchIn(state as TransactionState), [7, 3], 'COMMIT', 4)).toBe(commit);
    expect(outcome(benchIn(state as TransactionState), [7, 3], 'ABORT', 4)).toBe(abort);
  });

  test.each(STATES)('76, 77, 78, 79 another identity in %s', (state) => {
    expect(benchIn(state).end([8, 3], 'COMMIT', 4)).toBe('INVALID_PRODUCER_ID_MAPPING');
    expect(benchIn(state).end([7, 2], 'COMMIT', 4)).toBe('PRODUCER_FENCED');
    expect(benchIn(state).end([7, 4], 'ABORT', 4)).toBe('PRODUCER_FENCED');
  });

  test('identity is checked before the pending transition', () => {
    const bench = benchIn('Ongoing');
    bench.metadata.pendingState = 'Ongoing';
    expect(bench.end([7, 2], 'COMMIT', 4)).toBe('PRODUCER_FENCED');
    expect(bench.end([7, 3], 'COMMIT', 4)).toBe('CONCURRENT_TRANSACTIONS');
  });
});

describe('EndTxn of TV2, in every state (KIP-890; TransactionCoordinator.endTransaction)', () => {
  // Columns: COMMIT of the previous epoch, of the present one; ABORT of the previous epoch, of the present one.
  const ROWS = `
    80 81 | Ongoing        | PRODUCER_FENCED         | NONE (7,4) log PrepareCommit (7,4) a-0 | PRODUCER_FENCED         | NONE (7,4) log PrepareAbort (7,4) a-0
    82 95 | PrepareCommit  | CONCURRENT_TRANSACTIONS | PRODUCER_FENCED                        | INVALID_TXN_STATE       | PRODUCER_FENCED
    83    | PrepareAbort   | INVALID_TXN_STATE       | PRODUCER_FENCED                        | CONCURRENT_TRANSACTIONS | PRODUCER_FENCED
    87 91 | CompleteCommit | NONE (7,3)              | INVALID_TXN_STATE                      | INVALID_TXN_STATE       | NONE (7,4) log PrepareAbort (7,4)
    84 89 | CompleteAbort  | INVALID_TXN_STATE       | INVALID_TXN_STATE                      | NONE (7,3)              | NONE (7,4) log PrepareAbort (7,4)
    93 94 | Empty          | PRODUCER_FENCED         | INVALID_TXN_STATE                      | PRODUCER_FENCED         | NONE (7,4) log PrepareAbort (7,4)`;
  const rows = table(ROWS);

  test('the table has every state', () => {
    expect(rows.map(([, state]) => state)).toEqual(STATES);
  });

  test.each(rows)('%s %s', (_ids, state, ...answers) => {
    const asked = [
      ['COMMIT', 2],
      ['COMMIT', 3],
      ['ABORT', 2],
      ['ABORT', 3],
    ] as const;
    const got = asked.map(([result, epoch]) =>
      outcome(benchIn(state as TransactionState), [7, epoch], result, 5),
    );
    expect(got).toEqual(answers);
  });

  test.each(STATES)('76 to 79 another identity in %s', (state) => {
    expect(benchIn(state).end([8, 3], 'COMMIT')).toBe('INVALID_PRODUCER_ID_MAPPING');
    expect(benchIn(state).end([7, 1], 'COMMIT')).toBe('PRODUCER_FENCED');
    expect(benchIn(state).end([7, 4], 'ABORT')).toBe('PRODUCER_FENCED');
  });

  test('the pending transition is checked before identity', () => {
    const bench = benchIn('PrepareCommit');
    bench.metadata.pendingState = 'CompleteCommit';
    expect(bench.end([99, 9], 'ABORT')).toBe('CONCURRENT_TRANSACTIONS');
  });

  // Identity (6, 32766) became (7, 0) when its epoch overflowed.
  test.each([
    ['96 Ongoing', 'Ongoing', 'PRODUCER_FENCED'],
    ['96 PrepareCommit', 'PrepareCommit', 'PRODUCER_FENCED'],
    ['96 CompleteCommit', 'CompleteCommit', 'NONE (7,0)'],
    ['96 Empty', 'Empty', 'PRODUCER_FENCED'],
  ] as const)('%s: a retry of the end that overflowed', (_name, state, answer) => {
    const bench = benchIn(state);
    bench.metadata.producerEpoch = 0;
    expect(bench.end([6, 32_766], 'COMMIT')).toBe(answer);
    expect(bench.end([6, 32_765], 'COMMIT')).toBe('INVALID_PRODUCER_ID_MAPPING');
  });

  test('89, 91, 93 an abort of nothing starts now, sends no marker and is complete at once', () => {
    const bench = benchIn('Empty');
    expect(bench.end([7, 3], 'ABORT')).toBe('NONE (7,4)');
    expect(bench.logged().slice(1)).toEqual(['PrepareAbort (7,4)', 'CompleteAbort (7,4)']);
    expect(bench.log[1]?.value?.transactionStartTimestampMs).toBe(1_000);
    expect(bench.marking()).toEqual([]);
  });

  test('8 shouldGenerateNewProducerIdIfEpochsExhaustedV2', () => {
    const bench = benchWith({ ...ONGOING, producerEpoch: 32_766 });
    expect(bench.end([7, 32_766], 'COMMIT')).toBe('NONE (8,0)');
    expect(bench.cached()).toBe('PrepareCommit (7,32767) last 32766 pending CompleteCommit');
  });

  test('without a producer id to rotate to, the end fails and blocks nothing', () => {
    const bench = benchWith({ ...ONGOING, producerEpoch: 32_766 });
    bench.nextBlock = null;
    expect(bench.end([7, 32_766], 'COMMIT')).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    expect(bench.cached()).toBe('Ongoing (7,32766) last -1');
  });
});

describe('either version', () => {
  test.each([4, 5])('73, 74, 75 version %i: gate and unknown id', (apiVersion) => {
    const bench = new Bench();
    expect(bench.end([7, 0], 'COMMIT', apiVersion)).toBe('INVALID_PRODUCER_ID_MAPPING');
    bench.coordinator.onElection(ID_PARTITION, 2);
    expect(bench.end([7, 0], 'COMMIT', apiVersion)).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    bench.coordinator.onResignation(ID_PARTITION, 3);
    expect(bench.end([7, 0], 'COMMIT', apiVersion)).toBe('NOT_COORDINATOR');
  });

  test('72 shouldRespondWithInvalidRequestOnEndTxnWhenTransactionalIdIsEmpty', () => {
    const { answer } = new Bench().ask({
      api: 'EndTxn',
      apiVersion: 5,
      body: { transactionalId: '', producerId: 7, producerEpoch: 0, committed: true },
    });
    expect(answer).toEqual({ errorCode: 'INVALID_REQUEST', producerId: -1, producerEpoch: -1 });
  });

  test('65 …InEndTxnWithOlderClient: below version 2 PRODUCER_FENCED reads INVALID_PRODUCER_EPOCH', () => {
    expect(benchWith(ONGOING).end([7, 9], 'COMMIT', 1)).toBe('INVALID_PRODUCER_EPOCH');
    expect(benchWith(ONGOING).end([7, 9], 'COMMIT', 2)).toBe('PRODUCER_FENCED');
  });

  test.each([4, 5])(
    'version %i: the decision is answered when it is replicated, and only then',
    (apiVersion) => {
      const bench = benchWith(ONGOING);
      bench.replicatesAtOnce = false;
      const body = { transactionalId: 'orders', producerId: 7, producerEpoch: 0, committed: true };
      const asked = bench.ask({ api: 'EndTxn', apiVersion, body });
      expect(asked.answer).toBeUndefined();
      expect(bench.marking()).toEqual([]);
      bench.replicateOne();
      expect(asked.answer?.errorCode).toBe('NONE');
      expect(bench.marking()).toHaveLength(1);
    },
  );

  test.each([4, 5])(
    'version %i: a failed append of the decision leaves the transaction open',
    (apiVersion) => {
      const bench = benchWith(ONGOING);
      bench.replicatesAtOnce = false;
      const body = { transactionalId: 'orders', producerId: 7, producerEpoch: 0, committed: true };
      const asked = bench.ask({ api: 'EndTxn', apiVersion, body });
      bench.replicate('REQUEST_TIMED_OUT');
      expect(asked.answer?.errorCode).toBe('COORDINATOR_NOT_AVAILABLE');
      expect(bench.cached()).toBe('Ongoing (7,0) last -1');
      expect(bench.metadata.hasFailedEpochFence).toBe(false);
    },
  );
});

describe('a transaction that takes too long is aborted (TransactionCoordinator.abortTimedOutTransactions)', () => {
  /** The transaction of the log began at 500 and may last 60 s; the check runs every 10 s from 1,000 on. */
  function timedOut(bench: Bench, untilMs: number): Bench {
    bench.coordinator.start();
    bench.advance(untilMs - bench.nowMs);
    return bench;
  }

  test('the check comes every ten seconds, and strictly after the timeout', () => {
    expect(timedOut(benchWith(ONGOING), 60_999).cached()).toBe('Ongoing (7,0) last -1');
    expect(timedOut(benchWith(ONGOING), 61_000).logged().at(-1)).toBe('PrepareAbort (7,1) a-0');
    const justInTime = { ...ONGOING, transactionStartTimestampMs: 1_000 };
    expect(timedOut(benchWith(justInTime), 61_000).log).toHaveLength(1);
  });

  test.each([
    [
      '97 shouldAbortExpiredTransactionsInOngoingStateAndBumpEpoch, TV2',
      2,
      3,
      'PrepareAbort (7,4) a-0',
    ],
    [
      '97 shouldAbortExpiredTransactionsInOngoingStateAndBumpEpoch, TV1',
      1,
      3,
      'PrepareAbort (7,4) a-0',
    ],
    [
      '101 shouldHandleTimeoutAtEpochOverflowBoundaryCorrectlyTV2',
      2,
      32_766,
      'PrepareAbort (7,32767) next 8 a-0',
    ],
  ] as const)('%s', (_name, version, producerEpoch, logged) => {
    const clientTransactionVersion = version;
    const bench = benchWith({ ...ONGOING, producerEpoch, clientTransactionVersion }, version);
    expect(timedOut(bench, 61_000).logged().at(-1)).toBe(logged);
  });

  test('102, 103 …OverflowBoundary…: a late client learns its new identity', () => {
    const bench = timedOut(benchWith({ ...ONGOING, producerEpoch: 32_766 }), 61_000);
    bench.answerMarkers();
    expect(bench.end([7, 32_766], 'ABORT')).toBe('NONE (8,0)');
    expect(bench.init([7, 32_766])).toBe('NONE (8,0)');
  });

  test('a two-phase commit participant is never timed out (KIP-939)', () => {
    const { metadata } = benchWith({ ...ONGOING, transactionTimeoutMs: 2_147_483_647 });
    expect(DECISIONS.isTimedOut(metadata, 1e13)).toBe(false);
    metadata.transactionTimeoutMs -= 1;
    expect(DECISIONS.isTimedOut(metadata, 1e13)).toBe(true);
  });

  test('99 shouldNotAbortExpiredTransactionsThatHaveAPendingStateTransition', () => {
    const bench = benchWith(ONGOING);
    bench.metadata.pendingState = 'Ongoing';
    expect(timedOut(bench, 71_000).log).toHaveLength(1);
  });

  test('100 shouldNotBumpEpochWhenAbortingExpiredTransactionIfAppendToLogFails', () => {
    const bench = benchWith({ ...ONGOING, clientTransactionVersion: 1 }, 1);
    bench.replicatesAtOnce = false;
    timedOut(bench, 61_000);
    bench.replicate('NOT_ENOUGH_REPLICAS');
    bench.advance(10_000);
    bench.replicate('NOT_ENOUGH_REPLICAS');
    expect(bench.cached()).toBe('Ongoing (7,1) last -1');
    expect(bench.metadata.hasFailedEpochFence).toBe(true);
  });

  test.each(STATES.filter((state) => state !== 'Ongoing'))(
    '168 shouldOnlyConsiderTransactionsInTheOngoingStateToAbort: not %s',
    (state) => {
      expect(timedOut(benchIn(state), 61_000).log).toHaveLength(1);
    },
  );
});

/** Rows of cells between bars. */
function table(text: string): readonly (readonly string[])[] {
  return text
    .trim()
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim()));
}
