/** Numbers and names are those of TransactionCoordinatorTest and KafkaApisTest in the conformance checklist. */

import { describe, expect, test } from 'vitest';
import type { TransactionLogValue } from '../../../protocol/transaction-log.ts';
import { Bench, ID, ID_PARTITION, record } from '../scripted-coordinator.ts';

function benchWith(value: Partial<TransactionLogValue>): Bench {
  return new Bench({ log: [record({ producerEpoch: 3, ...value })] });
}

const ONGOING = { transactionStatus: 'Ongoing', transactionPartitions: ['a-0'] } as const;

describe('to add partitions', () => {
  test.each([
    ['41 …WhenTransactionalIdNotPresent', null, [7, 3], ['a-0'], 'INVALID_PRODUCER_ID_MAPPING'],
    ['another producer id', {}, [8, 3], ['a-0'], 'INVALID_PRODUCER_ID_MAPPING'],
    ['44 …WhenEpochsAreDifferent, older', {}, [7, 2], ['a-0'], 'PRODUCER_FENCED'],
    ['44 …WhenEpochsAreDifferent, newer', {}, [7, 4], ['a-0'], 'PRODUCER_FENCED'],
    ['a first partition begins a transaction', {}, [7, 3], ['a-0'], 'NONE', 'Ongoing (7,3) a-0'],
    [
      'no partition at all begins one, too (measured on Kafka 4.3)',
      {},
      [7, 3],
      [],
      '',
      'Ongoing (7,3)',
    ],
    [
      '47, 50 …WhenStateIsOngoing',
      ONGOING,
      [7, 3],
      ['b-0', 'a-0'],
      'NONE NONE',
      'Ongoing (7,3) a-0 b-0',
    ],
    ['51 …WhenNoErrorsAndPartitionsTheSame', ONGOING, [7, 3], ['a-0'], 'NONE'],
    [
      '48 …WhenStateIsCompleteCommit',
      { transactionStatus: 'CompleteCommit' },
      [7, 3],
      ['a-0'],
      'NONE',
      'Ongoing (7,3) a-0',
    ],
    [
      '49 …WhenStateIsCompleteAbort',
      { transactionStatus: 'CompleteAbort' },
      [7, 3],
      ['a-0'],
      'NONE',
      'Ongoing (7,3) a-0',
    ],
    [
      '56, 59 one unknown partition',
      {},
      [7, 3],
      ['a-0', 'x-0'],
      'OPERATION_NOT_ATTEMPTED UNKNOWN_TOPIC_OR_PARTITION',
    ],
  ] as const)('%s', (_name, value, identity, partitions, answer, logged?: string) => {
    const bench = value === null ? new Bench() : benchWith(value);
    const before = bench.log.length;
    expect(bench.add(identity, partitions)).toBe(answer);
    expect(bench.logged().slice(before)).toEqual(logged === undefined ? [] : [logged]);
  });

  test.each([
    ['45 …WhenStateIsPrepareCommit', 'PrepareCommit'],
    ['46 …WhenStateIsPrepareAbort', 'PrepareAbort'],
  ] as const)('%s, pending or not', (_name, state) => {
    const bench = benchWith(ONGOING);
    bench.metadata.state = state;
    expect(bench.add([7, 3], ['a-0'])).toBe('CONCURRENT_TRANSACTIONS');
    bench.metadata.pendingState = 'CompleteCommit';
    expect(bench.add([8, 0], ['a-0'])).toBe('CONCURRENT_TRANSACTIONS');
  });

  test('the start of a transaction is its first addition', () => {
    const bench = benchWith({});
    bench.add([7, 3], ['a-0']);
    bench.advance(50);
    bench.add([7, 3], ['b-0']);
    expect(bench.metadata).toMatchObject({ startTimestampMs: 1_000, lastUpdateTimestampMs: 1_050 });
  });

  test('the answer waits for the log', () => {
    const bench = benchWith({});
    bench.replicatesAtOnce = false;
    expect(bench.add([7, 3], ['a-0'])).toBe('pending');
    expect(bench.cached()).toBe('Empty (7,3) last -1 pending Ongoing');
  });

  test('40 …WhenTransactionalIdIsEmpty', () => {
    const { answer } = new Bench().ask({
      api: 'AddOffsetsToTxn',
      apiVersion: 3,
      body: { transactionalId: '', producerId: 7, producerEpoch: 0, groupId: 'g' },
    });
    expect(answer?.errorCode).toBe('INVALID_REQUEST');
  });

  test('42, 43 shouldRespondWith…OnAddPartitionsWhen…', () => {
    const bench = benchWith({});
    bench.coordinator.onElection(ID_PARTITION, 2);
    expect(bench.add([7, 3], ['a-0'])).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    expect(bench.add([7, 3], ['a-0'], 5, true)).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    bench.coordinator.onResignation(ID_PARTITION, null);
    expect(bench.add([7, 3], ['a-0'])).toBe('NOT_COORDINATOR');
  });

  test('55 shouldReturnConcurrentTxnOnAddPartitionsIfEndTxnV2EpochOverflowAndNotComplete', () => {
    const bench = benchWith({ ...ONGOING, producerEpoch: 32_766 });
    bench.nextBlock = 8;
    expect(bench.end([7, 32_766], 'COMMIT')).toBe('NONE (8,0)');
    expect(bench.add([8, 0], ['a-0'])).toBe('CONCURRENT_TRANSACTIONS');
    bench.answerMarkers();
    expect(bench.add([8, 0], ['a-0'])).toBe('NONE');
  });

  test('clients may not name internal topics; a group coordinator may (KafkaApis)', () => {
    const bench = benchWith({});
    expect(bench.add([7, 3], ['__consumer_offsets-0'], 3)).toBe('TOPIC_AUTHORIZATION_FAILED');
    expect(bench.add([7, 3], ['__consumer_offsets-0'], 5)).toBe('NONE');
  });

  test.each([
    ['63 …InAddPartitionToTxnWithOlderClient', 1, 'INVALID_PRODUCER_EPOCH'],
    ['version 2 knows PRODUCER_FENCED', 2, 'PRODUCER_FENCED'],
  ] as const)('%s', (_name, apiVersion, answer) => {
    expect(benchWith({}).add([7, 2], ['a-0'], apiVersion)).toBe(answer);
  });

  test('the version of the request tells the transaction version of its sender (KIP-890)', () => {
    const client = benchWith({ clientTransactionVersion: 2 });
    client.add([7, 3], ['a-0'], 3);
    expect(client.metadata.clientTransactionVersion).toBe(0);
    const leader = benchWith({ clientTransactionVersion: 0 });
    leader.add([7, 3], ['a-0'], 4);
    expect(leader.metadata.clientTransactionVersion).toBe(2);
  });

  test('at level 0 a TV2 addition is refused and stays pending (measured on Kafka 4.3)', () => {
    const bench = new Bench({
      transactionVersion: 0,
      log: [record({ clientTransactionVersion: 0 })],
    });
    expect(bench.add([7, 0], ['a-0'])).toBe('request UNSUPPORTED_VERSION');
    expect(bench.log).toHaveLength(1);
    bench.advance(4_000);
    expect(bench.init()).toBe('CONCURRENT_TRANSACTIONS');
    expect(bench.add([7, 0], ['a-0'], 3)).toBe('CONCURRENT_TRANSACTIONS');
    expect(bench.end([7, 0], 'COMMIT', 4)).toBe('CONCURRENT_TRANSACTIONS');
  });
});

test.each([
  ['measured: Apache Kafka 4.3.1, add-partitions/fresh/v5/first', [ID], ['a-0']],
  ['measured: Apache Kafka 4.3.1, add-partitions/no-partitions/v5', [ID], []],
  ['the transactions after it are not looked at', [ID, 'other'], ['a-0']],
] as const)(
  'at level 0 a TV2 addition fails the request as a whole: %s',
  (_name, transactionalIds, partitions) => {
    const known = record({ clientTransactionVersion: 0 });
    const bench = new Bench({
      transactionVersion: 0,
      log: [known, { ...known, key: { transactionalId: 'other' } }],
    });
    const asked = bench.ask({
      api: 'AddPartitionsToTxn',
      apiVersion: 5,
      body: {
        transactions: transactionalIds.map((transactionalId) => ({
          transactionalId,
          producerId: 7,
          producerEpoch: 0,
          verifyOnly: false,
          partitions,
        })),
      },
    });
    expect(asked.answer).toEqual({ errorCode: 'UNSUPPORTED_VERSION', results: [] });
  },
);

describe('to verify partitions writes nothing (KIP-890)', () => {
  test.each([
    ['52, 53 known and unknown', ONGOING, [7, 3], 'NONE TRANSACTION_ABORTABLE'],
    [
      '54 unknown producer id',
      ONGOING,
      [8, 3],
      'INVALID_PRODUCER_ID_MAPPING INVALID_PRODUCER_ID_MAPPING',
    ],
    ['54 other epoch', ONGOING, [7, 2], 'PRODUCER_FENCED PRODUCER_FENCED'],
    [
      '54 Prepare*',
      { ...ONGOING, transactionStatus: 'PrepareAbort' },
      [7, 3],
      'CONCURRENT_TRANSACTIONS CONCURRENT_TRANSACTIONS',
    ],
    ['58 Empty', {}, [7, 3], 'TRANSACTION_ABORTABLE TRANSACTION_ABORTABLE'],
    [
      '58 CompleteCommit',
      { transactionStatus: 'CompleteCommit' },
      [7, 3],
      'TRANSACTION_ABORTABLE TRANSACTION_ABORTABLE',
    ],
    ['41 unknown id', null, [7, 3], 'INVALID_PRODUCER_ID_MAPPING INVALID_PRODUCER_ID_MAPPING'],
  ] as const)('%s', (_name, value, identity, answer) => {
    const bench = value === null ? new Bench() : benchWith(value);
    const before = bench.log.length;
    expect(bench.add(identity, ['a-0', 'b-0'], 5, true)).toBe(answer);
    expect(bench.log).toHaveLength(before);
  });

  test('54 testVerifyPartitionHandling: a pending transition is ignored', () => {
    const bench = benchWith(ONGOING);
    bench.replicatesAtOnce = false;
    bench.add([7, 3], ['b-0']);
    expect(bench.add([7, 3], ['a-0', 'b-0'], 5, true)).toBe('NONE TRANSACTION_ABORTABLE');
  });

  test('below version 4 the field does not exist', () => {
    expect(benchWith({}).add([7, 3], ['a-0'], 3, true)).toBe('NONE');
  });
});

test('57, 61 a batched request is answered once, when every transaction has its result', () => {
  const bench = benchWith({});
  bench.replicatesAtOnce = false;
  const transaction = {
    producerId: 7,
    producerEpoch: 3,
    verifyOnly: false,
    partitions: ['a-0'],
  };
  const asked = bench.ask({
    api: 'AddPartitionsToTxn',
    apiVersion: 5,
    body: {
      transactions: [
        { ...transaction, transactionalId: ID },
        { ...transaction, transactionalId: 'unheard-of' },
      ],
    },
  });
  expect(asked.answer).toBeUndefined();
  bench.replicate();
  expect(asked.answer?.results.map(({ partitions }) => partitions[0]?.errorCode)).toEqual([
    'NONE',
    'INVALID_PRODUCER_ID_MAPPING',
  ]);
});

describe("AddOffsetsToTxn adds the group's partition (KafkaApis)", () => {
  function added(bench: Bench, apiVersion: number, producerEpoch = 3, groupId = 'g'): string {
    const body = { transactionalId: ID, producerId: 7, producerEpoch, groupId };
    return bench.ask({ api: 'AddOffsetsToTxn', apiVersion, body }).answer!.errorCode;
  }

  test('for any group, also one without a name', () => {
    const bench = benchWith({});
    expect(added(bench, 3)).toBe('NONE');
    expect(bench.logged().at(-1)).toBe('Ongoing (7,3) __consumer_offsets-0');
    expect(added(benchWith({}), 3, 3, '')).toBe('NONE');
  });

  test('64 …InAddOffsetToTxnWithOlderClient', () => {
    expect(added(benchWith({}), 1, 2)).toBe('INVALID_PRODUCER_EPOCH');
    expect(added(benchWith({}), 2, 2)).toBe('PRODUCER_FENCED');
  });
});
