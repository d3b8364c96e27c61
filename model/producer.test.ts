import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../protocol/error-codes.ts';
import { TransitionTable } from './checker/transition-table.ts';
import type { ProducerAction } from './producer.machine.ts';
import { createProducer } from './producer.machine.ts';
import type { ProducerEvent, ProducerScope } from './producer-state.ts';
import { JAVA_PRODUCER_SCOPE } from './producer-state.ts';

const INIT = { type: 'InitTransactions' } as const;
const BEGIN = { type: 'BeginTransaction' } as const;
const COMMIT = { type: 'CommitTransaction' } as const;
const ABORT = { type: 'AbortTransaction' } as const;
const SEND = { type: 'Send', partition: 0 } as const;
const DISCONNECTED = { type: 'Disconnected' } as const;
const TIMED_OUT = { type: 'ProduceTimedOut', partition: 0 } as const;
const EXPIRED = { type: 'BatchExpired', partition: 0 } as const;

const identity = (producerEpoch: number) => ({ producerId: 7, producerEpoch });
const initialised = (producerEpoch: number, errorCode: ErrorCode = 'NONE'): ProducerEvent => ({
  type: 'InitProducerIdResponse',
  errorCode,
  ...(errorCode === 'NONE' ? identity(producerEpoch) : { producerId: -1, producerEpoch: -1 }),
});
const added = (errorCode: ErrorCode = 'NONE'): ProducerEvent => ({
  type: 'AddPartitionsToTxnResponse',
  verifyOnly: 0,
  errorCode,
  abortable: 0,
});
const ended = (producerEpoch: number, errorCode: ErrorCode = 'NONE'): ProducerEvent => ({
  type: 'EndTxnResponse',
  errorCode,
  producerId: producerEpoch === -1 ? -1 : 7,
  producerEpoch,
});
const produced = (errorCode: ErrorCode = 'NONE'): ProducerEvent => ({
  type: 'ProduceResponse',
  errorCode,
  partition: 0,
});

const TV2: ProducerScope = { ...JAVA_PRODUCER_SCOPE, maxTransactions: 3, sequenceModulus: 2 };
const TV1: ProducerScope = { ...TV2, transactionVersion: 1 };
const NEVER_BUMPS: ProducerScope = { ...TV1, bumpsEpoch: 0 };

/** Runs events from the start, and tells what the last one made the producer say and which state it left. */
function after(scope: ProducerScope, ...events: readonly ProducerEvent[]): string {
  const machine = createProducer(scope);
  const table = new TransitionTable<typeof machine, ProducerAction>(machine);
  let state = table.initial;
  let said: readonly ProducerAction[] = [];
  for (const event of events) {
    const entry = table.step(state, table.eventIdOf(event));
    state = entry.next;
    said = entry.actions;
  }
  const { value, context } = table.stateOf(state);
  const outcomes = context.told.map(({ outcome }) => outcome).join(' ');
  return `${said.map(text).join(', ') || '-'} | ${String(value)} ${outcomes}`.trim();
}

/** `EndTxn 5 epoch 0`: the request, its version and who sends it; a batch with its sequence. */
function text(action: ProducerAction): string {
  if (action.type !== 'send') return action.type;
  const { message } = action.params;
  const sequence = message.type === 'ProduceRequest' ? ` sequence ${message.baseSequence}` : '';
  const name = message.type.replace('Request', '');
  return `${name} ${message.apiVersion} epoch ${message.producerEpoch}${sequence}`;
}

const OPEN_TV2 = [INIT, initialised(0), BEGIN, SEND] as const;
const OPEN_TV1 = [INIT, initialised(0), BEGIN, SEND, added()] as const;

describe('what a producer sends', () => {
  const rows: readonly (readonly [
    rule: string,
    scope: ProducerScope,
    events: readonly ProducerEvent[],
    expected: string,
  ])[] = [
    ['a new instance has no identity', TV2, [INIT], 'InitProducerId 5 epoch -1 | Initializing'],
    [
      'TV2 sends at once (KIP-890)',
      TV2,
      OPEN_TV2,
      'Produce 12 epoch 0 sequence 0 | InTransaction Open',
    ],
    [
      'TV1 adds the partition first',
      TV1,
      [INIT, initialised(0), BEGIN, SEND],
      'AddPartitionsToTxn 3 epoch 0 | InTransaction Open',
    ],
    ['and then sends', TV1, OPEN_TV1, 'Produce 11 epoch 0 sequence 0 | InTransaction Open'],
    [
      'the end waits for the batch',
      TV2,
      [...OPEN_TV2, COMMIT],
      '- | CommittingTransaction CommitAsked',
    ],
    [
      'and follows its answer',
      TV2,
      [...OPEN_TV2, COMMIT, produced()],
      'EndTxn 5 epoch 0 | CommittingTransaction CommitAsked',
    ],
    [
      'a transaction without partitions ends without a request',
      TV2,
      [INIT, initialised(0), BEGIN, COMMIT],
      '- | Ready Committed',
    ],
    [
      'TV2 goes on with the epoch of the answer, from sequence 0',
      TV2,
      [...OPEN_TV2, COMMIT, produced(), ended(1), BEGIN, SEND],
      'Produce 12 epoch 1 sequence 0 | InTransaction Committed Open',
    ],
    [
      'TV1 goes on with the same epoch and the next sequence',
      TV1,
      [...OPEN_TV1, COMMIT, produced(), ended(-1), BEGIN, SEND, added()],
      'Produce 11 epoch 0 sequence 1 | InTransaction Committed Open',
    ],
    [
      'a partition is added once a transaction',
      { ...TV1, maxRecords: 2 },
      [...OPEN_TV1, produced(), SEND],
      'Produce 11 epoch 0 sequence 1 | InTransaction Open',
    ],
    [
      'the last sequence is followed by 0',
      { ...TV1, sequenceModulus: 1 },
      [...OPEN_TV1, COMMIT, produced(), ended(-1), BEGIN, SEND, added()],
      'Produce 11 epoch 0 sequence 0 | InTransaction Committed Open',
    ],
  ];
  test.each(rows)('%s', (_rule, scope, events, expected) => {
    expect(after(scope, ...events)).toBe(expected);
  });
});

describe('what a producer does when no answer comes', () => {
  const rows: readonly (readonly [
    rule: string,
    scope: ProducerScope,
    events: readonly ProducerEvent[],
    expected: string,
  ])[] = [
    [
      'a batch is sent again with its sequence',
      TV2,
      [...OPEN_TV2, TIMED_OUT],
      'Produce 12 epoch 0 sequence 0 | InTransaction Open',
    ],
    [
      'or given up, which only an abort cures',
      TV2,
      [...OPEN_TV2, EXPIRED],
      '- | AbortableError Open',
    ],
    [
      'an end is sent again on a new connection',
      TV2,
      [...OPEN_TV2, COMMIT, produced(), DISCONNECTED],
      'EndTxn 5 epoch 0 | CommittingTransaction CommitAsked',
    ],
    [
      'TV1 asks for a newer epoch after an abort with a batch given up (KIP-360)',
      TV1,
      [...OPEN_TV1, EXPIRED, ABORT, ended(-1)],
      'InitProducerId 5 epoch 0 | Initializing Aborted',
    ],
    [
      'and starts again at sequence 0',
      TV1,
      [...OPEN_TV1, EXPIRED, ABORT, ended(-1), initialised(1), BEGIN, SEND, added()],
      'Produce 11 epoch 1 sequence 0 | InTransaction Aborted Open',
    ],
    [
      'a client that never bumps uses the sequence again',
      NEVER_BUMPS,
      [...OPEN_TV1, EXPIRED, ABORT, ended(-1), BEGIN, SEND, added()],
      'Produce 11 epoch 0 sequence 0 | InTransaction Aborted Open',
    ],
    [
      'an abort does not wait for what was not sent',
      TV1,
      [INIT, initialised(0), BEGIN, SEND, ABORT, added()],
      'EndTxn 4 epoch 0 | AbortingTransaction Open',
    ],
  ];
  test.each(rows)('%s', (_rule, scope, events, expected) => {
    expect(after(scope, ...events)).toBe(expected);
  });
});

describe('how a producer takes an error', () => {
  const committing = [...OPEN_TV2, COMMIT, produced()];
  const rows: readonly (readonly [
    request: string,
    error: ErrorCode,
    scope: ProducerScope,
    events: readonly ProducerEvent[],
    expected: string,
  ])[] = [
    [
      'InitProducerId',
      'CONCURRENT_TRANSACTIONS',
      TV2,
      [INIT, initialised(0, 'CONCURRENT_TRANSACTIONS')],
      'InitProducerId 5 epoch -1 | Initializing',
    ],
    [
      'InitProducerId',
      'PRODUCER_FENCED',
      TV2,
      [INIT, initialised(0, 'PRODUCER_FENCED')],
      '- | FatalError',
    ],
    [
      'AddPartitionsToTxn',
      'CONCURRENT_TRANSACTIONS',
      TV1,
      [...OPEN_TV1.slice(0, 4), added('CONCURRENT_TRANSACTIONS')],
      'AddPartitionsToTxn 3 epoch 0 | InTransaction Open',
    ],
    [
      'AddPartitionsToTxn',
      'INVALID_TXN_STATE',
      TV1,
      [...OPEN_TV1.slice(0, 4), added('INVALID_TXN_STATE')],
      '- | FatalError Failed',
    ],
    [
      'AddPartitionsToTxn',
      'TRANSACTION_ABORTABLE',
      TV1,
      [...OPEN_TV1.slice(0, 4), added('TRANSACTION_ABORTABLE')],
      '- | AbortableError Open',
    ],
    [
      'Produce',
      'NOT_ENOUGH_REPLICAS',
      TV2,
      [...OPEN_TV2, produced('NOT_ENOUGH_REPLICAS')],
      'Produce 12 epoch 0 sequence 0 | InTransaction Open',
    ],
    [
      'Produce',
      'INVALID_PRODUCER_EPOCH',
      TV2,
      [...OPEN_TV2, produced('INVALID_PRODUCER_EPOCH')],
      '- | AbortableError Open',
    ],
    [
      'Produce',
      'INVALID_PRODUCER_ID_MAPPING',
      TV2,
      [...OPEN_TV2, produced('INVALID_PRODUCER_ID_MAPPING')],
      '- | FatalError Failed',
    ],
    [
      'EndTxn',
      'CONCURRENT_TRANSACTIONS',
      TV2,
      [...committing, ended(-1, 'CONCURRENT_TRANSACTIONS')],
      'EndTxn 5 epoch 0 | CommittingTransaction CommitAsked',
    ],
    [
      'EndTxn',
      'INVALID_TXN_STATE',
      TV2,
      [...committing, ended(-1, 'INVALID_TXN_STATE')],
      '- | FatalError Unknown',
    ],
    [
      'EndTxn',
      'TRANSACTION_ABORTABLE',
      TV2,
      [...committing, ended(-1, 'TRANSACTION_ABORTABLE')],
      '- | AbortableError Failed',
    ],
  ];
  test.each(rows)('%s: %s', (_request, _error, scope, events, expected) => {
    expect(after(scope, ...events)).toBe(expected);
  });

  test('after a fatal error every call is refused', () => {
    const fatal = [...committing, ended(-1, 'PRODUCER_FENCED')];
    for (const call of [INIT, BEGIN, SEND, COMMIT, ABORT]) {
      expect(after(TV2, ...fatal, call)).toBe('ignore | FatalError Unknown');
    }
  });
});
