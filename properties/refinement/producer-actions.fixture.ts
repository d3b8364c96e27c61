/** Random workloads for one producer. */

import * as fc from 'fast-check';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { ProducerAction } from './producer-bench.fixture.ts';

/** Coordinators' and leaders' refusals, but for those of authorisation. */
const REFUSALS: readonly ErrorCode[] = [
  'CONCURRENT_TRANSACTIONS',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR',
  'NOT_LEADER_OR_FOLLOWER',
  'REQUEST_TIMED_OUT',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_TXN_STATE',
  'INVALID_PRODUCER_ID_MAPPING',
  'TRANSACTION_ABORTABLE',
];
const NONE: ErrorCode = 'NONE';
const errorCode = fc.oneof(
  { weight: 12, arbitrary: fc.constant(NONE) },
  { weight: 1, arbitrary: fc.constantFrom(...REFUSALS) },
);
const broker = fc.constantFrom(0, 0, 0, 1, 2, 2, 3);

const action: fc.Arbitrary<ProducerAction> = fc.oneof<fc.WeightedArbitrary<ProducerAction>[]>(
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(
        ...(['beginTransaction', 'beginTransaction', 'commitTransaction'] as const),
        ...(['abortTransaction', 'initTransactions', 'sendOffsetsToTransaction'] as const),
      )
      .map((call) => ({ do: 'call', call })),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom(0 as const, 1 as const).map((partition) => ({
      do: 'send',
      partition,
    })),
  },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('answer' as const), broker, errorCode }) },
  { weight: 1, arbitrary: broker.map((of) => ({ do: 'close', broker: of })) },
  { weight: 3, arbitrary: fc.constantFrom(20, 100, 500).map((ms) => ({ do: 'advance', ms })) },
);

/** An instance obtains its identity. */
export const START: readonly ProducerAction[] = [
  { do: 'call', call: 'initTransactions' },
  { do: 'answer', broker: 0, errorCode: 'NONE' },
  { do: 'answer', broker: 0, errorCode: 'NONE' },
];

/** Mostly of one that has an identity. */
export const producerActions = fc
  .tuple(fc.integer({ max: 3, min: 0 }), fc.array(action, { maxLength: 120, size: 'max' }))
  .map(([late, taken]): readonly ProducerAction[] => (late === 0 ? taken : [...START, ...taken]));
