/** Lookups, retries and errors of requests to the coordinator. The names in brackets are tests of Kafka's TransactionManagerTest. */

import { describe, expect, test } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '../../protocol/error-codes.ts';
import { REQUEST_ERRORS, requestErrorAction, type RequestErrorTable } from './error-handling.ts';
import { Bench } from './scripted-brokers.ts';

const TV1 = { transactionVersion: 1 } as const;

function initializing(): Bench {
  const bench = new Bench(TV1);
  bench.producer.initTransactions(bench.note('init'));
  bench.found();
  return bench;
}

function adding(config = {}): Bench {
  return new Bench({ ...TV1, ...config }).init().begin().send('x');
}

function ending(how: 'commit' | 'abort', config = {}): Bench {
  const bench = adding(config);
  bench.added();
  bench.produced(0);
  return how === 'commit' ? bench.commit() : bench.abort();
}

describe('the coordinator is looked up', () => {
  test('again after a disconnect, and the request is sent again (testLookupCoordinatorOnDisconnectBeforeSend)', () => {
    const bench = initializing();
    bench.answer('InitProducerId', null);
    expect(bench.outstanding).toEqual(['FindCoordinator v6']);
    bench.found();
    expect(bench.outstanding).toEqual([]);
    bench.backOff();
    expect(bench.outstanding).toEqual(['InitProducerId v5 -1,-1']);
  });

  test.each(['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE'] as const)(
    'again after %s (testLookupCoordinatorOnNotCoordinatorError)',
    (errorCode) => {
      const bench = ending('commit');
      bench.ended(errorCode);
      expect(bench.outstanding).toEqual(['FindCoordinator v6']);
      bench.found();
      bench.backOff();
      expect(bench.outstanding).toEqual(['EndTxn v4 commit 5,0']);
    },
  );

  test('at each bootstrap broker in turn', () => {
    const bench = new Bench();
    bench.producer.initTransactions(bench.note('init'));
    for (const _ of [1, 2]) {
      bench.answer('FindCoordinator', null);
      bench.backOff();
    }
    expect(bench.sent).toEqual([7, 8, 7].map((broker) => `FindCoordinator v6 -> ${broker}`));
  });

  test('in an abortable error too, for the abort (testFindCoordinatorAllowedInAbortableErrorState)', () => {
    const bench = adding();
    bench.answer('AddPartitionsToTxn', null);
    expect(bench.outstanding).toEqual(['FindCoordinator v6']);
    bench.abort();
    bench.found();
    bench.backOff();
    expect(bench.outstanding).toEqual(['AddPartitionsToTxn v3 a-0']);
  });
});

describe('a retriable error is retried after the back-off (testRetriableErrors)', () => {
  test.each([
    'COORDINATOR_LOAD_IN_PROGRESS',
    'CONCURRENT_TRANSACTIONS',
    'REQUEST_TIMED_OUT',
  ] as const)('%s', (errorCode) => {
    const init = initializing();
    init.initRefused(errorCode);
    init.backOff();
    expect(init.outstanding).toEqual(['InitProducerId v5 -1,-1']);
    const end = ending('abort');
    end.ended(errorCode);
    end.backOff();
    expect(end.outstanding).toEqual(['EndTxn v4 abort 5,0']);
  });

  test('also UNKNOWN_TOPIC_OR_PARTITION of AddPartitionsToTxn (testHandlingOfUnknownTopicPartitionErrorOnAddPartitions)', () => {
    const bench = adding();
    bench.added('UNKNOWN_TOPIC_OR_PARTITION');
    bench.backOff();
    expect(bench.outstanding).toEqual(['AddPartitionsToTxn v3 a-0']);
  });

  test('AddPartitionsToTxn after CONCURRENT_TRANSACTIONS: 20 ms while nothing is in the transaction, then the usual pause (testAddPartitionToTransactionOverridesRetryBackoffForConcurrentTransactions, testAddPartitionToTransactionRetainsRetryBackoffWhenPartitionsAlreadyAdded)', () => {
    const bench = adding();
    bench.added('CONCURRENT_TRANSACTIONS');
    bench.advance(20);
    bench.added();
    bench.send('y', 'b-0');
    bench.produced(0);
    bench.added('CONCURRENT_TRANSACTIONS');
    bench.advance(20);
    expect(bench.outstanding).toEqual([]);
    bench.advance(80);
    expect(bench.outstanding).toEqual(['AddPartitionsToTxn v3 b-0']);
  });
});

/** The call that waits for each request. */
const CALLS: Partial<Record<RequestErrorTable, string>> = {
  InitProducerId: 'init',
  AddPartitionsToTxn: 'x',
  EndTxnCommit: 'commit',
  EndTxnAbort: 'abort',
};

describe('what an error does, by request', () => {
  test.each<[RequestErrorTable, ErrorCode, string, string, string]>([
    [
      'InitProducerId',
      'PRODUCER_FENCED',
      'FatalError',
      'fatal PRODUCER_FENCED failed',
      'testProducerFencedExceptionInInitProducerId',
    ],
    [
      'InitProducerId',
      'INVALID_PRODUCER_EPOCH',
      'FatalError',
      'fatal PRODUCER_FENCED failed',
      'InitProducerIdHandler',
    ],
    [
      'InitProducerId',
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
      'Uninitialized',
      'abortable TRANSACTIONAL_ID_AUTHORIZATION_FAILED failed',
      'testTransactionalIdAuthorizationFailureInInitProducerId',
    ],
    [
      'InitProducerId',
      'TRANSACTION_ABORTABLE',
      'AbortableError',
      'abortable TRANSACTION_ABORTABLE failed',
      'testTransactionAbortableExceptionInInitProducerId',
    ],
    [
      'InitProducerId',
      'INVALID_TRANSACTION_TIMEOUT',
      'FatalError',
      'fatal INVALID_TRANSACTION_TIMEOUT failed',
      'InitProducerIdHandler',
    ],
    [
      'AddPartitionsToTxn',
      'INVALID_TXN_STATE',
      'FatalError',
      'fatal INVALID_TXN_STATE failed',
      'testInvalidTxnStateInAddPartitions',
    ],
    [
      'AddPartitionsToTxn',
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
      'FatalError',
      'fatal TRANSACTIONAL_ID_AUTHORIZATION_FAILED failed',
      'testTransactionalIdAuthorizationFailureInAddPartitions',
    ],
    [
      'AddPartitionsToTxn',
      'TOPIC_AUTHORIZATION_FAILED',
      'AbortableError',
      'abortable TOPIC_AUTHORIZATION_FAILED failed',
      'testTopicAuthorizationFailureInAddPartitions',
    ],
    [
      'AddPartitionsToTxn',
      'UNKNOWN_PRODUCER_ID',
      'AbortableError',
      'abortable UNKNOWN_PRODUCER_ID failed',
      'abortableErrorIfPossible',
    ],
    [
      'AddPartitionsToTxn',
      'UNKNOWN_SERVER_ERROR',
      'AbortableError',
      'abortable UNKNOWN_SERVER_ERROR failed',
      'AddPartitionsToTxnHandler',
    ],
    [
      'EndTxnCommit',
      'INVALID_PRODUCER_EPOCH',
      'FatalError',
      'fatal PRODUCER_FENCED failed',
      'testInvalidProducerEpochConvertToProducerFencedInEndTxn',
    ],
    [
      'EndTxnCommit',
      'INVALID_TXN_STATE',
      'FatalError',
      'fatal INVALID_TXN_STATE failed',
      'EndTxnHandler',
    ],
    [
      'EndTxnCommit',
      'TRANSACTION_ABORTABLE',
      'AbortableError',
      'abortable TRANSACTION_ABORTABLE failed',
      'testTransactionAbortableExceptionInEndTxn',
    ],
    [
      'EndTxnCommit',
      'UNKNOWN_SERVER_ERROR',
      'FatalError',
      'fatal UNKNOWN_SERVER_ERROR unknown',
      'EndTxnHandler',
    ],
    [
      'EndTxnAbort',
      'TRANSACTION_ABORTABLE',
      'FatalError',
      'fatal TRANSACTION_ABORTABLE failed',
      'testAbortableErrorIsConvertedToFatalErrorDuringAbort',
    ],
    [
      'EndTxnAbort',
      'PRODUCER_FENCED',
      'FatalError',
      'fatal PRODUCER_FENCED failed',
      'EndTxnHandler',
    ],
  ])('%s %s -> %s, told %s (%s)', (request, errorCode, state, told) => {
    const bench = refuse(request, errorCode);
    expect(bench.producer.state).toBe(state);
    expect(bench.told(CALLS[request] ?? '')).toBe(told);
    expect(bench.outstanding).toEqual([]);
  });

  function refuse(request: RequestErrorTable, errorCode: ErrorCode): Bench {
    if (request === 'InitProducerId') {
      const bench = initializing();
      bench.initRefused(errorCode);
      return bench;
    }
    if (request === 'AddPartitionsToTxn') {
      const bench = adding();
      bench.added(errorCode);
      return bench;
    }
    const bench = ending(request === 'EndTxnCommit' ? 'commit' : 'abort');
    bench.ended(errorCode);
    return bench;
  }

  test('an authorization failure leaves the producer to be initialised again', () => {
    const bench = initializing();
    bench.initRefused('TRANSACTIONAL_ID_AUTHORIZATION_FAILED');
    bench.producer.initTransactions(bench.note('again'));
    bench.identified(5, 0);
    expect(bench.told('again')).toBe('ok');
  });

  test('siblings of an unauthorized partition are OPERATION_NOT_ATTEMPTED: abortable, and nothing is added', () => {
    const bench = adding();
    bench.send('y', 'b-0').send('z', 'c-0');
    bench.added();
    bench.added('OPERATION_NOT_ATTEMPTED', 'TOPIC_AUTHORIZATION_FAILED');
    expect(bench.told('y')).toBe('abortable TOPIC_AUTHORIZATION_FAILED failed');
    expect(bench.producer.partitions.added).toEqual(['a-0']);
  });

  test('after UNKNOWN_PRODUCER_ID the abort is followed by an epoch bump (abortableErrorIfPossible)', () => {
    const bench = adding();
    bench.added('UNKNOWN_PRODUCER_ID');
    bench.abort();
    expect(bench.outstanding).toEqual(['InitProducerId v5 5,0']);
  });

  test('without an epoch bump UNKNOWN_PRODUCER_ID is fatal (canHandleAbortableError)', () => {
    const bench = adding({ coordinatorSupportsEpochBump: false, fatalWithoutEpochBump: true });
    bench.added('UNKNOWN_PRODUCER_ID');
    expect(bench.producer.state).toBe('FatalError');
  });

  test('an error on an EndTxn that was sent again leaves the outcome unknown: the first may have been applied', () => {
    const bench = ending('commit');
    bench.answer('EndTxn', null);
    bench.found();
    bench.backOff();
    bench.ended('PRODUCER_FENCED');
    expect(bench.told('commit')).toBe('fatal PRODUCER_FENCED unknown');
  });
});

test("every code has an action in every table, and only listed codes differ from Kafka's classes", () => {
  for (const table of Object.keys(REQUEST_ERRORS) as RequestErrorTable[]) {
    for (const [code, { retriable }] of Object.entries(ERROR_CODES) as [
      ErrorCode,
      { retriable: boolean },
    ][]) {
      if (code in REQUEST_ERRORS[table].listed || code === 'NONE') continue;
      const expected = retriable ? 'retry' : REQUEST_ERRORS[table].otherwise;
      expect(requestErrorAction(table, code), `${table} ${code}`).toBe(expected);
    }
  }
});
