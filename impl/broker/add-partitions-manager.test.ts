/** The leaders' questions to coordinators (KIP-890): AddPartitionsToTxnManagerTest and ReplicaManagerTest, by name. */

import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TransactionSupportedOperation } from '../../protocol/transaction-version.ts';
import type { VerificationRequest } from '../partition-leader/verification.ts';
import { AddPartitionsToTxnManager } from './add-partitions-manager.ts';
import { answering, COORDINATOR, World } from './broker.fixture.ts';
import { BROKER_DECISIONS } from './decisions.ts';

class ManagerBench {
  readonly world = new World();
  readonly manager = new AddPartitionsToTxnManager(
    { requestTimeoutMs: 500, addPartitionsRetryBackoffMs: 20, addPartitionsRetryMaxMs: 100 },
    this.world.ports,
    BROKER_DECISIONS,
  );
  /** `partition code`, in the order in which they came. */
  readonly answers: string[] = [];

  ask(changes: Partial<VerificationRequest> = {}): void {
    const request: VerificationRequest = {
      transactionalId: 'T',
      producerId: 7,
      producerEpoch: 3,
      partition: 'a-0',
      operation: 'ADD_PARTITION',
      ...changes,
    };
    this.manager.verify(request, (errorCode, retry) => {
      if (retry === null) this.answers.push(`${request.partition} ${errorCode}`);
      else retry(() => this.ask(changes));
    });
  }

  /** Answers the oldest request that has no answer yet. */
  answer(errorCode: ErrorCode): void {
    const sent = this.world.sent.shift()!;
    sent.answer(answering(sent, errorCode));
  }
}

describe('questions under way', () => {
  test('one request in flight a node; what waits goes together (testGenerateRequests)', () => {
    const bench = new ManagerBench();
    bench.ask();
    bench.ask({ transactionalId: 'U', operation: 'GENERIC_ERROR_SUPPORTED' });
    bench.ask({ transactionalId: 'V' });
    expect(bench.world.sent.length).toBe(1);
    bench.answer('NONE');
    const { broker, apiVersion, timeoutMs, body } = bench.world.sent[0]!;
    expect({ broker, apiVersion, timeoutMs }).toEqual({
      broker: COORDINATOR,
      apiVersion: 5,
      timeoutMs: 500,
    });
    expect(body.transactions.map((asked) => [asked.transactionalId, asked.verifyOnly])).toEqual([
      ['U', true],
      ['V', false],
    ]);
  });

  test('what is asked during one Produce request is one entry', () => {
    const bench = new ManagerBench();
    bench.manager.together(() => {
      bench.ask();
      bench.ask({ partition: 'b-0' });
    });
    expect(bench.world.sent[0]!.body.transactions.map(({ partitions }) => partitions)).toEqual([
      ['a-0', 'b-0'],
    ]);
    bench.answer('NONE');
    expect(bench.answers).toEqual(['a-0 NONE', 'b-0 NONE']);
    expect(bench.world.sent).toEqual([]);
  });

  test.each([
    ['higher', 4, ['a-0 INVALID_PRODUCER_EPOCH'], 4],
    ['equal', 3, ['a-0 NETWORK_EXCEPTION'], 3],
    ['lower', 2, ['b-0 INVALID_PRODUCER_EPOCH'], 3],
  ])(
    'a newcomer of %s epoch to one that waits (testAddTxnData)',
    (_, producerEpoch, answers, survivor) => {
      const bench = new ManagerBench();
      bench.ask({ transactionalId: 'U' });
      bench.ask();
      bench.ask({ producerEpoch, partition: 'b-0' });
      expect(bench.answers).toEqual(answers);
      bench.answer('NONE');
      expect(bench.world.sent[0]!.body.transactions.map((asked) => asked.producerEpoch)).toEqual([
        survivor,
      ]);
    },
  );

  test.each([
    ['unknown', (world: World) => (world.coordinator = null)],
    ['dead', (world: World) => world.alive.delete(COORDINATOR)],
  ])('%s coordinator (testTransactionCoordinatorResolution)', (_, lose) => {
    const bench = new ManagerBench();
    lose(bench.world);
    bench.ask();
    expect(bench.answers).toEqual(['a-0 COORDINATOR_NOT_AVAILABLE']);
  });
});

describe('what an answer means (testAddPartitionsToTxnHandlerErrorHandling)', () => {
  test.each([
    ['NONE', 'NONE', 'NONE', 'NONE'],
    [
      'PRODUCER_FENCED',
      'INVALID_PRODUCER_EPOCH',
      'INVALID_PRODUCER_EPOCH',
      'INVALID_PRODUCER_EPOCH',
    ],
    [
      'TRANSACTION_ABORTABLE',
      'INVALID_TXN_STATE',
      'TRANSACTION_ABORTABLE',
      'TRANSACTION_ABORTABLE',
    ],
    ['INVALID_TXN_STATE', 'INVALID_TXN_STATE', 'INVALID_TXN_STATE', 'INVALID_TXN_STATE'],
    ['NOT_COORDINATOR', 'NOT_COORDINATOR', 'NOT_COORDINATOR', 'NOT_COORDINATOR'],
  ] as const)('%s at the partition', (errorCode, ...expected) => {
    const operations: TransactionSupportedOperation[] = [
      'DEFAULT_ERROR',
      'GENERIC_ERROR_SUPPORTED',
      'ADD_PARTITION',
    ];
    for (const [index, operation] of operations.entries()) {
      const bench = new ManagerBench();
      bench.ask({ operation });
      bench.answer(errorCode);
      expect(bench.answers).toEqual([`a-0 ${expected[index]}`]);
    }
  });

  test.each([
    ['CLUSTER_AUTHORIZATION_FAILED', 'INVALID_TXN_STATE'],
    ['UNKNOWN_SERVER_ERROR', 'UNKNOWN_SERVER_ERROR'],
  ] as const)('%s at the top is %s for every partition', (errorCode, expected) => {
    const bench = new ManagerBench();
    bench.manager.together(() => {
      bench.ask();
      bench.ask({ partition: 'b-0' });
    });
    bench.world.sent[0]!.answer({ errorCode, results: [] });
    expect(bench.answers).toEqual([`a-0 ${expected}`, `b-0 ${expected}`]);
  });

  test('a closed connection is NETWORK_EXCEPTION, and what waited is asked next', () => {
    const bench = new ManagerBench();
    bench.ask();
    bench.ask({ transactionalId: 'U', partition: 'b-0' });
    bench.world.sent.shift()!.answer(null);
    expect(bench.answers).toEqual(['a-0 NETWORK_EXCEPTION']);
    bench.answer('NONE');
    expect(bench.answers).toEqual(['a-0 NETWORK_EXCEPTION', 'b-0 NONE']);
  });
});

describe('CONCURRENT_TRANSACTIONS (testTransactionAddPartitionRetry)', () => {
  test('under TV2 the coordinator is asked every 20 ms until 100 ms have passed', () => {
    const bench = new ManagerBench();
    bench.ask();
    let asked = 0;
    while (bench.answers.length === 0) {
      bench.answer('CONCURRENT_TRANSACTIONS');
      asked += 1;
      bench.world.pass(20);
    }
    expect(asked).toBe(6);
    expect(bench.answers).toEqual(['a-0 CONCURRENT_TRANSACTIONS']);
    expect(bench.world.sent).toEqual([]);
  });

  test('the partitions of one Produce request are asked again together', () => {
    const bench = new ManagerBench();
    bench.manager.together(() => {
      bench.ask();
      bench.ask({ partition: 'b-0' });
    });
    bench.answer('CONCURRENT_TRANSACTIONS');
    bench.world.pass(19);
    expect(bench.world.sent).toEqual([]);
    bench.world.pass(1);
    bench.answer('NONE');
    expect(bench.answers).toEqual(['a-0 NONE', 'b-0 NONE']);
  });

  test('any other error, and TV1, is final', () => {
    const bench = new ManagerBench();
    bench.ask();
    bench.answer('NOT_COORDINATOR');
    bench.ask({ operation: 'GENERIC_ERROR_SUPPORTED', partition: 'b-0' });
    bench.answer('CONCURRENT_TRANSACTIONS');
    expect(bench.answers).toEqual(['a-0 NOT_COORDINATOR', 'b-0 CONCURRENT_TRANSACTIONS']);
  });
});
