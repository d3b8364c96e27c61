import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { producerActions, START } from './producer-actions.fixture.ts';
import type { BenchCall, ProducerAction } from './producer-bench.fixture.ts';
import { walkProducer } from './producer-bench.fixture.ts';
import { producerChart, ProducerCounter } from './producer-tables.ts';

const call = (name: BenchCall): ProducerAction => ({ do: 'call', call: name });
const send = (partition: 0 | 1): ProducerAction => ({ do: 'send', partition });
const coordinator = (code: ErrorCode): ProducerAction => answer(0, code);
const leader = (partition: 0 | 1, code: ErrorCode): ProducerAction => answer(2 + partition, code);
const answer = (of: number, code: ErrorCode): ProducerAction => ({
  do: 'answer',
  broker: of,
  errorCode: code,
});
const CALLS = [
  call('initTransactions'),
  call('beginTransaction'),
  send(0),
  call('commitTransaction'),
  call('abortTransaction'),
  call('sendOffsetsToTransaction'),
];
const BEGIN = [...START, call('beginTransaction')];
/** One partition's batch is refused while the coordinator is asked for the other's. */
const REFUSED_WHILE_ADDING = [
  ...BEGIN,
  send(0),
  coordinator('NONE'),
  send(1),
  leader(0, 'INVALID_TXN_STATE'),
];
const REFUSED_WHILE_SENT = [...BEGIN, send(0), send(1), leader(0, 'INVALID_TXN_STATE')];

/** What is rare by chance. */
const DIRECTED: readonly (readonly [TransactionVersion, readonly ProducerAction[]])[] = [
  [1, [...REFUSED_WHILE_ADDING, coordinator('PRODUCER_FENCED')]],
  [1, [...REFUSED_WHILE_ADDING, coordinator('TRANSACTION_ABORTABLE')]],
  [2, [...REFUSED_WHILE_SENT, leader(1, 'PRODUCER_FENCED')]],
  [2, [...REFUSED_WHILE_SENT, leader(1, 'INVALID_TXN_STATE')]],
  [1, [...BEGIN, send(0), call('abortTransaction'), coordinator('TRANSACTION_ABORTABLE')]],
  [
    1,
    [
      ...BEGIN,
      send(0),
      { do: 'advance', ms: 2_000 },
      call('abortTransaction'),
      coordinator('TRANSACTION_ABORTABLE'),
    ],
  ],
  // Whatever is called before there is an identity, or as soon as there is none any more.
  [2, [call('initTransactions'), ...CALLS]],
  [2, [...START.slice(0, 2), coordinator('PRODUCER_FENCED'), ...CALLS]],
  // A batch that is to be sent again is so after an abortable error as well; other connections end meanwhile.
  [2, [...REFUSED_WHILE_SENT, leader(1, 'CONCURRENT_TRANSACTIONS'), { do: 'advance', ms: 100 }]],
  [1, [...REFUSED_WHILE_ADDING, { do: 'close', broker: 0 }, coordinator('NONE')]],
  [2, [...REFUSED_WHILE_SENT, leader(1, 'PRODUCER_FENCED'), { do: 'close', broker: 2 }]],
  [2, [...BEGIN, send(0), send(1), leader(0, 'PRODUCER_FENCED'), { do: 'close', broker: 3 }]],
  ...(['NOT_COORDINATOR', 'TRANSACTION_ABORTABLE', 'PRODUCER_FENCED'] as const).map(
    (code) =>
      [
        2,
        [...START.slice(0, 2), coordinator(code), { do: 'advance', ms: 100 }, coordinator('NONE')],
      ] as const,
  ),
];

/** Transitions that nothing outside a producer sets off, and why. */
const NOT_DRIVEN: Readonly<Record<string, string>> = {
  'Ready BeginTransaction else': 'the walk forgets a transaction when the next begins',
  'InTransaction Send else': 'a further batch waits behind the first',
  'Uninitialized Disconnected else': 'a connection without a request is not heard',
  'Ready Disconnected else': 'a connection without a request is not heard',
  'FatalError InitProducerIdResponse else': 'no such request outlives the error',
  'FatalError EndTxnResponse else': 'no such request outlives the error',
  'FatalError BatchExpired else': 'a fatal error ends all batches',
};

/** A process that is killed is watched no longer. */
function isOfCrash(transition: string): boolean {
  return transition.includes('Crashed');
}

/** The transitions of the chart that the runs leave out, but for those that it holds impossible. */
function leftOut(counter: ProducerCounter): string[] {
  const totals = counter.totals();
  return producerChart().all.flatMap(({ state, event, guard, outcome }, number) =>
    totals[number] === 0 && outcome !== 'unexpected'
      ? [`${state} ${event} ${guard ?? 'else'}`]
      : [],
  );
}

describe('the reference producer, driven directly, refines the specification', () => {
  const counter = new ProducerCounter();

  test.each([
    [0, true],
    [1, true],
    [1, false],
    [2, true],
    [2, false],
  ] as const)(
    'at transaction version %s, with the epoch bump of KIP-360 %s',
    (transactionVersion: TransactionVersion, supportsEpochBump) => {
      let steps = 0;
      fc.assert(
        fc.property(producerActions, (taken) => {
          const options = { transactionVersion, supportsEpochBump, counter };
          const walked = walkProducer(taken, options);
          steps += walked.steps;
          expect(walked.disagreement).toBeNull();
        }),
        { seed: 41, numRuns: 600 },
      );
      expect(steps).toBeGreaterThan(10_000);
    },
  );

  test.each(DIRECTED)('where chance seldom leads, %s %j', (transactionVersion, taken) => {
    const options = { transactionVersion, supportsEpochBump: true, counter };
    expect(walkProducer(taken, options).disagreement).toBeNull();
  });

  test('and takes every transition that something sets off', () => {
    const left = leftOut(counter).filter((transition) => !isOfCrash(transition));
    expect(left.toSorted()).toEqual(Object.keys(NOT_DRIVEN).toSorted());
  });
});
