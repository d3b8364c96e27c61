import { describe, expect, test } from 'vitest';
import { Bench, ID, record } from '../scripted-coordinator.ts';

const NOT_DESCRIBED = {
  transactionState: '',
  transactionTimeoutMs: 0,
  transactionStartTimeMs: 0,
  producerId: 0,
  producerEpoch: 0,
  partitions: [],
};

function described(bench: Bench, ...transactionalIds: readonly string[]) {
  return bench.coordinator.describeTransactions({ transactionalIds }).transactionStates;
}

describe('DescribeTransactions (KIP-664, as Kafka 4.3.1 answered)', () => {
  test('an id that was initialised is Empty, without a start time and partitions', () => {
    const bench = new Bench();
    bench.init();
    expect(described(bench, ID)).toEqual([
      {
        errorCode: 'NONE',
        transactionalId: ID,
        transactionState: 'Empty',
        transactionTimeoutMs: 60_000,
        transactionStartTimeMs: -1,
        producerId: 7,
        producerEpoch: 0,
        partitions: [],
      },
    ]);
  });

  test('each id is answered by itself: known, unknown and empty (admin/describe-transactions)', () => {
    const bench = new Bench();
    bench.init();
    const [known, unknown, empty] = described(bench, ID, 'no-such-tid', '');
    expect(known!.errorCode).toBe('NONE');
    expect(unknown).toEqual({
      errorCode: 'TRANSACTIONAL_ID_NOT_FOUND',
      transactionalId: 'no-such-tid',
      ...NOT_DESCRIBED,
    });
    expect(empty).toEqual({ errorCode: 'INVALID_REQUEST', transactionalId: '', ...NOT_DESCRIBED });
  });

  test('during Prepare* only partitions whose marker is missing are listed', () => {
    const bench = new Bench();
    bench.init();
    bench.add([7, 0], ['a-0', 'b-0']);
    bench.end([7, 0], 'COMMIT');
    expect(described(bench, ID)).toMatchObject([
      { transactionState: 'PrepareCommit', partitions: ['a-0', 'b-0'] },
    ]);
    bench.sent[0]!.answer('NONE');
    expect(described(bench, ID)).toMatchObject([
      { transactionState: 'PrepareCommit', partitions: ['b-0'] },
    ]);
  });

  test('a partition that is loading answers for none of its ids', () => {
    const bench = new Bench({
      log: [record({ transactionStatus: 'Ongoing', transactionPartitions: ['a-0'] })],
    });
    bench.coordinator.onElection(bench.coordinator.state.ownerOf(ID)!.partition, 2);
    expect(described(bench, ID)).toEqual([
      { errorCode: 'COORDINATOR_LOAD_IN_PROGRESS', transactionalId: ID, ...NOT_DESCRIBED },
    ]);
  });

  test('an id that expires is not found any more', () => {
    const bench = new Bench({ config: { transactionalIdExpirationMs: 10 } });
    bench.coordinator.start();
    bench.init();
    bench.replicatesAtOnce = false;
    bench.advance(3_600_000);
    expect(described(bench, ID)).toEqual([
      { errorCode: 'TRANSACTIONAL_ID_NOT_FOUND', transactionalId: ID, ...NOT_DESCRIBED },
    ]);
  });
});
