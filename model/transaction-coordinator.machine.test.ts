import { describe, expect, test } from 'vitest';
import type { CoordinatorEvent } from './transaction-coordinator-state.ts';
import type { Driver } from './transaction-coordinator.fixture.ts';
import {
  add,
  addOffsets,
  APPENDED,
  appendFailed,
  driver,
  end,
  init,
  loaded,
  marked,
  timedOut,
  verify,
} from './transaction-coordinator.fixture.ts';

/** What happened, and everything that came out of it. */
type Row = readonly [event: CoordinatorEvent, ...outputs: readonly string[]];

function walk(coordinator: Driver, rows: readonly Row[]): void {
  for (const [index, [event, ...outputs]] of rows.entries()) {
    expect([index, event.type, ...coordinator.feed(event)]).toEqual([
      index,
      event.type,
      ...outputs,
    ]);
  }
}

const INITIALISED: readonly Row[] = [
  [init(undefined, { allocated: 7 }), 'takeProducerId', 'log Empty(7,0,{})'],
  [APPENDED, 'waiter: Init NONE (7,0)'],
];

/** Open at epoch 3, as most traces begin. */
function ongoing(scope = {}, context = {}): Driver {
  return driver(scope, {
    value: 'Ongoing',
    context: {
      producerId: 7,
      previousProducerId: 7,
      producerEpoch: 3,
      partitions: 0b1,
      clientTransactionVersion: 2,
      ...context,
    },
  });
}

describe('reference traces of the protocol', () => {
  test('T1: a TV2 commit bumps the epoch and answers before the markers (KIP-890)', () => {
    const coordinator = driver();
    walk(coordinator, [
      ...INITIALISED,
      [add([7, 0], 0b1), 'log Ongoing(7,0,{0})'],
      [APPENDED, 'waiter: Add NONE'],
      [end([7, 0], 'COMMIT'), 'log PrepareCommit(7,1,{0})'],
      [APPENDED, 'waiter: EndTxn NONE (7,1)', 'markers COMMIT (7,1,{0}) c0 tv2'],
      [add([7, 1], 0b1), 'Add CONCURRENT_TRANSACTIONS'],
      [marked(0b1), 'log CompleteCommit(7,1,{})'],
      [add([7, 1], 0b1), 'Add CONCURRENT_TRANSACTIONS'],
      [APPENDED],
      [add([7, 1], 0b1), 'log Ongoing(7,1,{0})'],
    ]);
    expect(coordinator.context().lastProducerEpoch).toBe(0);
  });

  test('T2: a TV1 commit keeps the identity and does not tell it (KIP-98)', () => {
    const coordinator = driver({ serverTransactionVersion: 1 });
    walk(coordinator, [
      ...INITIALISED,
      [add([7, 0], 0b1, { version: 3 }), 'log Ongoing(7,0,{0})'],
      [APPENDED, 'waiter: Add NONE'],
      [verify([7, 0], 0b11), 'Verify NONE abortable {1}'],
      [end([7, 0], 'COMMIT', { version: 4 }), 'log PrepareCommit(7,0,{0})'],
      [APPENDED, 'waiter: EndTxn NONE', 'markers COMMIT (7,0,{0}) c0 tv0'],
      [marked(0b1), 'log CompleteCommit(7,0,{})'],
      [APPENDED],
    ]);
    expect(coordinator.state()).toBe('CompleteCommit');
  });

  test('T3: a repeated EndTxn is answered once its transaction is complete (KIP-890, KIP-98)', () => {
    const coordinator = ongoing({}, { producerEpoch: 0 });
    walk(coordinator, [
      [end([7, 0], 'COMMIT'), 'log PrepareCommit(7,1,{0})'],
      [APPENDED, 'waiter: EndTxn NONE (7,1)', 'markers COMMIT (7,1,{0}) c0 tv2'],
      [end([7, 0], 'COMMIT'), 'EndTxn CONCURRENT_TRANSACTIONS'],
      [marked(0b1), 'log CompleteCommit(7,1,{})'],
      [APPENDED],
      [end([7, 0], 'COMMIT'), 'EndTxn NONE (7,1)'],
      [end([7, 0], 'ABORT'), 'EndTxn INVALID_TXN_STATE'],
    ]);
    const legacy = ongoing({ serverTransactionVersion: 1 }, { producerEpoch: 0 });
    legacy.feed(end([7, 0], 'COMMIT', { version: 4 }), APPENDED, marked(0b1), APPENDED);
    expect(legacy.feed(end([7, 0], 'COMMIT', { version: 4 }))).toEqual(['EndTxn NONE']);
  });

  test('T4: an exhausted epoch rotates the producer id at the end of a TV2 transaction (KIP-890)', () => {
    const coordinator = ongoing({}, { producerEpoch: 32_766 });
    walk(coordinator, [
      [end([7, 32_766], 'COMMIT'), 'takeProducerId', 'log PrepareCommit(7,32767,{0}) next 8'],
      [APPENDED, 'waiter: EndTxn NONE (8,0)', 'markers COMMIT (7,32767,{0}) c0 tv2'],
      [add([8, 0], 0b1), 'Add CONCURRENT_TRANSACTIONS'],
      [marked(0b1), 'log CompleteCommit(8,0,{}) prev 7'],
      [APPENDED],
      [end([7, 32_766], 'COMMIT'), 'EndTxn NONE (8,0)'],
      [end([7, 32_766], 'ABORT'), 'EndTxn INVALID_TXN_STATE'],
      [init([7, 32_765]), 'Init PRODUCER_FENCED'],
      [init([7, 32_766]), 'log Empty(8,0,{})'],
      [APPENDED, 'waiter: Init NONE (8,0)'],
      // The previous producer id is the current one again: the old identity works once (measured on 4.3.1).
      [init([7, 32_766]), 'Init PRODUCER_FENCED'],
    ]);
  });

  test('T5: a new instance aborts the open transaction, and is told to come again (KIP-98)', () => {
    const coordinator = ongoing();
    walk(coordinator, [
      [init(), 'log PrepareAbort(7,4,{0})'],
      [APPENDED, 'waiter: Init CONCURRENT_TRANSACTIONS', 'markers ABORT (7,4,{0}) c0 tv2'],
      [init(), 'Init CONCURRENT_TRANSACTIONS'],
      [marked(0b1), 'log CompleteAbort(7,4,{})'],
      [APPENDED],
      // Permitted: until the second InitProducerId, the fenced instance's abort counts as a retry.
      [end([7, 3], 'ABORT'), 'EndTxn NONE (7,4)'],
      [init(), 'log Empty(7,5,{})'],
      [APPENDED, 'waiter: Init NONE (7,5)'],
      [add([7, 3], 0b10), 'Add PRODUCER_FENCED'],
      [end([7, 3], 'COMMIT'), 'EndTxn PRODUCER_FENCED'],
      [init([7, 3]), 'Init PRODUCER_FENCED'],
    ]);
  });

  test('T5 under TV1: the fence shows in memory before it is logged (KIP-98)', () => {
    const coordinator = ongoing({ serverTransactionVersion: 1 });
    walk(coordinator, [[init(), 'log PrepareAbort(7,4,{0})']]);
    expect(coordinator.context().producerEpoch).toBe(4);
    walk(coordinator, [
      [end([7, 3], 'COMMIT', { version: 4 }), 'EndTxn PRODUCER_FENCED'],
      [APPENDED, 'waiter: Init CONCURRENT_TRANSACTIONS', 'markers ABORT (7,4,{0}) c0 tv0'],
      [marked(0b1), 'log CompleteAbort(7,4,{})'],
      [APPENDED],
      [init([7, 3]), 'Init PRODUCER_FENCED'],
      [init(), 'log Empty(7,5,{})'],
    ]);
  });

  test('T6: after a timeout a late commit is refused and a late abort continues (KIP-890)', () => {
    const coordinator = ongoing();
    walk(coordinator, [
      [timedOut(), 'log PrepareAbort(7,4,{0})'],
      [timedOut(), 'ignore'],
      [APPENDED, 'markers ABORT (7,4,{0}) c0 tv2'],
      [marked(0b1), 'log CompleteAbort(7,4,{})'],
      [APPENDED],
      [end([7, 3], 'COMMIT'), 'EndTxn INVALID_TXN_STATE'],
      [end([7, 3], 'ABORT'), 'EndTxn NONE (7,4)'],
      [add([7, 4], 0b1), 'log Ongoing(7,4,{0})'],
    ]);
  });

  test('T7: a coordinator that loads a decision sends every marker again (KIP-98)', () => {
    const coordinator = ongoing({}, { producerEpoch: 0, partitions: 0b11 });
    coordinator.feed(end([7, 0], 'COMMIT'), APPENDED, marked(0b1));
    const decided = {
      state: 'PrepareCommit',
      producerId: 7,
      previousProducerId: 7,
      producerEpoch: 1,
      partitions: 0b11,
      clientTransactionVersion: 2,
    } as const;
    coordinator.feed({ type: 'CoordinatorCrashed' });
    expect(coordinator.state()).toBe('NotCoordinator');
    const [elected, load] = loaded(decided, 2);
    walk(coordinator, [
      [end([7, 0], 'COMMIT'), 'EndTxn NOT_COORDINATOR'],
      [elected!],
      [end([7, 0], 'COMMIT'), 'EndTxn COORDINATOR_LOAD_IN_PROGRESS'],
      [load!, 'markers COMMIT (7,1,{0,1}) c2 tv2'],
      [end([7, 0], 'COMMIT'), 'EndTxn CONCURRENT_TRANSACTIONS'],
      [marked(0b1, 'NONE', 0), 'ignore'],
      [marked(0b1, 'NONE', 2)],
      [marked(0b10, 'NONE', 2), 'log CompleteCommit(7,1,{})'],
      [APPENDED],
      // The last epoch is not persisted, but TV2 recognises the retry by the bump.
      [end([7, 0], 'COMMIT'), 'EndTxn NONE (7,1)'],
    ]);
  });
});

describe('appends that fail', () => {
  test.each([
    ['NOT_ENOUGH_REPLICAS', 'COORDINATOR_NOT_AVAILABLE'],
    ['REQUEST_TIMED_OUT', 'COORDINATOR_NOT_AVAILABLE'],
    ['NOT_LEADER_OR_FOLLOWER', 'NOT_COORDINATOR'],
    ['KAFKA_STORAGE_ERROR', 'NOT_COORDINATOR'],
    ['RECORD_LIST_TOO_LARGE', 'UNKNOWN_SERVER_ERROR'],
  ] as const)('%s is answered as %s and undoes the transition', (errorCode, answered) => {
    const coordinator = ongoing();
    const before = coordinator.context();
    coordinator.feed(end([7, 3], 'COMMIT'));
    expect(coordinator.feed(appendFailed(errorCode))).toEqual([`waiter: EndTxn ${answered}`]);
    expect([coordinator.state(), coordinator.context()]).toEqual(['Ongoing', before]);
  });

  test('under TV1 failed fences bump the epoch in memory once (hasFailedEpochFence)', () => {
    const coordinator = ongoing({ serverTransactionVersion: 1 });
    walk(coordinator, [
      [init(), 'log PrepareAbort(7,4,{0})'],
      [appendFailed('REQUEST_TIMED_OUT'), 'waiter: Init COORDINATOR_NOT_AVAILABLE'],
      [timedOut(), 'log PrepareAbort(7,4,{0})'],
      [appendFailed('REQUEST_TIMED_OUT')],
      [init(), 'log PrepareAbort(7,4,{0})'],
      [APPENDED, 'waiter: Init CONCURRENT_TRANSACTIONS', 'markers ABORT (7,4,{0}) c0 tv0'],
    ]);
    expect(coordinator.context().hasFailedEpochFence).toBe(0);
  });

  test('under TV2 a failed fence leaves no trace (KIP-890)', () => {
    const coordinator = ongoing();
    const before = coordinator.context();
    coordinator.feed(init(), appendFailed('REQUEST_TIMED_OUT'));
    expect(coordinator.context()).toEqual(before);
  });

  test('a completion is retried unless this broker lost the log (TransactionMarkerChannelManager)', () => {
    const coordinator = ongoing();
    walk(coordinator, [
      [end([7, 3], 'ABORT'), 'log PrepareAbort(7,4,{0})'],
      [APPENDED, 'waiter: EndTxn NONE (7,4)', 'markers ABORT (7,4,{0}) c0 tv2'],
      [marked(0b1), 'log CompleteAbort(7,4,{})'],
      [appendFailed('NOT_ENOUGH_REPLICAS'), 'log CompleteAbort(7,4,{})'],
      [appendFailed('NOT_LEADER_OR_FOLLOWER')],
      // Nothing is pending any more: the rows of PrepareAbort show.
      [end([7, 3], 'ABORT'), 'EndTxn CONCURRENT_TRANSACTIONS'],
      [end([7, 3], 'COMMIT'), 'EndTxn INVALID_TXN_STATE'],
      [end([7, 4], 'ABORT'), 'EndTxn PRODUCER_FENCED'],
    ]);
  });
});

describe('markers', () => {
  const decided = (): Driver => {
    const coordinator = ongoing({}, { partitions: 0b11 });
    coordinator.feed(end([7, 3], 'COMMIT'), APPENDED);
    return coordinator;
  };

  test('are sent again after a retriable error or a lost connection', () => {
    walk(decided(), [
      [marked(0b1, 'NOT_LEADER_OR_FOLLOWER'), 'markers COMMIT (7,4,{0}) c0 tv2'],
      [marked(0b10, 'NETWORK_EXCEPTION'), 'markers COMMIT (7,4,{1}) c0 tv2'],
      [marked(0b10)],
      [marked(0b1), 'log CompleteCommit(7,4,{})'],
    ]);
  });

  test('that are refused stop the completion until the next load (9.2(5))', () => {
    const coordinator = decided();
    walk(coordinator, [
      [marked(0b1, 'TRANSACTION_COORDINATOR_FENCED')],
      [marked(0b10)],
      [end([7, 4], 'COMMIT'), 'EndTxn CONCURRENT_TRANSACTIONS'],
      [init(), 'Init CONCURRENT_TRANSACTIONS'],
    ]);
    expect(coordinator.state()).toBe('PrepareCommit');
  });

  test('neither a marker nor a completion fails in any other way (TransactionMarkerRequestCompletionHandler)', () => {
    expect(decided().feed(marked(0b1, 'MESSAGE_TOO_LARGE'))).toEqual(['unexpected']);
    const coordinator = decided();
    coordinator.feed(marked(0b11));
    expect(coordinator.feed(appendFailed('MESSAGE_TOO_LARGE'))).toEqual(['unexpected']);
  });

  test('are not needed for a partition whose log cannot hold them', () => {
    expect(decided().feed(marked(0b1, 'UNSUPPORTED_FOR_MESSAGE_FORMAT'), marked(0b10))).toEqual([
      'log CompleteCommit(7,4,{})',
    ]);
  });
});

describe('an id without partitions or without use', () => {
  test('an abort without partitions completes at once (KIP-890)', () => {
    const coordinator = driver();
    walk(coordinator, [
      ...INITIALISED,
      [end([7, 0], 'ABORT'), 'log PrepareAbort(7,1,{})'],
      [APPENDED, 'waiter: EndTxn NONE (7,1)', 'log CompleteAbort(7,1,{})'],
      [APPENDED],
      [end([7, 0], 'ABORT'), 'EndTxn NONE (7,1)'],
    ]);
  });

  test('adding no partitions opens a transaction all the same (measured on 4.3.1)', () => {
    const coordinator = driver();
    walk(coordinator, [
      ...INITIALISED,
      [add([7, 0], 0), 'log Ongoing(7,0,{})'],
      [APPENDED, 'waiter: Add NONE'],
      [end([7, 0], 'COMMIT'), 'log PrepareCommit(7,1,{})'],
      [APPENDED, 'waiter: EndTxn NONE (7,1)', 'log CompleteCommit(7,1,{})'],
    ]);
  });

  test('a tombstone forgets an unused id (TransactionStateManager.removeExpiredTransactionalIds)', () => {
    const coordinator = driver();
    walk(coordinator, [
      ...INITIALISED,
      [{ type: 'TransactionalIdExpired' }, 'log tombstone'],
      [init([7, 0]), 'Init CONCURRENT_TRANSACTIONS'],
      [appendFailed('REQUEST_TIMED_OUT')],
      [{ type: 'TransactionalIdExpired' }, 'log tombstone'],
      [APPENDED],
      [add([7, 0], 1), 'Add INVALID_PRODUCER_ID_MAPPING'],
    ]);
    expect(coordinator.state()).toBe('Absent');
  });

  test('metadata whose first append failed stays, uninitialised, and accepts any identity (KIP-360)', () => {
    const coordinator = driver();
    walk(coordinator, [
      [init(undefined, { allocated: 7 }), 'takeProducerId', 'log Empty(7,0,{})'],
      [appendFailed('NOT_ENOUGH_REPLICAS'), 'waiter: Init COORDINATOR_NOT_AVAILABLE'],
      [init([99, 5]), 'log Empty(7,0,{})'],
      [APPENDED, 'waiter: Init NONE (7,0)'],
    ]);
  });
});

describe('giving up a log partition', () => {
  test('answers the waiting request NOT_COORDINATOR', () => {
    const coordinator = ongoing();
    walk(coordinator, [
      [addOffsets([7, 3], 0b100), 'log Ongoing(7,3,{0,2})'],
      [{ type: 'CoordinatorResigned' }, 'waiter: AddOffsets NOT_COORDINATOR'],
      [APPENDED, 'ignore'],
      [add([7, 3], 0b1), 'Add NOT_COORDINATOR'],
    ]);
  });

  test('an open transaction survives a load, the last epoch does not (9.2(7))', () => {
    const coordinator = driver();
    const view = {
      state: 'Empty',
      producerId: 7,
      previousProducerId: 7,
      producerEpoch: 1,
    } as const;
    walk(coordinator, [
      ...INITIALISED,
      [init([7, 0]), 'log Empty(7,1,{})'],
      [APPENDED, 'waiter: Init NONE (7,1)'],
      [init([7, 0]), 'log Empty(7,1,{})'],
      [APPENDED, 'waiter: Init NONE (7,1)'],
    ]);
    coordinator.feed({ type: 'CoordinatorResigned' }, ...loaded(view, 1));
    expect(coordinator.feed(init([7, 0]))).toEqual(['Init PRODUCER_FENCED']);
    coordinator.feed(
      { type: 'CoordinatorCrashed' },
      ...loaded({ ...view, state: 'Ongoing', partitions: 1 }, 2),
    );
    expect(coordinator.feed(verify([7, 1], 0b11))).toEqual(['Verify NONE abortable {1}']);
  });

  test('below feature level 1 the log keeps neither the previous id nor the client version', () => {
    const coordinator = driver({ serverTransactionVersion: 0 });
    const view = {
      state: 'CompleteCommit',
      producerId: 8,
      previousProducerId: 7,
      producerEpoch: 0,
    } as const;
    coordinator.feed(...loaded(view, 1));
    expect(coordinator.context().previousProducerId).toBe(-1);
  });
});
