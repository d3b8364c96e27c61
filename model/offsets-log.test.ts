import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TransactionResult } from '../protocol/states.ts';
import { LogStore } from './logs.ts';
import type { OffsetsLog, StoredOffsetsEntry } from './offsets-log.ts';
import {
  committedOffset,
  EMPTY_OFFSETS_LOG,
  fetchView,
  groupView,
  offsetsAppended,
  offsetsReloaded,
  offsetsReplicated,
  offsetsSummary,
  pendingOffsets,
  producerView,
} from './offsets-log.ts';

const GROUP = 0;
const PARTITION = 0;

function pending(producerId: number, offset: number, partition = PARTITION): StoredOffsetsEntry {
  const batch = { kind: 'offsets', group: GROUP, producerId, producerEpoch: 0 } as const;
  return { ...batch, offsets: [[partition, offset]] };
}

function plain(offset: number, group = GROUP): StoredOffsetsEntry {
  const batch = { kind: 'offsets', group, producerId: -1, producerEpoch: -1 } as const;
  return { ...batch, offsets: [[PARTITION, offset]] };
}

function marker(producerId: number, result: TransactionResult, epoch = 0): StoredOffsetsEntry {
  return { kind: 'marker', producerId, producerEpoch: epoch, coordinatorEpoch: 1, result };
}

const metadata = (generationId: number, members: readonly number[] = []): StoredOffsetsEntry => ({
  kind: 'group',
  group: GROUP,
  generationId,
  members: members.map((memberId) => ({ memberId, groupInstanceId: -1 })),
});

const tombstones = (removesGroup: 0 | 1, ...partitions: readonly number[]): StoredOffsetsEntry => ({
  kind: 'tombstones',
  group: GROUP,
  partitions,
  removesGroup,
});

function logOf(entries: readonly StoredOffsetsEntry[], unreplicated = 0): OffsetsLog {
  return { entries, highWatermark: entries.length - unreplicated };
}

describe('what a group has committed (OffsetMetadataManager.replay, replayEndTransactionMarker)', () => {
  const rows: readonly (readonly [string, readonly StoredOffsetsEntry[], number, number])[] = [
    ['nothing', [], -1, 0],
    ['a plain commit at once', [plain(5)], 5, 0],
    ['a transactional one not before its marker', [plain(5), pending(1, 10)], 5, 1],
    ['then at its COMMIT', [plain(5), pending(1, 10), marker(1, 'COMMIT')], 10, 0],
    ['and never with an ABORT', [plain(5), pending(1, 10), marker(1, 'ABORT')], 5, 0],
    ["another producer's marker decides nothing", [pending(1, 10), marker(2, 'COMMIT')], -1, 1],
    [
      'a plain commit that is later in the log wins',
      [pending(1, 10), plain(5), marker(1, 'COMMIT')],
      5,
      0,
    ],
    [
      'of two transactions the later record wins, not the later marker',
      [pending(1, 10), pending(2, 20), marker(2, 'COMMIT'), marker(1, 'COMMIT')],
      20,
      0,
    ],
    [
      'of one transaction the last record wins',
      [pending(1, 10), pending(1, 7), marker(1, 'COMMIT')],
      7,
      0,
    ],
    [
      'a duplicate marker decides nothing more',
      [pending(1, 10), marker(1, 'ABORT'), marker(1, 'COMMIT')],
      -1,
      0,
    ],
    ['a tombstone takes back what was committed', [plain(5), tombstones(0, PARTITION)], -1, 0],
    [
      'and what was pending',
      [pending(1, 10), tombstones(0, PARTITION), marker(1, 'COMMIT')],
      -1,
      0,
    ],
    ["another partition's takes back nothing", [plain(5), tombstones(0, 1)], 5, 0],
    [
      'a late marker decides what it finds (9.2(3))',
      [marker(1, 'COMMIT'), pending(1, 10), marker(1, 'COMMIT')],
      10,
      0,
    ],
  ];
  test.each(rows)('%s', (_rule, entries, committed, open) => {
    expect(committedOffset(entries, GROUP, PARTITION)).toBe(committed);
    expect(pendingOffsets(entries, GROUP, PARTITION).length).toBe(open);
  });

  test('all groups and partitions of the producer id at once', () => {
    const other = { ...pending(1, 4), group: 1 } as StoredOffsetsEntry;
    const log = [pending(1, 10), pending(1, 11, 1), other];
    const read = (entries: readonly StoredOffsetsEntry[]) => [
      committedOffset(entries, GROUP, 0),
      committedOffset(entries, GROUP, 1),
      committedOffset(entries, 1, 0),
    ];
    expect(read(log)).toEqual([-1, -1, -1]);
    expect(read([...log, marker(1, 'COMMIT')])).toEqual([10, 11, 4]);
  });

  test('a fetch that need not be stable sees what is replicated', () => {
    const log = logOf([plain(5), pending(1, 10), marker(1, 'COMMIT')], 1);
    expect(fetchView(log, GROUP, PARTITION)).toEqual({
      committedOffset: 10,
      replicatedCommittedOffset: 5,
      pending: 0,
      unreplicated: 1,
    });
  });
});

describe('what a load finds (GroupMetadataManager.replay)', () => {
  test('nothing of a group that no record mentions', () => {
    expect(groupView(logOf([plain(5, 1)]), GROUP)).toEqual({
      exists: 0,
      generationId: 0,
      members: [],
    });
  });

  test('a simple group, if only offsets mention it, even aborted ones', () => {
    const log = logOf([pending(1, 5), marker(1, 'ABORT')]);
    expect(groupView(log, GROUP)).toEqual({ exists: 1, generationId: 0, members: [] });
  });

  test('the last generation written', () => {
    const view = groupView(logOf([metadata(0), metadata(1, [3]), plain(5)]), GROUP);
    expect(view).toEqual({
      exists: 1,
      generationId: 1,
      members: [{ memberId: 3, groupInstanceId: -1 }],
    });
  });

  test('nothing of a group that was removed, but what came after', () => {
    const removed = [metadata(1), plain(5), tombstones(1, PARTITION)];
    expect(groupView(logOf(removed), GROUP).exists).toBe(0);
    expect(groupView(logOf([...removed, plain(6)]), GROUP)).toEqual({
      exists: 1,
      generationId: 0,
      members: [],
    });
    expect(groupView(logOf([metadata(1), plain(5), tombstones(0, 0)]), GROUP).generationId).toBe(1);
  });

  test('the epochs of a producer id', () => {
    const entries = [pending(1, 5), marker(1, 'COMMIT', 1), plain(6)];
    expect(producerView(logOf(entries, 1), 1)).toEqual({
      producerEpoch: 1,
      coordinatorEpoch: 1,
      open: 0,
      unreplicated: 1,
    });
    expect(producerView(logOf(entries), 2).producerEpoch).toBe(-1);
    expect(producerView(logOf([pending(1, 5)]), 1).open).toBe(1);
  });
});

type Operation = (log: OffsetsLog) => OffsetsLog;

const entry = fc.oneof(
  fc
    .tuple(fc.nat({ max: 1 }), fc.nat({ max: 2 }), fc.nat({ max: 1 }))
    .map((row) => pending(...row)),
  fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 1 })).map((row) => plain(...row)),
  fc
    .tuple(fc.nat({ max: 1 }), fc.constantFrom('COMMIT' as const, 'ABORT' as const))
    .map((row) => marker(...row)),
  fc.nat({ max: 1 }).map((generationId) => metadata(generationId, [generationId])),
  fc.constantFrom(tombstones(0, 0), tombstones(0, 1), tombstones(1, 0, 1)),
);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: entry.map(
      (added): Operation =>
        (log) =>
          offsetsAppended(log, added),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constant((log: OffsetsLog) =>
      log.entries.slice(log.highWatermark).reduce(offsetsReplicated, log),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat({ max: 1 }).map(
      (kept): Operation =>
        (log) =>
          offsetsReloaded(log, kept),
    ),
  },
);

test('equal summaries stay equal after the same operations, and answer every question alike', () => {
  const store = new LogStore(offsetsSummary);
  let met = 0;
  const answers = (log: OffsetsLog) => [
    ...[0, 1].map((producerId) => producerView(log, producerId)),
    ...[0, 1].flatMap((group) => [groupView(log, group), fetchView(log, group, 0)]),
    fetchView(log, GROUP, 1),
  ];
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 14 }), (operations) => {
      let id = store.idOf(EMPTY_OFFSETS_LOG);
      let list = EMPTY_OFFSETS_LOG;
      for (const apply of operations) {
        id = store.idOf(apply(store.logOf(id)));
        list = apply(list);
        const folded = store.logOf(id);
        if (JSON.stringify(folded) !== JSON.stringify(list)) met += 1;
        expect(offsetsSummary(folded)).toEqual(offsetsSummary(list));
        expect(answers(folded)).toEqual(answers(list));
      }
    }),
    { numRuns: 400, seed: 1 },
  );
  expect(met).toBeGreaterThan(50);
});
