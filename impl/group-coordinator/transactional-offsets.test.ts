import { describe, expect, test } from 'vitest';
import { GroupBench } from './scripted-group.ts';

describe('TxnOffsetCommit', () => {
  test('asks about the offsets partition, in the mode that its version means', () => {
    const bench = new GroupBench();
    bench.verdict = null;
    for (const version of [3, 4, 5]) bench.transactionalCommit(5, { version, producerId: version });
    expect(bench.questions.map(({ request }) => request)).toEqual([
      question(3, 'DEFAULT_ERROR'),
      question(4, 'GENERIC_ERROR_SUPPORTED'),
      question(5, 'ADD_PARTITION'),
    ]);
    expect(bench.batches()).toEqual([]);
  });

  test('below version 5 is not verified where verification is off', () => {
    const bench = new GroupBench({ partitionVerification: false });
    bench.verdict = null;
    expect(bench.transactionalCommit(5, { version: 4 })).toBe('NONE');
    expect(bench.transactionalCommit(5, { version: 5, producerId: 8 })).toBeNull();
    expect(bench.questions).toHaveLength(1);
  });

  test('is pending until the marker, and unstable meanwhile', () => {
    const bench = new GroupBench();
    expect(bench.transactionalCommit(5)).toBe('NONE');
    expect(bench.fetch()).toBe('UNSTABLE_OFFSET_COMMIT');
    expect(bench.fetch(false)).toBe(-1);
    expect(bench.marker('COMMIT', 1)).toBe('NONE');
    expect(bench.fetch()).toBe(5);
    expect(bench.fetch(false)).toBe(5);
    expect(bench.batches()).toEqual(['records (7,0)', 'COMMIT (7,1)']);
  });

  test('is gone with an ABORT marker', () => {
    const bench = new GroupBench();
    bench.commit(3);
    bench.transactionalCommit(5);
    expect(bench.marker('ABORT', 1)).toBe('NONE');
    expect(bench.fetch()).toBe(3);
    expect(bench.group().pending).toEqual([]);
  });

  test('asks no second time within the transaction', () => {
    const bench = new GroupBench();
    bench.transactionalCommit(5);
    bench.verdict = 'INVALID_TXN_STATE';
    expect(bench.transactionalCommit(6)).toBe('NONE');
    bench.marker('COMMIT', 1);
    expect(bench.fetch()).toBe(6);
    expect(bench.transactionalCommit(7, { epoch: 1 })).toBe('INVALID_TXN_STATE');
  });

  test.each([
    ['NETWORK_EXCEPTION', 'COORDINATOR_LOAD_IN_PROGRESS'],
    ['UNKNOWN_TOPIC_OR_PARTITION', 'COORDINATOR_NOT_AVAILABLE'],
    ['NOT_ENOUGH_REPLICAS', 'COORDINATOR_NOT_AVAILABLE'],
    ['REQUEST_TIMED_OUT', 'COORDINATOR_NOT_AVAILABLE'],
    ['NOT_LEADER_OR_FOLLOWER', 'NOT_COORDINATOR'],
    ['KAFKA_STORAGE_ERROR', 'NOT_COORDINATOR'],
    ['MESSAGE_TOO_LARGE', 'UNKNOWN_SERVER_ERROR'],
    ['INVALID_PRODUCER_EPOCH', 'INVALID_PRODUCER_EPOCH'],
    ['INVALID_TXN_STATE', 'INVALID_TXN_STATE'],
    ['INVALID_PRODUCER_ID_MAPPING', 'INVALID_PRODUCER_ID_MAPPING'],
    ['CONCURRENT_TRANSACTIONS', 'CONCURRENT_TRANSACTIONS'],
    ['TRANSACTION_ABORTABLE', 'TRANSACTION_ABORTABLE'],
    ['UNSUPPORTED_VERSION', 'UNSUPPORTED_VERSION'],
  ] as const)('tells a refused verification %s as %s and writes nothing', (verdict, answer) => {
    const bench = new GroupBench();
    bench.verdict = verdict;
    expect(bench.transactionalCommit(5)).toBe(answer);
    expect(bench.batches()).toEqual([]);
    expect(bench.coordinator.groupIds()).toEqual([]);
  });

  test('below version 2 does not know that a coordinator is loading', () => {
    const bench = new GroupBench();
    bench.verdict = 'NETWORK_EXCEPTION';
    expect(bench.transactionalCommit(5, { version: 1 })).toBe('COORDINATOR_NOT_AVAILABLE');
    expect(bench.transactionalCommit(5, { version: 2 })).toBe('COORDINATOR_LOAD_IN_PROGRESS');
  });

  test('of an epoch that the partition knows to be over is refused without asking', () => {
    const bench = new GroupBench();
    bench.transactionalCommit(5);
    bench.marker('ABORT', 1);
    bench.verdict = null;
    expect(bench.transactionalCommit(6, { epoch: 0 })).toBe('INVALID_PRODUCER_EPOCH');
    expect(bench.questions).toEqual([]);
  });

  test('whose answer comes after the marker is refused, not left hanging', () => {
    const bench = new GroupBench();
    bench.verdict = null;
    bench.transactionalCommit(5, { version: 4 });
    bench.marker('ABORT', 0, { transactionVersion: 0 });
    bench.questions[0]!.answer('NONE');
    expect(bench.batches()).toEqual(['ABORT (7,0)']);
    expect(bench.fetch()).toBe(-1);
  });

  test('leaves out the partition whose metadata is too large', () => {
    const bench = new GroupBench();
    expect(bench.transactionalCommit(5, { metadata: 'm'.repeat(4_097) })).toBe(
      'OFFSET_METADATA_TOO_LARGE',
    );
    expect(bench.batches()).toEqual([]);
    expect(bench.transactionalCommit(5, { metadata: 'm'.repeat(4_096) })).toBe('NONE');
  });

  test('answers when it is replicated, or that the coordinator is not available', () => {
    const bench = new GroupBench();
    bench.replicatesAtOnce = false;
    expect(bench.transactionalCommit(5)).toBeNull();
    const answers = bench.ask('OffsetFetch', 8, {
      groupId: 'g',
      partitions: ['in-0'],
      requireStable: true,
    });
    expect(answers).toEqual([]);
    bench.advance(5_000);
    // GroupCoordinatorService.handleOffsetFetchException: consumers know that error better.
    expect(answers[0]!.errorCode).toBe('NOT_COORDINATOR');
    bench.flush();
    expect(bench.group().pending.map(({ offset }) => offset)).toEqual([5]);
  });
});

describe('a marker of the offsets partition', () => {
  test('settles the offsets of its producer only, in all groups', () => {
    const bench = new GroupBench();
    bench.transactionalCommit(5, { group: 'g' });
    bench.transactionalCommit(6, { group: 'h' });
    bench.transactionalCommit(9, { group: 'h', producerId: 8 });
    bench.marker('COMMIT', 1);
    expect(bench.fetch(true, 'g')).toBe(5);
    expect(bench.fetch(true, 'h')).toBe('UNSTABLE_OFFSET_COMMIT');
    expect(bench.fetch(false, 'h')).toBe(6);
    bench.marker('ABORT', 1, { producerId: 8 });
    expect(bench.fetch(true, 'h')).toBe(6);
  });

  test('does not undo a plain commit that is later in the log', () => {
    const bench = new GroupBench();
    bench.transactionalCommit(10);
    bench.commit(5);
    bench.marker('COMMIT', 1);
    expect(bench.fetch()).toBe(5);
    bench.crash();
    expect(bench.fetch()).toBe(5);
  });

  test('of an unknown producer is written and changes nothing', () => {
    const bench = new GroupBench();
    bench.commit(3);
    expect(bench.marker('COMMIT', 1, { producerId: 9 })).toBe('NONE');
    expect(bench.fetch()).toBe(3);
    expect(bench.batches()).toEqual(['records', 'COMMIT (9,1)']);
  });

  test.each([
    ['of the transaction that is open already', { epoch: 0, coordinatorEpoch: 5 }],
    ['of a coordinator that was replaced', { epoch: 2, coordinatorEpoch: 4 }],
  ] as const)('%s is refused, and the pending offsets stay', (_, { epoch, coordinatorEpoch }) => {
    const bench = new GroupBench();
    bench.transactionalCommit(4);
    bench.marker('COMMIT', 1, { coordinatorEpoch: 5 });
    bench.transactionalCommit(5, { epoch: 1 });
    const errorCode = bench.marker('COMMIT', epoch, { coordinatorEpoch });
    expect(errorCode).toBe(
      epoch === 0 ? 'INVALID_PRODUCER_EPOCH' : 'TRANSACTION_COORDINATOR_FENCED',
    );
    expect(bench.fetch()).toBe('UNSTABLE_OFFSET_COMMIT');
    expect(bench.group().pending.map(({ offset }) => offset)).toEqual([5]);
  });

  test('of the transaction before, under TV1, commits the next one (WriteTxnMarkersRequestTest)', () => {
    const bench = new GroupBench();
    bench.transactionalCommit(4, { version: 4 });
    bench.marker('COMMIT', 0, { transactionVersion: 0 });
    bench.transactionalCommit(5, { version: 4 });
    expect(bench.marker('COMMIT', 0, { transactionVersion: 0 })).toBe('NONE');
    expect(bench.fetch()).toBe(5);
  });

  test('of the transaction before, under TV2, is refused', () => {
    const bench = new GroupBench();
    bench.transactionalCommit(4);
    bench.marker('COMMIT', 1);
    bench.transactionalCommit(5, { epoch: 1 });
    expect(bench.marker('COMMIT', 1)).toBe('INVALID_PRODUCER_EPOCH');
    expect(bench.fetch()).toBe('UNSTABLE_OFFSET_COMMIT');
  });

  test('that is not replicated in time is answered so, and counts', () => {
    const bench = new GroupBench();
    bench.transactionalCommit(5);
    bench.replicatesAtOnce = false;
    const answers: string[] = [];
    bench.coordinator.completeTransaction(
      '__consumer_offsets-0',
      {
        producerId: 7,
        producerEpoch: 1,
        result: 'COMMIT',
        coordinatorEpoch: 0,
        transactionVersion: 2,
      },
      1_000,
      (errorCode) => answers.push(errorCode),
    );
    expect(bench.fetch(false)).toBe(-1);
    bench.advance(1_000);
    expect(answers).toEqual(['REQUEST_TIMED_OUT']);
    bench.flush();
    expect(answers).toHaveLength(1);
    expect(bench.fetch(false)).toBe(5);
  });
});

describe('a restarted coordinator', () => {
  test('knows what is pending and whose, and what a marker has settled', () => {
    const bench = new GroupBench();
    bench.transactionalCommit(4);
    bench.marker('COMMIT', 1);
    bench.transactionalCommit(5, { epoch: 1 });
    bench.transactionalCommit(6, { producerId: 8, group: 'h' });
    bench.crash();
    expect(bench.fetch()).toBe('UNSTABLE_OFFSET_COMMIT');
    expect(bench.fetch(false)).toBe(4);
    bench.marker('COMMIT', 2);
    bench.marker('ABORT', 1, { producerId: 8 });
    expect(bench.fetch()).toBe(5);
    expect(bench.fetch(true, 'h')).toBe(-1);
  });

  test('has lost what was not replicated', () => {
    const bench = new GroupBench();
    bench.transactionalCommit(4);
    bench.replicatesAtOnce = false;
    bench.marker('COMMIT', 1);
    bench.crash();
    bench.replicatesAtOnce = true;
    expect(bench.fetch()).toBe('UNSTABLE_OFFSET_COMMIT');
    expect(bench.marker('COMMIT', 1)).toBe('NONE');
    expect(bench.fetch()).toBe(4);
  });

  test('puts requests off while it reads its log, but for heartbeats', () => {
    const bench = new GroupBench({ config: { loadMs: 50 } });
    expect(bench.transactionalCommit(5)).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    expect(bench.transactionalCommit(5, { version: 1 })).toBe('COORDINATOR_NOT_AVAILABLE');
    expect(bench.fetch()).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    expect(bench.marker('COMMIT', 1)).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    expect(bench.heartbeat('m', 1)).toBe('NONE');
    bench.advance(50);
    expect(bench.transactionalCommit(5)).toBe('NONE');
  });

  test('verifies a commit even while it reads its log, and refuses it then (CoordinatorRuntime)', () => {
    const bench = new GroupBench({ config: { loadMs: 50 } });
    bench.verdict = null;
    expect(bench.transactionalCommit(5)).toBeNull();
    expect(bench.questions).toHaveLength(1);
    bench.verdict = 'INVALID_PRODUCER_ID_MAPPING';
    expect(bench.transactionalCommit(5)).toBe('INVALID_PRODUCER_ID_MAPPING');
    bench.verdict = 'NONE';
    expect(bench.transactionalCommit(5)).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    expect(bench.batches()).toEqual([]);
  });

  test('answers for its own partitions only', () => {
    const bench = new GroupBench();
    bench.verdict = null;
    bench.transactionalCommit(5);
    bench.coordinator.onResignation(0);
    bench.questions[0]!.answer('NONE');
    expect(bench.batches()).toEqual([]);
    expect(bench.transactionalCommit(5)).toBe('NOT_COORDINATOR');
    expect(bench.heartbeat('m', 1)).toBe('NOT_COORDINATOR');
    expect(bench.marker('COMMIT', 1)).toBe('NOT_COORDINATOR');
  });
});

function question(producerId: number, operation: string) {
  return {
    transactionalId: `id-${producerId}`,
    producerId,
    producerEpoch: 0,
    partition: '__consumer_offsets-0',
    operation,
  };
}
