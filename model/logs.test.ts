import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogStore } from './logs.ts';
import type { PartitionLog, StoredPartitionEntry } from './partition-log.ts';
import {
  appended,
  batchesOf,
  deliverable,
  EMPTY_PARTITION_LOG,
  hasStaleAppend,
  lastStableOffset,
  partitionSummary,
  partitionView,
  readOn,
  reloaded,
  replicated,
} from './partition-log.ts';
import { recordName, transactionName } from './records.ts';
import type { TransactionLog } from './transaction-log.ts';
import {
  durableRecord,
  EMPTY_TRANSACTION_LOG,
  recordAppended,
  recordReplicated,
  recordsReloaded,
  transactionLogFindings,
  transactionLogSummary,
} from './transaction-log.ts';
import { TRANSACTION_LOG_TOMBSTONE } from './messages.ts';

const FIRST = transactionName(0, 0);
const SECOND = transactionName(0, 1);

function data(epoch: number, sequence: number, transaction = FIRST): StoredPartitionEntry {
  return {
    kind: 'data',
    producerId: 0,
    producerEpoch: epoch,
    baseSequence: sequence,
    record: recordName(transaction, 0),
  };
}

function marker(
  epoch: number,
  result: 'COMMIT' | 'ABORT' = 'COMMIT',
  owner = FIRST,
): StoredPartitionEntry {
  return {
    kind: 'marker',
    producerId: 0,
    producerEpoch: epoch,
    coordinatorEpoch: 1,
    result,
    owner,
  };
}

/** A log of these entries, of which all but `unreplicated` are replicated. */
function logOf(entries: readonly StoredPartitionEntry[], unreplicated = 0): PartitionLog {
  const highWatermark = entries.length - unreplicated;
  return { entries, highWatermark, position: 0, snapshot: 0 };
}

const view = (log: PartitionLog) => partitionView(log, 0);
const sequences = (log: PartitionLog) => view(log).window.map(([sequence]) => sequence);

describe('what a leader knows of a producer id from its log (ProducerStateManager)', () => {
  test('nothing of one that the log does not mention', () => {
    expect(partitionView(logOf([data(0, 0)]), 1)).toEqual({
      producerEpoch: -1,
      coordinatorEpoch: -1,
      open: 0,
      window: [],
      unreplicated: 0,
    });
  });

  test('a transaction is open from data to the next marker', () => {
    expect(view(logOf([data(0, 0)])).open).toBe(1);
    expect(view(logOf([data(0, 0), marker(0)])).open).toBe(0);
  });

  test('a marker of the same epoch keeps the window, one of another epoch empties it', () => {
    expect(sequences(logOf([data(0, 0), marker(0)]))).toEqual([0]);
    expect(sequences(logOf([data(0, 0), marker(1)]))).toEqual([]);
  });

  test('five batches are remembered', () => {
    expect(sequences(logOf([0, 1, 2, 3, 4, 5].map((n) => data(0, n))))).toEqual([1, 2, 3, 4, 5]);
  });

  test('only the last of them survives in a snapshot', () => {
    const log = reloaded(logOf([data(0, 0), data(0, 1)]), 0, 1);
    expect(sequences(log)).toEqual([1]);
    expect(sequences(appended(log, data(0, 2)))).toEqual([1, 2]);
  });

  test('a remembered batch tells how many entries must still be replicated to cover it', () => {
    expect(view(logOf([data(0, 0), data(0, 1), data(0, 2)], 2)).window).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });
});

describe('what a reader may see (UnifiedLog, LocalLog)', () => {
  test('the last stable offset stops at the first batch that no replicated marker decides', () => {
    expect(lastStableOffset(logOf([data(0, 0), marker(0), data(0, 1)]))).toBe(2);
    expect(lastStableOffset(logOf([data(0, 0), marker(0)], 1))).toBe(0);
  });

  test('aborted batches are filtered, each by the marker that follows it', () => {
    const log = logOf([data(0, 0, FIRST), marker(0, 'ABORT'), data(0, 1, SECOND), marker(0)]);
    expect(deliverable(log, 4)).toEqual([recordName(SECOND, 0)]);
  });
});

describe('what the invariants ask of a log', () => {
  test("a batch ended by another transaction's marker is a stranger (S31)", () => {
    const fates = batchesOf(logOf([data(0, 0, SECOND), marker(0, 'COMMIT', FIRST)]));
    expect(fates.map(({ fate, stranger }) => [fate, stranger])).toEqual([['committed', 1]]);
  });

  test('an append below an epoch already reached is stale (S37)', () => {
    expect(hasStaleAppend(logOf([data(1, 0), data(0, 0)]))).toBe(1);
    expect(hasStaleAppend(logOf([data(0, 0), data(1, 0)]))).toBe(0);
    expect(hasStaleAppend(logOf([data(1, 0), { ...data(0, 0), producerId: 1 }]))).toBe(0);
  });

  const ongoing = { ...TRANSACTION_LOG_TOMBSTONE, state: 'Ongoing', producerId: 0 } as const;
  const of = (state: 'Empty' | 'Ongoing' | 'PrepareCommit', producerEpoch: number) => ({
    ...ongoing,
    state,
    producerEpoch,
  });
  const opened = recordAppended(
    recordAppended(EMPTY_TRANSACTION_LOG, of('Empty', 1), -1, -1),
    of('Ongoing', 1),
    SECOND,
    1,
  );
  test('an open transaction stays the newest one that added to it', () => {
    const late = recordAppended(opened, of('Ongoing', 1), FIRST, 1);
    expect(late.entries.at(-1)?.owner).toBe(SECOND);
  });

  const rows = [
    ['its own end is fine', of('PrepareCommit', 1), SECOND, 1, {}],
    ["another's end is not (S35)", of('PrepareCommit', 1), FIRST, 1, { strangerDecided: 1 }],
    [
      'nor is a request of a lower epoch (S36)',
      of('PrepareCommit', 1),
      SECOND,
      0,
      { staleRequest: 1 },
    ],
    ['nor Empty after Ongoing (S11)', of('Empty', 1), -1, -1, { illegalTransition: 1 }],
    ['nor two epochs at once (S16)', of('PrepareCommit', 3), SECOND, 1, { epochStep: 1 }],
  ] as const;
  test.each(rows)('of an open transaction: %s', (_rule, entry, cause, requestEpoch, expected) => {
    const nothing = { strangerDecided: 0, staleRequest: 0, illegalTransition: 0, epochStep: 0 };
    const found = transactionLogFindings(recordAppended(opened, entry, cause, requestEpoch));
    expect(found).toEqual({ ...nothing, ...expected });
  });
});

type Operation<Log> = (log: Log) => Log;

const EPOCHS = fc.nat({ max: 1 });
const TRANSACTIONS = fc.constantFrom(FIRST, SECOND);
const RESULTS = fc.constantFrom('COMMIT' as const, 'ABORT' as const);

/** What the composition does to a partition's log; what cannot happen leaves it as it is. */
function partitionOperations(reader: 0 | 1): fc.Arbitrary<Operation<PartitionLog>> {
  return fc.oneof(
    fc.tuple(EPOCHS, fc.nat({ max: 1 }), TRANSACTIONS).map(
      (batch): Operation<PartitionLog> =>
        (log) =>
          appended(log, data(...batch)),
    ),
    fc.tuple(EPOCHS, RESULTS, TRANSACTIONS).map(
      (end): Operation<PartitionLog> =>
        (log) =>
          appended(log, marker(...end)),
    ),
    fc.constant((log: PartitionLog) =>
      log.entries.slice(log.highWatermark).reduce((done) => replicated(done, reader), log),
    ),
    fc.constant((log: PartitionLog) =>
      readOn(log, reader * (lastStableOffset(log) - log.position)),
    ),
    fc.tuple(fc.nat({ max: 1 }), fc.constantFrom(0 as const, 1 as const)).map(
      ([kept, snapshot]): Operation<PartitionLog> =>
        (log) =>
          reloaded(log, kept, snapshot),
    ),
  );
}

const STATES = ['Empty', 'Ongoing', 'PrepareCommit', 'CompleteCommit'] as const;

const transactionOperations: fc.Arbitrary<Operation<TransactionLog>> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...STATES), EPOCHS, fc.constantFrom(FIRST, SECOND))
    .map(([state, epoch, cause]): Operation<TransactionLog> => (log) => {
      const entry = { ...TRANSACTION_LOG_TOMBSTONE, state, producerId: 0, producerEpoch: epoch };
      return recordAppended(log, entry, cause, epoch);
    }),
  fc.constant((log: TransactionLog) =>
    log.highWatermark < log.entries.length ? recordReplicated(log) : log,
  ),
  fc.nat({ max: 1 }).map(
    (kept): Operation<TransactionLog> =>
      (log) =>
        recordsReloaded(log, kept),
  ),
);

/** Folds operations through a store, and beside it on the lists themselves. */
function foldedBoth<Log>(
  store: LogStore<Log>,
  empty: Log,
  operations: readonly Operation<Log>[],
): readonly (readonly [folded: Log, list: Log])[] {
  let id = store.idOf(empty);
  let list = empty;
  return operations.map((operation) => {
    id = store.idOf(operation(store.logOf(id)));
    list = operation(list);
    return [store.logOf(id), list] as const;
  });
}

describe('equal summaries stay equal after the same operations', () => {
  // One store for all runs: logs of equal summaries and different lists meet in it.
  test.each([0, 1] as const)(
    'of a partition, and answer every question alike, readers: %d',
    (reader) => {
      const store = new LogStore(partitionSummary);
      let met = 0;
      const property = fc.property(
        fc.array(partitionOperations(reader), { maxLength: 14 }),
        (operations) => {
          for (const [folded, list] of foldedBoth(store, EMPTY_PARTITION_LOG, operations)) {
            if (JSON.stringify(folded) !== JSON.stringify(list)) met += 1;
            expect(view(folded)).toEqual(view(list));
            expect(batchesOf(folded)).toEqual(batchesOf(list));
            expect(hasStaleAppend(folded)).toBe(hasStaleAppend(list));
            const unread = reader * (lastStableOffset(list) - list.position);
            expect(deliverable(folded, unread)).toEqual(deliverable(list, unread));
          }
        },
      );
      fc.assert(property, { numRuns: 300, seed: 1 });
      expect(met).toBeGreaterThan(10);
    },
  );

  test('of `__transaction_state`', () => {
    const store = new LogStore(transactionLogSummary);
    const property = fc.property(
      fc.array(transactionOperations, { maxLength: 12 }),
      (operations) => {
        for (const [folded, list] of foldedBoth(store, EMPTY_TRANSACTION_LOG, operations)) {
          const { decider: _decider, requestEpoch: _epoch, ...durable } = durableRecord(list);
          expect(durableRecord(folded)).toMatchObject(durable);
          expect(transactionLogFindings(folded)).toEqual(transactionLogFindings(list));
        }
      },
    );
    fc.assert(property, { numRuns: 300, seed: 1 });
  });
});
