/** A broker between clients, coordinator and leaders (KafkaApis). */

import { describe, expect, test } from 'vitest';
import type { Request, RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { notDescribed } from '../transaction-coordinator/handlers/describe-transactions.ts';
import { answering, batch, BrokerBench, produce } from './broker.fixture.ts';
import { BROKER_DECISIONS } from './decisions.ts';

const plain = batch({ transactional: false });

/** `a-0 NONE 0` for each partition of the only reply; empty while there is none. */
function told(replies: readonly unknown[]): string[] {
  const [reply] = replies as ResponseOf<'Produce'>[];
  return (reply?.partitions ?? []).map(
    ({ partition, errorCode, baseOffset, logStartOffset }) =>
      `${partition} ${errorCode} ${baseOffset} ${logStartOffset}`,
  );
}

describe('Produce', () => {
  test('replies in the order of the request when every partition is done', () => {
    const bench = new BrokerBench();
    const replies = bench.handle(produce({ 'a-0': plain, 'b-0': plain }));
    bench.flush('b-0');
    expect(replies).toEqual([]);
    bench.flush('a-0');
    expect(told(replies)).toEqual(['a-0 NONE 0 0', 'b-0 NONE 0 0']);
  });

  test('a partition that is led elsewhere, unknown or internal fails alone', () => {
    const bench = new BrokerBench();
    const replies = bench.handle(
      produce({ 'a-0': plain, 'c-0': plain, 'd-0': plain, '__consumer_offsets-0': plain }),
    );
    bench.flush('a-0');
    expect(told(replies)).toEqual([
      'a-0 NONE 0 0',
      'c-0 NOT_LEADER_OR_FOLLOWER -1 -1',
      'd-0 UNKNOWN_TOPIC_OR_PARTITION -1 -1',
      '__consumer_offsets-0 INVALID_TOPIC_EXCEPTION -1 -1',
    ]);
    expect(bench.world.sent).toEqual([]);
  });

  test('transactional batches need a transactional id (KafkaApis.handleProduceRequest)', () => {
    const bench = new BrokerBench();
    const replies = bench.handle(
      produce({ 'a-0': plain, 'b-0': batch() }, { transactionalId: null }),
    );
    expect(told(replies)).toEqual([
      'a-0 TRANSACTIONAL_ID_AUTHORIZATION_FAILED -1 -1',
      'b-0 TRANSACTIONAL_ID_AUTHORIZATION_FAILED -1 -1',
    ]);
  });

  test('two identities in one transactional request (testExceptionWhenUnverifiedTransactionHasMultipleProducerIds)', () => {
    for (const changes of [{ producerId: 8 }, { producerEpoch: 1 }]) {
      const replies = new BrokerBench().handle(produce({ 'a-0': batch(), 'b-0': batch(changes) }));
      expect(told(replies)).toEqual([
        'a-0 INVALID_PRODUCER_ID_MAPPING -1 -1',
        'b-0 INVALID_PRODUCER_ID_MAPPING -1 -1',
      ]);
    }
  });

  test('only transactional partitions are verified (testVerificationForTransactionalPartitionsOnly)', () => {
    const bench = new BrokerBench();
    const replies = bench.handle(
      produce({ 'a-0': batch({ producerId: 9, transactional: false }), 'b-0': batch() }),
    );
    const [sent] = bench.world.sent;
    expect(sent!.body.transactions).toEqual([
      {
        transactionalId: 'T',
        producerId: 7,
        producerEpoch: 0,
        verifyOnly: false,
        partitions: ['b-0'],
      },
    ]);
    sent!.answer(answering(sent!, 'NOT_COORDINATOR'));
    bench.flush('a-0');
    expect(told(replies)).toEqual(['a-0 NONE 0 0', 'b-0 NOT_ENOUGH_REPLICAS -1 -1']);
  });

  test('guards are of one partition (testTransactionVerificationGuardOnMultiplePartitions)', () => {
    const bench = new BrokerBench();
    const replies = bench.handle(produce({ 'a-0': batch(), 'b-0': batch() }));
    const [sent] = bench.world.sent;
    sent!.answer({
      errorCode: 'NONE',
      results: [
        {
          transactionalId: 'T',
          partitions: [
            { partition: 'a-0', errorCode: 'NONE' },
            { partition: 'b-0', errorCode: 'TRANSACTION_ABORTABLE' },
          ],
        },
      ],
    });
    bench.flush('a-0');
    expect(told(replies)).toEqual(['a-0 NONE 0 0', 'b-0 TRANSACTION_ABORTABLE -1 -1']);
  });

  test('under TV2 it waits for the previous transaction to complete', () => {
    const bench = new BrokerBench();
    const replies = bench.handle(produce({ 'a-0': batch(), 'b-0': batch() }));
    const first = bench.world.sent.shift()!;
    first.answer(answering(first, 'CONCURRENT_TRANSACTIONS'));
    bench.world.pass(20);
    const second = bench.world.sent.shift()!;
    expect(second.body).toEqual(first.body);
    second.answer(answering(second, 'NONE'));
    bench.flush('a-0');
    bench.flush('b-0');
    expect(told(replies)).toEqual(['a-0 NONE 0 0', 'b-0 NONE 0 0']);
  });

  test.each([
    [10, 'DEFAULT_ERROR'],
    [11, 'GENERIC_ERROR_SUPPORTED'],
    [12, 'ADD_PARTITION'],
  ])('version %i means %s (AddPartitionsToTxnManager)', (version, operation) => {
    expect(BROKER_DECISIONS.operationOf(version)).toBe(operation);
  });

  test('without partitions there is nothing to wait for', () => {
    expect(new BrokerBench().handle(produce({}))).toEqual([{ partitions: [] }]);
  });
});

describe('WriteTxnMarkers (KafkaApis.handleWriteTxnMarkersRequest)', () => {
  function markers(apiVersion: number, producerEpoch: number): RequestOf<'WriteTxnMarkers'> {
    const marker = {
      producerEpoch,
      result: 'ABORT' as const,
      coordinatorEpoch: 0,
      transactionVersion: 2 as TransactionVersion,
    };
    return {
      api: 'WriteTxnMarkers',
      apiVersion,
      body: {
        markers: [
          { ...marker, producerId: 7, partitions: ['a-0', 'c-0'] },
          { ...marker, producerId: 8, partitions: ['b-0'] },
        ],
      },
    };
  }

  test('replies when all markers are replicated; a partition that is not online is 3', () => {
    const bench = new BrokerBench();
    const replies = bench.handle(markers(2, 1));
    bench.flush('a-0');
    expect(replies).toEqual([]);
    bench.flush('b-0');
    expect(replies).toEqual([
      {
        markers: [
          {
            producerId: 7,
            partitions: [
              { partition: 'a-0', errorCode: 'NONE' },
              { partition: 'c-0', errorCode: 'UNKNOWN_TOPIC_OR_PARTITION' },
            ],
          },
          { producerId: 8, partitions: [{ partition: 'b-0', errorCode: 'NONE' }] },
        ],
      },
    ]);
  });

  test.each([
    [1, 'NONE'],
    [2, 'INVALID_PRODUCER_EPOCH'],
  ])('version %i: a marker of the transaction`s own epoch is %s (KIP-1228)', (version, code) => {
    const bench = new BrokerBench();
    bench.handle(produce({ 'a-0': batch() }, { apiVersion: 12 }));
    const [sent] = bench.world.sent;
    sent!.answer(answering(sent!, 'NONE'));
    const replies = bench.handle(markers(version, 0)) as ResponseOf<'WriteTxnMarkers'>[];
    bench.flush('a-0');
    bench.flush('b-0');
    expect(replies[0]!.markers[0]!.partitions[0]).toEqual({ partition: 'a-0', errorCode: code });
  });

  test('what is not replicated in time is REQUEST_TIMED_OUT', () => {
    const bench = new BrokerBench();
    const replies = bench.handle(markers(2, 1)) as ResponseOf<'WriteTxnMarkers'>[];
    bench.world.pass(30_000);
    expect(replies[0]!.markers.map(({ partitions }) => partitions[0]!.errorCode)).toEqual([
      'REQUEST_TIMED_OUT',
      'REQUEST_TIMED_OUT',
    ]);
  });
});

describe('reads and look-ups', () => {
  // Measured: Apache Kafka 4.3.1, fetch/leader-epoch/unknown-partition (an empty list of aborted transactions).
  test('Fetch and ListOffsets fail by partition', () => {
    const bench = new BrokerBench();
    const asked = ['a-0', 'c-0', 'd-0'];
    const isolationLevel = 'read_committed' as const;
    bench.handle(produce({ 'a-0': plain }));
    bench.flush('a-0');
    const [fetched] = bench.handle({
      api: 'Fetch',
      apiVersion: 12,
      body: {
        isolationLevel,
        partitions: asked.map((partition) => ({ partition, fetchOffset: 0, maxBatches: 5 })),
      },
    }) as ResponseOf<'Fetch'>[];
    expect(
      fetched!.partitions.map(({ errorCode, batches, lastStableOffset, abortedTransactions }) => [
        errorCode,
        batches.length,
        lastStableOffset,
        abortedTransactions,
      ]),
    ).toEqual([
      ['NONE', 1, 1, []],
      ['NOT_LEADER_OR_FOLLOWER', 0, -1, null],
      ['UNKNOWN_TOPIC_OR_PARTITION', 0, -1, []],
    ]);
    const offsets = (timestamp: 'EARLIEST' | 'LATEST') =>
      bench.handle({
        api: 'ListOffsets',
        apiVersion: 7,
        body: {
          isolationLevel,
          partitions: asked.map((partition) => ({ partition, timestamp })),
        },
      });
    const failures = [
      { partition: 'c-0', errorCode: 'NOT_LEADER_OR_FOLLOWER', offset: -1 },
      { partition: 'd-0', errorCode: 'UNKNOWN_TOPIC_OR_PARTITION', offset: -1 },
    ];
    for (const [timestamp, offset] of [
      ['EARLIEST', 0],
      ['LATEST', 1],
    ] as const) {
      expect(offsets(timestamp)).toEqual([
        { partitions: [{ partition: 'a-0', errorCode: 'NONE', offset }, ...failures] },
      ]);
    }
  });

  test('FindCoordinator names the live leader of the key`s partition (KafkaApis.getCoordinator)', () => {
    const bench = new BrokerBench();
    const find = (keyType: 'TRANSACTION' | 'GROUP') =>
      bench.handle({ api: 'FindCoordinator', apiVersion: 3, body: { keyType, key: 'T' } });
    const none = [{ errorCode: 'COORDINATOR_NOT_AVAILABLE', nodeId: -1 }];
    expect(find('TRANSACTION')).toEqual([{ errorCode: 'NONE', nodeId: 2 }]);
    expect(find('GROUP')).toEqual([{ errorCode: 'NONE', nodeId: 1 }]);
    bench.world.alive.delete(2);
    expect(find('TRANSACTION')).toEqual(none);
    bench.world.coordinator = null;
    expect(find('TRANSACTION')).toEqual(none);
  });

  test('Metadata tells the partitions that have a leader', () => {
    const bench = new BrokerBench();
    const describeTopics = (topics: string[] | null) =>
      bench.handle({ api: 'Metadata', apiVersion: 9, body: { topics } });
    const known = (topic: string, leaderId: number, leaderEpoch: number) => ({
      topic,
      errorCode: 'NONE',
      partitions: [{ partition: 0, leaderId, leaderEpoch }],
    });
    expect(describeTopics(['c', 'a', 'z'])).toEqual([
      {
        brokers: [1, 2],
        topics: [
          known('c', 2, -1),
          known('a', 1, 3),
          { topic: 'z', errorCode: 'UNKNOWN_TOPIC_OR_PARTITION', partitions: [] },
        ],
      },
    ]);
    expect(describeTopics(null)).toEqual([
      { brokers: [1], topics: [known('a', 1, 3), known('b', 1, 3)] },
    ]);
  });
});

describe('what needs a coordinator', () => {
  const identity = { transactionalId: 'T', producerId: 7, producerEpoch: 0 };
  const offsets = [
    { partition: 'a-0', committedOffset: 1, committedLeaderEpoch: -1, committedMetadata: null },
  ];
  const member = { generationIdOrMemberEpoch: -1, memberId: '', groupInstanceId: null };
  const none = { producerId: -1, producerEpoch: -1 };
  const initProducerId: Request = {
    api: 'InitProducerId',
    apiVersion: 5,
    body: {
      ...none,
      transactionalId: 'T',
      transactionTimeoutMs: 1,
      enable2Pc: false,
      keepPreparedTxn: false,
    },
  };

  test.each<[Request, unknown]>([
    [initProducerId, { errorCode: 'NOT_COORDINATOR', ...none }],
    [
      { api: 'EndTxn', apiVersion: 5, body: { ...identity, committed: true } },
      { errorCode: 'NOT_COORDINATOR', ...none },
    ],
    [
      { api: 'AddOffsetsToTxn', apiVersion: 3, body: { ...identity, groupId: 'g' } },
      { errorCode: 'NOT_COORDINATOR' },
    ],
    [
      { api: 'DescribeTransactions', apiVersion: 0, body: { transactionalIds: ['T'] } },
      { transactionStates: [notDescribed('T', 'NOT_COORDINATOR')] },
    ],
    [
      {
        api: 'AddPartitionsToTxn',
        apiVersion: 3,
        body: { transactions: [{ ...identity, verifyOnly: false, partitions: ['a-0'] }] },
      },
      {
        errorCode: 'NONE',
        results: [
          {
            transactionalId: 'T',
            partitions: [{ partition: 'a-0', errorCode: 'NOT_COORDINATOR' }],
          },
        ],
      },
    ],
    [
      { api: 'OffsetCommit', apiVersion: 8, body: { groupId: 'g', ...member, offsets } },
      { partitions: [{ partition: 'a-0', errorCode: 'NOT_COORDINATOR' }] },
    ],
    [
      {
        api: 'TxnOffsetCommit',
        apiVersion: 5,
        body: { groupId: 'g', ...identity, ...member, offsets },
      },
      { partitions: [{ partition: 'a-0', errorCode: 'NOT_COORDINATOR' }] },
    ],
    [
      {
        api: 'OffsetFetch',
        apiVersion: 7,
        body: { groupId: 'g', partitions: ['a-0'], requireStable: true },
      },
      {
        errorCode: 'NOT_COORDINATOR',
        partitions: [
          {
            partition: 'a-0',
            committedOffset: -1,
            committedLeaderEpoch: -1,
            committedMetadata: '',
            errorCode: 'NOT_COORDINATOR',
          },
        ],
      },
    ],
  ])('$api without one', (request, response) => {
    expect(new BrokerBench().handle(request)).toEqual([response]);
  });

  test('where the coordinator lives, it is asked', () => {
    const answer = { errorCode: 'NONE' as const, producerId: 9, producerEpoch: 0 };
    const described = { transactionStates: [notDescribed('T', 'TRANSACTIONAL_ID_NOT_FOUND')] };
    const bench = new BrokerBench({
      handle: (_, reply) => reply(answer),
      describeTransactions: () => described,
    });
    expect(bench.handle(initProducerId)).toEqual([answer]);
    const body = { transactionalIds: ['T'] };
    expect(bench.handle({ api: 'DescribeTransactions', apiVersion: 0, body })).toEqual([described]);
  });
});
