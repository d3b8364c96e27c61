import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../protocol/error-codes.ts';
import {
  ACTIVE,
  claim,
  commit,
  driver,
  marker,
  NOBODY,
  plain,
  verified,
} from './group-coordinator.fixture.ts';
import type { LEADING_TO } from './group-coordinator.fixture.ts';
import { rowsOf } from './table-rows.fixture.ts';

const ERRORS: Readonly<Record<string, ErrorCode>> = {
  '22': 'ILLEGAL_GENERATION',
  '25': 'UNKNOWN_MEMBER_ID',
  '27': 'REBALANCE_IN_PROGRESS',
  '69': 'GROUP_ID_NOT_FOUND',
  '82': 'FENCED_INSTANCE_ID',
};

type State = keyof typeof LEADING_TO;

/** Member 3 of instance 5 at generation 1; who commits is generation, member, instance. */
const CLAIMS = {
  'nothing (-1, "", null)': NOBODY,
  'the member': claim(1, 3, 5),
  'the member, without its instance': claim(1, 3),
  'the member, older generation': claim(0, 3),
  'the member, newer generation': claim(2, 3),
  'the member, no generation': claim(-1, 3),
  'another member': claim(1, 4),
  'another member, same instance': claim(1, 4, 5),
  'another member, other instance': claim(1, 4, 6),
  'the member, other instance': claim(1, 3, 6),
  'the instance alone': claim(-1, -1, 5),
  'a generation alone': claim(1),
} as const;

describe('KIP-447 fencing of a classic group (ClassicGroup.validateOffsetCommit)', () => {
  const table = rowsOf(`
                                     | Absent | Empty | PreparingRebalance | CompletingRebalance | Stable
    nothing (-1, "", null)           | ok | ok | ok | ok | ok
    the member                       | 22 | 25 | ok | ok | ok
    the member, without its instance | 22 | 25 | ok | ok | ok
    the member, older generation     | 22 | 25 | 22 | 22 | 22
    the member, newer generation     | 22 | 25 | 22 | 22 | 22
    the member, no generation        | ok | ok | 22 | 22 | 22
    another member                   | 22 | 25 | 25 | 25 | 25
    another member, same instance    | 22 | 25 | 82 | 82 | 82
    another member, other instance   | 22 | 25 | 25 | 25 | 25
    the member, other instance       | 22 | 25 | 25 | 25 | 25
    the instance alone               | ok | ok | 82 | 82 | 82
    a generation alone               | 22 | 25 | 25 | 25 | 25
  `);
  const [states, ...rows] = table;
  const cells = rows.flatMap(([who, ...outcomes]) =>
    outcomes.map((outcome, column) => [states![column + 1]!, who!, outcome] as const),
  );

  test('the table names every claim and every state', () => {
    expect(rows.map(([who]) => who)).toEqual(Object.keys(CLAIMS));
    expect(states!.slice(1)).toEqual(ACTIVE);
  });

  test.each(cells)('in %s, %s commits in a transaction: %s', (state, who, outcome) => {
    const coordinator = driver(state as State, { partitionVerification: 0 });
    const outputs = coordinator.feed(commit(CLAIMS[who as keyof typeof CLAIMS]));
    const expected =
      outcome === 'ok' ? 'log offsets 0 (7,0)' : `1: TxnOffsetCommit ${ERRORS[outcome]}`;
    expect(outputs).toEqual([expected]);
  });

  test.each(cells)('in %s, %s commits once it is verified: %s', (state, who, outcome) => {
    const coordinator = driver(state as State);
    const request = commit(CLAIMS[who as keyof typeof CLAIMS], { version: 5 });
    expect(coordinator.feed(request)).toEqual(['add (7,0) for 1']);
    const expected =
      outcome === 'ok' ? 'log offsets 0 (7,0)' : `1: TxnOffsetCommit ${ERRORS[outcome]}`;
    expect(coordinator.feed(verified())).toEqual([expected]);
    expect(coordinator.context().parked).toEqual([]);
  });

  test('a simple group is created by the first commit without generation', () => {
    const coordinator = driver('Absent', { partitionVerification: 0 });
    coordinator.feed(commit());
    expect(coordinator.state()).toBe('Empty');
    const refused = driver('Absent', { partitionVerification: 0 });
    refused.feed(commit(claim(0)));
    expect(refused.state()).toBe('Absent');
  });

  test('newer clients are told that the group does not exist (KIP-1319)', () => {
    const coordinator = driver('Absent', { partitionVerification: 0 });
    expect(coordinator.feed(commit(claim(0, 3), { version: 6 }))).toEqual(['add (7,0) for 1']);
    expect(coordinator.feed(verified())).toEqual(['1: TxnOffsetCommit GROUP_ID_NOT_FOUND']);
    expect(coordinator.feed(plain(claim(0, 3), { version: 9 }))).toEqual([
      '1: OffsetCommit GROUP_ID_NOT_FOUND',
    ]);
  });

  const plainTable = rowsOf(`
    Absent              | ok | 22 | 22 | ok
    Empty               | ok | 25 | 25 | ok
    PreparingRebalance  | 25 | ok | 22 | 22
    CompletingRebalance | 25 | 27 | 22 | 22
    Stable              | 25 | ok | 22 | 22
  `);
  test.each(plainTable)(
    'in %s, plainly: nothing %s, the member %s, another generation %s, the member without one %s',
    (state, ...outcomes) => {
      const found = [
        'nothing (-1, "", null)',
        'the member',
        'the member, newer generation',
        'the member, no generation',
      ].map((who) => driver(state as State).feed(plain(CLAIMS[who as keyof typeof CLAIMS]))[0]);
      expect(found).toEqual(
        outcomes.map((outcome) =>
          outcome === 'ok' ? 'log offsets 0 plain' : `1: OffsetCommit ${ERRORS[outcome]}`,
        ),
      );
    },
  );
});

describe('what a marker may close on the offsets partition (ProducerAppendInfo.appendEndTxnMarker)', () => {
  const open = { producerEpoch: 3, coordinatorEpoch: 5, open: 1 as const };
  const closed = { ...open, open: 0 as const };
  const current = { coordinatorEpoch: 5 };
  const rows = [
    ['TV1 ends its own epoch', marker(3, 0, { ...current, view: open }), 'log COMMIT (7,3)'],
    [
      'TV1 ends it late and again (9.2(3))',
      marker(3, 0, { ...current, view: closed }),
      'log COMMIT (7,3)',
    ],
    ['TV2 needs a newer one', marker(3, 2, { ...current, view: open }), '47'],
    ['TV2 with a newer one', marker(4, 2, { ...current, view: open }), 'log COMMIT (7,4)'],
    [
      'TV2 again, nothing being open (KAFKA-19999)',
      marker(3, 2, { ...current, view: closed }),
      'log COMMIT (7,3)',
    ],
    ['an older epoch is fenced', marker(2, 0, { ...current, view: closed }), '47'],
    ['an older coordinator is fenced', marker(3, 0, { coordinatorEpoch: 4, view: open }), '52'],
    [
      'the epoch kept for fencing ends what is open',
      marker(9, 2, { ...current, view: { ...open, producerEpoch: 9 } }),
      'log COMMIT (7,9)',
    ],
    ['of a producer id without offsets', marker(1, 2), 'log COMMIT (7,1)'],
  ] as const;
  const codes: Readonly<Record<string, string>> = {
    '47': '2: WriteTxnMarkers INVALID_PRODUCER_EPOCH',
    '52': '2: WriteTxnMarkers TRANSACTION_COORDINATOR_FENCED',
  };
  test.each(rows)('%s', (_rule, request, expected) => {
    expect(driver('Empty', { maxEpoch: 9 }).feed(request)).toEqual([codes[expected] ?? expected]);
  });
});

describe('what the transaction coordinator refused, as the client hears it', () => {
  const rows: readonly (readonly [number, ErrorCode, ErrorCode])[] = [
    [5, 'PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH'],
    [3, 'PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH'],
    [5, 'INVALID_PRODUCER_EPOCH', 'INVALID_PRODUCER_EPOCH'],
    [4, 'TRANSACTION_ABORTABLE', 'TRANSACTION_ABORTABLE'],
    [3, 'TRANSACTION_ABORTABLE', 'INVALID_TXN_STATE'],
    [3, 'CONCURRENT_TRANSACTIONS', 'CONCURRENT_TRANSACTIONS'],
    [5, 'CONCURRENT_TRANSACTIONS', 'CONCURRENT_TRANSACTIONS'],
    [5, 'INVALID_PRODUCER_ID_MAPPING', 'INVALID_PRODUCER_ID_MAPPING'],
    [5, 'UNSUPPORTED_VERSION', 'UNSUPPORTED_VERSION'],
    [5, 'NETWORK_EXCEPTION', 'COORDINATOR_LOAD_IN_PROGRESS'],
    [1, 'NETWORK_EXCEPTION', 'COORDINATOR_NOT_AVAILABLE'],
    [5, 'COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_LOAD_IN_PROGRESS'],
    [1, 'COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE'],
    [5, 'NOT_COORDINATOR', 'NOT_COORDINATOR'],
    [5, 'COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_NOT_AVAILABLE'],
    [5, 'NOT_LEADER_OR_FOLLOWER', 'NOT_COORDINATOR'],
    [5, 'REQUEST_TIMED_OUT', 'COORDINATOR_NOT_AVAILABLE'],
    [5, 'RECORD_LIST_TOO_LARGE', 'UNKNOWN_SERVER_ERROR'],
  ];
  test.each(rows)('TxnOffsetCommit v%d: %s reaches it as %s', (version, error, expected) => {
    const coordinator = driver();
    coordinator.feed(commit(NOBODY, { version }));
    expect(coordinator.feed(verified(error))).toEqual([`1: TxnOffsetCommit ${expected}`]);
    expect(coordinator.state()).toBe('Absent');
  });
});
