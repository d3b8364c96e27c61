/**
 * A finding written by hand: under TV1 without verification a produce request arrives after its transaction was
 * aborted, opens a transaction that nobody will end, and read_committed never gets past it (KIP-890, "Hanging
 * transactions"). Small enough to check every view of it by eye.
 */

import type { Finding } from './finding.ts';
import type { HistoryEvent } from './history.ts';
import type { Scenario } from './scenario.ts';
import type { TraceEvent } from './trace.ts';
import { TOOL } from './tool.ts';

const scenario: Scenario = {
  kind: 'scenario',
  schemaVersion: 1,
  transactionVersion: 1,
  partitionVerification: false,
  topology: {
    topics: { a: 1 },
    producers: [{ name: 'A', transactional: true, bumpsEpochAfterAbort: true }],
    transactionStatePartitions: 1,
    transactionStateReplicationFactor: 3,
    requestTimeoutMs: 30_000,
    deliveryTimeoutMs: 60_000,
    maxBlockMs: 60_000,
    transactionTimeoutMs: 10_000,
  },
  steps: [
    { do: 'start', producer: 'A' },
    { do: 'begin', instance: 'A#1' },
    { do: 'delay-request', api: 'Produce', from: 'A#1', steps: 2 },
    { do: 'send', instance: 'A#1', partition: 'a-0' },
    { do: 'crash-producer', instance: 'A#1', wait: 3 },
    { do: 'time-out-transaction' },
  ],
  choices: [],
};

const history: HistoryEvent[] = [
  { type: 'invoke', time: 0, process: 'A#1', op: 0, call: 'init', transactionalId: 'A' },
  { type: 'ok', time: 2, process: 'A#1', op: 0, producerId: 0, producerEpoch: 0 },
  { type: 'invoke', time: 3, process: 'A#1', op: 1, call: 'begin', transaction: 1 },
  { type: 'ok', time: 3, process: 'A#1', op: 1 },
  {
    type: 'invoke',
    time: 4,
    process: 'A#1',
    op: 2,
    call: 'send',
    transaction: 1,
    partition: 'a-0',
    value: 'v1',
  },
  {
    type: 'request',
    time: 5,
    process: 'A#1',
    request: 0,
    api: 'Produce',
    apiVersion: 11,
    producerId: 0,
    producerEpoch: 0,
    partition: 'a-0',
    baseSequence: 0,
  },
  { type: 'crash', time: 6, process: 'A#1' },
  {
    type: 'invoke',
    time: 10_100,
    process: 'reader read_committed (final) a-0',
    op: 3,
    call: 'poll',
    isolation: 'read_committed',
    partition: 'a-0',
    from: 0,
    final: true,
  },
  {
    type: 'ok',
    time: 10_101,
    process: 'reader read_committed (final) a-0',
    op: 3,
    records: [],
    position: 1,
    highWatermark: 2,
    lastStableOffset: 1,
  },
];

type Sent = Extract<TraceEvent, { kind: 'sent' }>;

function request(time: number, message: number, from: string, to: string, what: string): Sent {
  const [api, text] = what.split(': ') as [Sent['api'], string];
  const base = { kind: 'sent', time, message, from, to, api, apiVersion: 3, text } as const;
  return { ...base, leg: 'request' };
}

function response(time: number, message: number, to: Sent, text: string): Sent {
  const ends = { from: to.to, to: to.from, api: to.api, apiVersion: to.apiVersion };
  return { kind: 'sent', time, message, leg: 'response', answers: to.message, ...ends, text };
}

function delivered(time: number, message: number, late = false): TraceEvent {
  return { kind: 'delivered', time, message, late };
}

const find = request(0, 0, 'A#1', 'coordinator', 'FindCoordinator: transactional id A');
const init = request(1, 2, 'A#1', 'coordinator', 'InitProducerId: transactional id A');
const add = request(4, 4, 'A#1', 'coordinator', 'AddPartitionsToTxn: a-0, id 0 epoch 0');
const produce = request(5, 6, 'A#1', 'leader a-0', 'Produce: v1 to a-0, id 0 epoch 0 sequence 0');
const marker = request(
  10_001,
  7,
  'coordinator',
  'leader a-0',
  'WriteTxnMarkers: ABORT a-0, id 0 epoch 1',
);
const fetch = request(10_100, 9, 'reader', 'leader a-0', 'Fetch: a-0 from 0, read_committed');

const coordinatorLog = { lane: 'coordinator', log: '__transaction_state-0' } as const;
const dataLog = { lane: 'leader a-0', log: 'a-0' } as const;

const trace: TraceEvent[] = [
  { kind: 'step', time: 0, step: 0, skipped: false },
  { kind: 'history', time: 0, event: 0 },
  find,
  delivered(0, 0),
  response(0, 1, find, 'broker 1'),
  delivered(0, 1),
  init,
  delivered(1, 2),
  {
    kind: 'appended',
    time: 1,
    ...coordinatorLog,
    offset: 0,
    text: 'Empty, id 0 epoch 0',
    cause: 2,
  },
  { kind: 'replicated', time: 1, ...coordinatorLog, highWatermark: 1 },
  { kind: 'state', time: 1, lane: 'coordinator', text: 'Empty e0' },
  response(1, 3, init, 'NONE, id 0 epoch 0'),
  delivered(2, 3),
  { kind: 'history', time: 2, event: 1 },
  { kind: 'step', time: 3, step: 1, skipped: false },
  { kind: 'history', time: 3, event: 2 },
  { kind: 'history', time: 3, event: 3 },
  { kind: 'step', time: 3, step: 2, skipped: false },
  { kind: 'step', time: 4, step: 3, skipped: false },
  { kind: 'history', time: 4, event: 4 },
  add,
  delivered(4, 4),
  {
    kind: 'appended',
    time: 4,
    ...coordinatorLog,
    offset: 1,
    text: 'Ongoing {a-0}, id 0 epoch 0',
    cause: 4,
  },
  { kind: 'replicated', time: 4, ...coordinatorLog, highWatermark: 2 },
  { kind: 'state', time: 4, lane: 'coordinator', text: 'Ongoing e0 {a-0}' },
  response(5, 5, add, 'NONE'),
  delivered(5, 5),
  produce,
  { kind: 'history', time: 5, event: 5 },
  { kind: 'held', time: 5, message: 6 },
  { kind: 'step', time: 6, step: 4, skipped: false },
  { kind: 'crashed', time: 6, lane: 'A#1' },
  { kind: 'history', time: 6, event: 6 },
  { kind: 'step', time: 6, step: 5, skipped: false },
  { kind: 'clock', time: 10_001, from: 6 },
  {
    kind: 'appended',
    time: 10_001,
    ...coordinatorLog,
    offset: 2,
    text: 'PrepareAbort {a-0}, id 0 epoch 1',
  },
  { kind: 'replicated', time: 10_001, ...coordinatorLog, highWatermark: 3 },
  { kind: 'state', time: 10_001, lane: 'coordinator', text: 'PrepareAbort e1 {a-0}' },
  marker,
  delivered(10_001, 7),
  {
    kind: 'appended',
    time: 10_001,
    ...dataLog,
    offset: 0,
    text: 'ABORT marker, id 0 epoch 1',
    cause: 7,
  },
  { kind: 'replicated', time: 10_001, ...dataLog, highWatermark: 1 },
  response(10_002, 8, marker, 'NONE'),
  delivered(10_002, 8),
  { kind: 'state', time: 10_002, lane: 'coordinator', text: 'CompleteAbort e1' },
  delivered(10_003, 6, true),
  {
    kind: 'appended',
    time: 10_003,
    ...dataLog,
    offset: 1,
    text: 'v1, id 0 epoch 0 sequence 0',
    cause: 6,
  },
  { kind: 'replicated', time: 10_003, ...dataLog, highWatermark: 2 },
  { kind: 'state', time: 10_003, lane: 'leader a-0', text: 'LSO 1, HW 2' },
  { kind: 'history', time: 10_100, event: 7 },
  fetch,
  delivered(10_100, 9),
  response(10_101, 10, fetch, 'NONE, HW 2 LSO 1, 0 records'),
  delivered(10_101, 10),
  { kind: 'history', time: 10_101, event: 8 },
];

export const HANGING_TRANSACTION: Finding = {
  kind: 'finding',
  schemaVersion: 1,
  tool: { name: TOOL.name, version: TOOL.version },
  claim: 'NoHangingTransaction',
  status: 'violated',
  permitted: null,
  seed: 'a1b2c3',
  mutant: null,
  scenario,
  violation: {
    message:
      'Partition a-0 keeps an open transaction of A#1 for ever: read_committed stops at 1 of 2.',
    events: [4, 8],
    why: [
      'A#1 sent v1 to a-0 in its transaction 1 (event 4).',
      'All transactions have ended: A#1 crashed and its transaction timed out.',
      'Yet the final read of a-0 (event 8) stops at its last stable offset 1, below the high watermark 2.',
      'So a transaction on a-0 is open and nothing will end it.',
    ],
  },
  history,
  trace,
  shrink: [
    { stage: 'generated', steps: 31, choices: 120, tried: 1 },
    { stage: 'fast-check', steps: 8, choices: 3, tried: 64 },
    { stage: 're-search', steps: 6, choices: 0, tried: 211 },
  ],
};
