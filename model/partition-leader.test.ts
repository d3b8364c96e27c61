import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../protocol/error-codes.ts';
import { TransitionTable } from './checker/transition-table.ts';
import type { ProduceRequest, WriteTxnMarkersRequest } from './messages.ts';
import { createPartitionLeader } from './partition-leader.machine.ts';
import type { LeaderAction } from './partition-leader.machine.ts';
import type { LeaderEvent } from './partition-leader-state.ts';
import type { PartitionView } from './partition-log.ts';

const UNKNOWN: PartitionView = {
  producerEpoch: -1,
  coordinatorEpoch: -1,
  open: 0,
  window: [],
  unreplicated: 0,
};

function produce(fields: Partial<ProduceRequest>): ProduceRequest {
  return {
    type: 'ProduceRequest',
    apiVersion: 11,
    producerId: 0,
    producerEpoch: 0,
    baseSequence: 0,
    record: 0,
    ...fields,
  };
}

function marker(fields: Partial<WriteTxnMarkersRequest>): WriteTxnMarkersRequest {
  return {
    type: 'WriteTxnMarkersRequest',
    producerId: 0,
    producerEpoch: 0,
    result: 'COMMIT',
    coordinatorEpoch: 0,
    transactionVersion: 0,
    partitions: 1,
    ...fields,
  };
}

const verified = (errorCode: ErrorCode, view: PartitionView = UNKNOWN): LeaderEvent => ({
  type: 'AddPartitionsToTxnResponse',
  verifyOnly: 1,
  errorCode,
  abortable: 0,
  view,
});

/** A leader whose steps are told as one line each: what it appended, and what it said to whom. */
function leader(partitionVerification: 0 | 1) {
  const machine = createPartitionLeader({ partitionVerification, sequenceModulus: 4, maxEpoch: 9 });
  const table = new TransitionTable<typeof machine, LeaderAction>(machine);
  let state = table.initial;
  const step = (event: LeaderEvent): string => {
    const entry = table.step(state, table.eventIdOf(event));
    state = entry.next;
    return entry.actions.map(told).join('; ');
  };
  const client = (connection: number, request: ProduceRequest, view: Partial<PartitionView> = {}) =>
    step({ ...request, connection, view: { ...UNKNOWN, ...view } });
  const coordinator = (request: WriteTxnMarkersRequest, view: Partial<PartitionView> = {}) =>
    step({ ...request, connection: 7, view: { ...UNKNOWN, ...view } });
  return { step, client, coordinator, context: () => table.stateOf(state).context };
}

function told(action: LeaderAction): string {
  if (action.type === 'append') return `append ${action.params.kind}`;
  if (action.type !== 'send') return action.type;
  if (action.params.to === 'coordinator') {
    return action.params.message.verifyOnly === 1 ? 'verify' : 'add';
  }
  const { message } = action.params;
  const code = 'errorCode' in message ? message.errorCode : '';
  return `${code} to ${action.params.connection}`;
}

describe('what the log alone decides (ProducerAppendInfo)', () => {
  const open = { producerEpoch: 3, open: 1 as const, window: [[1, 0]] as const };
  const rows: readonly (readonly [
    string,
    Partial<ProduceRequest>,
    Partial<PartitionView>,
    string,
  ])[] = [
    ['an unknown producer id may start anywhere', { baseSequence: 2 }, {}, 'append data'],
    ['a known one starts a newer epoch at 0', { producerEpoch: 4 }, open, 'append data'],
    [
      'and at nothing else',
      { producerEpoch: 4, baseSequence: 1 },
      open,
      'OUT_OF_ORDER_SEQUENCE_NUMBER to 1',
    ],
    ['the same epoch goes on by one', { producerEpoch: 3, baseSequence: 2 }, open, 'append data'],
    [
      'and by no more',
      { producerEpoch: 3, baseSequence: 3 },
      open,
      'OUT_OF_ORDER_SEQUENCE_NUMBER to 1',
    ],
    [
      'the last sequence is followed by 0',
      { producerEpoch: 3 },
      { ...open, window: [[3, 0]] },
      'append data',
    ],
    [
      'a remembered batch is not appended again',
      { producerEpoch: 3, baseSequence: 1 },
      open,
      'NONE to 1',
    ],
    ['a stale epoch is fenced', { producerEpoch: 2 }, open, 'INVALID_PRODUCER_EPOCH to 1'],
  ];
  test.each(rows)('%s', (_rule, request, view, expected) => {
    expect(leader(0).client(1, produce(request), view)).toBe(expected);
  });
});

describe('what a marker may close (ProducerAppendInfo.appendEndTxnMarker)', () => {
  const open = { producerEpoch: 3, coordinatorEpoch: 5, open: 1 as const };
  const tv2 = { transactionVersion: 2 as const, coordinatorEpoch: 5 };
  const rows: readonly (readonly [
    string,
    Partial<WriteTxnMarkersRequest>,
    Partial<PartitionView>,
    string,
  ])[] = [
    ['TV1 ends its own epoch', { producerEpoch: 3, coordinatorEpoch: 5 }, open, 'append marker'],
    ['TV2 needs a newer one', { ...tv2, producerEpoch: 3 }, open, 'INVALID_PRODUCER_EPOCH to 7'],
    ['TV2 with a newer one', { ...tv2, producerEpoch: 4 }, open, 'append marker'],
    [
      'TV2 again, nothing being open (KAFKA-19999)',
      { ...tv2, producerEpoch: 3 },
      { ...open, open: 0 },
      'append marker',
    ],
    ['an older epoch is fenced', { producerEpoch: 2 }, open, 'INVALID_PRODUCER_EPOCH to 7'],
    [
      'TV2 of the epoch kept for fencing, though something is open',
      { ...tv2, producerEpoch: 9 },
      { ...open, producerEpoch: 9 },
      'append marker',
    ],
    [
      'an older coordinator is fenced',
      { producerEpoch: 3, coordinatorEpoch: 4 },
      open,
      'TRANSACTION_COORDINATOR_FENCED to 7',
    ],
  ];
  test.each(rows)('%s', (_rule, request, view, expected) => {
    expect(leader(1).coordinator(marker(request), view)).toBe(expected);
  });
});

describe('verification (KIP-890)', () => {
  test('a batch is appended when the coordinator knows its partition', () => {
    const { client, step } = leader(1);
    expect(client(1, produce({}))).toBe('verify');
    expect(step(verified('NONE'))).toBe('append data');
    expect(step({ type: 'Replicated' })).toBe('NONE to 1');
  });

  test('an open transaction of the same epoch needs none', () => {
    const view = { producerEpoch: 0, open: 1 as const, window: [[0, 0]] as const };
    expect(leader(1).client(1, produce({ baseSequence: 1 }), view)).toBe('append data');
  });

  test('TV2 adds the partition even when verification is off', () => {
    expect(leader(0).client(1, produce({ apiVersion: 12 }))).toBe('add');
  });

  test('a verification begun before a marker cannot authorise an append after it (S34)', () => {
    const { client, coordinator, step } = leader(1);
    client(1, produce({}));
    expect(coordinator(marker({}))).toBe('append marker');
    expect(step(verified('NONE', { ...UNKNOWN, producerEpoch: 0 }))).toBe('INVALID_TXN_STATE to 1');
  });

  test('a refused batch keeps holding later ones back until a lower one is written', () => {
    const { client, step } = leader(1);
    client(1, produce({ baseSequence: 1 }));
    expect(step(verified('CONCURRENT_TRANSACTIONS'))).toBe('NOT_ENOUGH_REPLICAS to 1');
    client(1, produce({ baseSequence: 2 }));
    expect(step(verified('NONE'))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER to 1');
  });

  test('a batch of an older epoch does not lower what is held back', () => {
    const { client, step } = leader(1);
    client(1, produce({ producerEpoch: 1, baseSequence: 1 }));
    client(2, produce({ producerEpoch: 0, baseSequence: 0 }));
    expect(step(verified('NONE'))).toBe('append data; verify');
  });

  test('TV2 starts at 0 where nothing is remembered', () => {
    const { client, step } = leader(1);
    client(1, produce({ apiVersion: 12, baseSequence: 1 }));
    expect(step(verified('NONE'))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER to 1');
  });

  test('a client that moves to TV2 finds the entry of its older request (VerificationStateEntry.supportsEpochBump)', () => {
    const { client, step } = leader(1);
    client(1, produce({ apiVersion: 11, baseSequence: 1 }));
    step(verified('CONCURRENT_TRANSACTIONS'));
    client(1, produce({ apiVersion: 12, baseSequence: 1 }));
    expect(step(verified('NONE'))).toBe('append data');
  });

  const refusals: readonly (readonly [number, ErrorCode, ErrorCode])[] = [
    [11, 'PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH'],
    [11, 'TRANSACTION_ABORTABLE', 'TRANSACTION_ABORTABLE'],
    [10, 'TRANSACTION_ABORTABLE', 'INVALID_TXN_STATE'],
    [11, 'CONCURRENT_TRANSACTIONS', 'NOT_ENOUGH_REPLICAS'],
    [12, 'CONCURRENT_TRANSACTIONS', 'CONCURRENT_TRANSACTIONS'],
    [12, 'NOT_COORDINATOR', 'NOT_ENOUGH_REPLICAS'],
    [12, 'INVALID_PRODUCER_ID_MAPPING', 'INVALID_PRODUCER_ID_MAPPING'],
  ];
  test.each(refusals)('Produce v%d: %s reaches the client as %s', (apiVersion, error, expected) => {
    const { client, step } = leader(1);
    client(1, produce({ apiVersion }));
    expect(step(verified(error))).toBe(`${expected} to 1`);
  });

  test('the queue holds one batch; the same epoch displaces it, an older one is fenced (AddPartitionsToTxnManager)', () => {
    const { client, step } = leader(1);
    expect(client(1, produce({}))).toBe('verify');
    expect(client(2, produce({ producerEpoch: 1 }))).toBe('');
    expect(client(1, produce({}))).toBe('INVALID_PRODUCER_EPOCH to 1');
    expect(client(3, produce({ producerEpoch: 1 }))).toBe('NOT_ENOUGH_REPLICAS to 2');
    expect(step(verified('NONE'))).toBe('append data; verify');
  });
});

describe('who hears an answer', () => {
  test('nobody, once the connection is closed; the parked batch is appended all the same', () => {
    const { client, step } = leader(1);
    client(1, produce({}));
    step({ type: 'Closed', connection: 1 });
    expect(step(verified('NONE'))).toBe('append data');
    expect(step({ type: 'Replicated' })).toBe('');
  });

  test('a duplicate and the original, when the original is replicated', () => {
    const { client, step } = leader(0);
    client(1, produce({}));
    const view = { producerEpoch: 0, open: 1 as const, window: [[0, 1]] as const, unreplicated: 1 };
    expect(client(2, produce({}), view)).toBe('');
    expect(step({ type: 'Replicated' })).toBe('NONE to 1; NONE to 2');
  });

  test('nobody after a load: all that a leader keeps is volatile', () => {
    const { client, step, context } = leader(1);
    const fresh = context();
    client(1, produce({}));
    step({ type: 'LeaderLoaded' });
    expect(context()).toEqual(fresh);
  });
});
