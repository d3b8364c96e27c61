/** What the client writes into its requests, field by field (the builders in Kafka's TransactionManager and Sender). */

import { expect, test } from 'vitest';
import { Bench } from './scripted-brokers.ts';

test('a transactional producer names its transactional id, identity and timeout', () => {
  const bench = new Bench({ transactionVersion: 1 }).init().begin().send('x');
  bench.added();
  bench.produced(0);
  bench.sendOffsets('offsets', { generationId: 4, memberId: 'm' });
  bench.answer('AddOffsetsToTxn', { errorCode: 'NONE' });
  bench.found();
  bench.offsetsCommitted('NONE');
  bench.abort();
  const identity = { transactionalId: 'id', producerId: 5, producerEpoch: 0 };
  const offset = {
    partition: 'in-0',
    committedOffset: 3,
    committedLeaderEpoch: -1,
    committedMetadata: null,
  };
  expect(bench.requests.map(({ body }) => body)).toEqual([
    { keyType: 'TRANSACTION', key: 'id' },
    {
      transactionalId: 'id',
      transactionTimeoutMs: 60_000,
      producerId: -1,
      producerEpoch: -1,
      enable2Pc: false,
      keepPreparedTxn: false,
    },
    { transactions: [{ ...identity, verifyOnly: false, partitions: ['a-0'] }] },
    {
      transactionalId: 'id',
      acks: -1,
      timeoutMs: 30_000,
      partitions: [
        {
          partition: 'a-0',
          batch: {
            producerId: 5,
            producerEpoch: 0,
            baseSequence: 0,
            transactional: true,
            control: false,
            records: [{ key: null, value: 'x' }],
          },
        },
      ],
    },
    { ...identity, groupId: 'g' },
    { keyType: 'GROUP', key: 'g' },
    {
      ...identity,
      groupId: 'g',
      generationIdOrMemberEpoch: 4,
      memberId: 'm',
      groupInstanceId: null,
      offsets: [offset],
    },
    { ...identity, committed: false },
  ]);
});

test('a producer without transactions names none, and its batches are not transactional', () => {
  const bench = new Bench({ transactionalId: null }).send('x');
  bench.identified(5, 0);
  const [init, produce] = bench.requests;
  expect(init?.body).toMatchObject({ transactionalId: null, transactionTimeoutMs: 2_147_483_647 });
  expect(produce?.body).toMatchObject({
    transactionalId: null,
    partitions: [{ batch: { transactional: false } }],
  });
});
