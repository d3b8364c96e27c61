import { describe, expect, test } from 'vitest';
import type { TransactionResult } from '../protocol/states.ts';
import type { CoordinatorContext } from './transaction-coordinator-state.ts';
import type { Driver } from './transaction-coordinator.fixture.ts';
import {
  add,
  addOffsets,
  APPENDED,
  appendFailed,
  driver,
  end,
  HELD,
  init,
  NOBODY,
  timedOut,
  verify,
} from './transaction-coordinator.fixture.ts';
import { rowsOf } from './table-rows.fixture.ts';

type Held = (typeof HELD)[number];

/** Producer id 7 at epoch 3, nothing pending, partition 0 while there is a transaction. */
function at(value: Held, context: Partial<CoordinatorContext> = {}, scope = {}): Driver {
  const partitions = value === 'Empty' || value.startsWith('Complete') ? 0 : 1;
  return driver(scope, {
    value,
    context: { producerId: 7, previousProducerId: 7, producerEpoch: 3, partitions, ...context },
  });
}

const ERRORS: Readonly<Record<string, string>> = {
  '14': 'COORDINATOR_LOAD_IN_PROGRESS',
  '48': 'INVALID_TXN_STATE',
  '49': 'INVALID_PRODUCER_ID_MAPPING',
  '51': 'CONCURRENT_TRANSACTIONS',
  '90': 'PRODUCER_FENCED',
  '-1': 'UNKNOWN_SERVER_ERROR',
};

function expected(verb: string, cell: string): string {
  return cell in ERRORS ? `${verb} ${ERRORS[cell]}` : cell;
}

describe('EndTxn below version 5 (TransactionCoordinator.endTransactionWithTV1)', () => {
  const table = rowsOf(`
    Empty          | 48                      | 48
    Ongoing        | log PrepareCommit(7,3,{0}) | log PrepareAbort(7,3,{0})
    PrepareCommit  | 51                      | 48
    PrepareAbort   | 48                      | 51
    CompleteCommit | EndTxn NONE             | 48
    CompleteAbort  | 48                      | EndTxn NONE
  `);

  test.each(table)('in %s: COMMIT gives %s, ABORT gives %s', (state, commit, abort) => {
    const outcome = (result: TransactionResult) =>
      at(state as Held).feed(end([7, 3], result, { version: 4 }));
    expect(outcome('COMMIT')).toEqual([expected('EndTxn', commit!)]);
    expect(outcome('ABORT')).toEqual([expected('EndTxn', abort!)]);
  });

  test.each(HELD)('in %s it asks for the identity before a pending transition', (state) => {
    const pending = {
      pendingState: 'Ongoing',
      awaiting: 'Append',
      waiter: 'AddPartitionsToTxn',
    } as const;
    const legacy = { version: 4 };
    const outcomes = (
      [
        [6, 9],
        [7, 4],
        [7, 2],
        [7, 3],
      ] as const
    ).map((identity) => at(state, pending).feed(end(identity, 'ABORT', legacy))[0]);
    expect(outcomes).toEqual(['49', '90', '90', '51'].map((code) => expected('EndTxn', code)));
  });
});

describe('EndTxn from version 5 on (TransactionCoordinator.endTransaction, KIP-890)', () => {
  const table = rowsOf(`
    Ongoing        | 90 | log PrepareCommit(7,4,{0}) | 90 | log PrepareAbort(7,4,{0})
    PrepareCommit  | 51 | 90 | 48 | 90
    PrepareAbort   | 48 | 90 | 51 | 90
    CompleteCommit | EndTxn NONE (7,3) | 48 | 48 | log PrepareAbort(7,4,{})
    CompleteAbort  | 48 | 48 | EndTxn NONE (7,3) | log PrepareAbort(7,4,{})
    Empty          | 90 | 48 | 90 | log PrepareAbort(7,4,{})
  `);

  test.each(table)(
    'in %s: COMMIT retried gives %s, COMMIT %s, ABORT retried %s, ABORT %s',
    (state, commitRetried, commit, abortRetried, abort) => {
      const outcome = (epoch: number, result: TransactionResult) =>
        at(state as Held).feed(end([7, epoch], result));
      expect(outcome(2, 'COMMIT')).toEqual([expected('EndTxn', commitRetried!)]);
      expect(outcome(3, 'COMMIT')).toEqual([expected('EndTxn', commit!)]);
      expect(outcome(2, 'ABORT')).toEqual([expected('EndTxn', abortRetried!)]);
      expect(outcome(3, 'ABORT')).toEqual([expected('EndTxn', abort!)]);
    },
  );

  test.each(HELD)(
    'in %s an epoch that is neither current nor the one before is fenced',
    (state) => {
      for (const epoch of [1, 4]) {
        expect(at(state).feed(end([7, epoch], 'ABORT'))).toEqual(['EndTxn PRODUCER_FENCED']);
      }
      expect(at(state).feed(end([6, 3], 'ABORT'))).toEqual(['EndTxn INVALID_PRODUCER_ID_MAPPING']);
    },
  );

  test.each(HELD)('in %s a pending transition comes before the identity (9.2(18))', (state) => {
    const pending = {
      pendingState: 'Ongoing',
      awaiting: 'Append',
      waiter: 'AddPartitionsToTxn',
    } as const;
    expect(at(state, pending).feed(end([6, 9], 'ABORT'))).toEqual([
      'EndTxn CONCURRENT_TRANSACTIONS',
    ]);
  });

  const overflow = rowsOf(`
    Empty          | 90 | 90
    Ongoing        | 90 | 90
    PrepareCommit  | 90 | 90
    PrepareAbort   | 90 | 90
    CompleteCommit | EndTxn NONE (8,0) | 48
    CompleteAbort  | 48 | EndTxn NONE (8,0)
  `);
  test.each(overflow)(
    'in %s a retry over a rotation: COMMIT gives %s, ABORT gives %s',
    (state, commit, abort) => {
      const rotated = { producerId: 8, previousProducerId: 7, producerEpoch: 0 };
      const outcome = (result: TransactionResult) =>
        at(state as Held, rotated).feed(end([7, 32_766], result));
      expect(outcome('COMMIT')).toEqual([expected('EndTxn', commit!)]);
      expect(outcome('ABORT')).toEqual([expected('EndTxn', abort!)]);
    },
  );

  test('an exhausted epoch without a producer id at hand is retriable', () => {
    const none = { allocated: -1 };
    const exhausted = { producerEpoch: 32_766 };
    expect(at('Ongoing', exhausted).feed(end([7, 32_766], 'COMMIT', none))).toEqual([
      'EndTxn COORDINATOR_LOAD_IN_PROGRESS',
    ]);
    expect(at('Empty', exhausted).feed(end([7, 32_766], 'ABORT', none))).toEqual([
      'EndTxn COORDINATOR_LOAD_IN_PROGRESS',
    ]);
    expect(at('Ongoing', exhausted).feed(timedOut(-1))).toEqual(['ignore']);
    expect(at('Ongoing', exhausted).feed(timedOut(8))).toEqual([
      'takeProducerId',
      'log PrepareAbort(7,32767,{0}) next 8',
    ]);
  });

  test('no client can hold the reserved epoch to commit with it, and no append completes unasked', () => {
    const reserved = at('Ongoing', { producerEpoch: 32_767 });
    expect(reserved.feed(end([7, 32_767], 'COMMIT'))).toEqual(['unexpected']);
    expect(at('Ongoing').feed(APPENDED)).toEqual(['unexpected']);
    expect(at('Ongoing').feed(appendFailed('REQUEST_TIMED_OUT'))).toEqual(['unexpected']);
  });

  test('at the reserved epoch an abort goes through without a bump, and rotates', () => {
    expect(at('Ongoing', { producerEpoch: 32_767 }).feed(init())).toEqual([
      'takeProducerId',
      'log PrepareAbort(7,32767,{0}) next 8',
    ]);
  });
});

describe('InitProducerId (TransactionCoordinator.prepareInitProducerIdTransit)', () => {
  const idle = ['Empty', 'CompleteCommit', 'CompleteAbort'] as const;
  const table = rowsOf(`
    no expectation                 | -1 | -1    | 3     | 2  | log Empty(7,4,{})
    the current identity (KIP-360) | 7  | 3     | 3     | 2  | log Empty(7,4,{})
    the last identity (KIP-360)    | 7  | 2     | 3     | 2  | log Empty(7,3,{})
    an older epoch                 | 7  | 1     | 3     | 2  | 90
    a newer epoch                  | 7  | 4     | 3     | 2  | 90
    another producer id            | 6  | 3     | 3     | 2  | 90
    no expectation, exhausted      | -1 | -1    | 32766 | -1 | log Empty(8,0,{}) prev 7
    the current identity, exhausted | 7 | 32766 | 32766 | -1 | log Empty(8,0,{}) prev 7
    another epoch, exhausted       | 7  | 32765 | 32766 | 32765 | -1
    anything, never initialised    | 6  | 9     | -1    | -1 | log Empty(7,0,{})
  `);
  const cells = idle.flatMap((state) => table.map((row) => [state, ...row] as const));

  test.each(cells)('in %s: %s (%s,%s) at epoch %s, last %s', (state, _, ...rest) => {
    const [producerId, epoch, current, last] = rest.slice(0, 4).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    const context = { producerEpoch: current, lastProducerEpoch: last };
    const outputs = at(state as Held, context).feed(init([producerId, epoch]));
    expect(outputs.filter((output) => output !== 'takeProducerId')).toEqual([
      expected('Init', rest[4]!),
    ]);
  });

  test('a rotation records the epoch of its owner only', () => {
    const last = (identity: readonly [number, number]) => {
      const coordinator = at('Empty', { producerEpoch: 32_766 });
      coordinator.feed(init(identity), APPENDED);
      return coordinator.context().lastProducerEpoch;
    };
    expect([last([7, 32_766]), last(NOBODY)]).toEqual([32_766, -1]);
  });

  test.each(['PrepareCommit', 'PrepareAbort'] as const)('in %s it has to wait', (state) => {
    expect(at(state).feed(init())).toEqual(['Init CONCURRENT_TRANSACTIONS']);
    expect(at(state).feed(init([6, 3]))).toEqual(['Init PRODUCER_FENCED']);
  });

  test('in Ongoing any identity of the producer id aborts, whatever its epoch (measured on 4.3.1)', () => {
    expect(at('Ongoing').feed(init([7, 1]))).toEqual(['log PrepareAbort(7,4,{0})']);
    expect(at('Ongoing').feed(init([6, 3]))).toEqual(['Init PRODUCER_FENCED']);
  });

  test('clients below version 4 hear INVALID_PRODUCER_EPOCH (KafkaApis.handleInitProducerIdRequest)', () => {
    expect(at('Empty').feed(init([7, 1], { version: 3 }))).toEqual(['Init INVALID_PRODUCER_EPOCH']);
  });

  test('without a producer id at hand a new or exhausted id has to wait', () => {
    const none = { allocated: -1 };
    expect(driver().feed(init(NOBODY, none))).toEqual(['Init COORDINATOR_LOAD_IN_PROGRESS']);
    expect(at('Empty', { producerEpoch: 32_766 }).feed(init(NOBODY, none))).toEqual([
      'Init COORDINATOR_LOAD_IN_PROGRESS',
    ]);
  });
});

describe('adding and verifying partitions', () => {
  const table = rowsOf(`
    Empty          | log Ongoing(7,3,{1})   | Verify NONE abortable {0}
    Ongoing        | log Ongoing(7,3,{0,1}) | Verify NONE
    PrepareCommit  | 51                     | Verify CONCURRENT_TRANSACTIONS
    PrepareAbort   | 51                     | Verify CONCURRENT_TRANSACTIONS
    CompleteCommit | log Ongoing(7,3,{1})   | Verify NONE abortable {0}
    CompleteAbort  | log Ongoing(7,3,{1})   | Verify NONE abortable {0}
  `);

  test.each(table)('in %s: an add gives %s, a verification %s', (state, added, verified) => {
    expect(at(state as Held).feed(add([7, 3], 0b10))).toEqual([expected('Add', added!)]);
    expect(at(state as Held).feed(verify([7, 3], 0b1))).toEqual([verified]);
    const offsets = added === '51' ? 'AddOffsets CONCURRENT_TRANSACTIONS' : added;
    expect(at(state as Held).feed(addOffsets([7, 3], 0b10))).toEqual([offsets]);
  });

  test.each(HELD)(
    'in %s an add minds a pending transition first, a verification not at all',
    (state) => {
      const pending = {
        pendingState: 'Ongoing',
        awaiting: 'Append',
        waiter: 'AddPartitionsToTxn',
      } as const;
      expect(at(state, pending).feed(add([6, 9], 1))).toEqual(['Add CONCURRENT_TRANSACTIONS']);
      expect(at(state, pending).feed(verify([6, 3], 1))).toEqual([
        'Verify INVALID_PRODUCER_ID_MAPPING',
      ]);
      expect(at(state, pending).feed(verify([7, 2], 1))).toEqual(['Verify PRODUCER_FENCED']);
      expect(at(state).feed(add([6, 3], 1))).toEqual(['Add INVALID_PRODUCER_ID_MAPPING']);
      expect(at(state).feed(add([7, 2], 1, { version: 1 }))).toEqual([
        'Add INVALID_PRODUCER_EPOCH',
      ]);
    },
  );

  test('known partitions need no entry', () => {
    expect(at('Ongoing').feed(add([7, 3], 0b1))).toEqual(['Add NONE']);
    expect(at('Ongoing').feed(addOffsets([7, 3], 0b1))).toEqual(['AddOffsets NONE']);
  });
});
