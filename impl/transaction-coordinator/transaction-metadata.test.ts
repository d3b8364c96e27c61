/** Numbers and names are those of TransactionMetadataTest in the conformance checklist. */

import { describe, expect, test } from 'vitest';
import type { ProducerIdentity } from '../../protocol/ids.ts';
import { TRANSACTION_STATE_IDS } from '../../protocol/states.ts';
import type { TransactionState } from '../../protocol/states.ts';
import { DECISIONS } from './decisions.ts';
import type { TransactionMetadata } from './transaction-metadata.ts';
import {
  IllegalTransitionError,
  completeTransitionTo,
  freshMetadata,
  prepareAbortOrCommit,
  prepareAddPartitions,
  prepareComplete,
  prepareDead,
  prepareFenceProducerEpoch,
  prepareIncrementProducerEpoch,
  prepareProducerIdRotation,
} from './transaction-metadata.ts';

const NOW = 2_000;
const NONE = { producerId: -1, producerEpoch: -1 };

function metadata(state: TransactionState, producerEpoch = 3, lastProducerEpoch = 2) {
  const made: TransactionMetadata = freshMetadata('orders', 7, 60_000, 1_000);
  made.state = state;
  made.producerEpoch = producerEpoch;
  made.lastProducerEpoch = lastProducerEpoch;
  if (state !== 'Empty') made.startTimestampMs = 1_000;
  if (state === 'Ongoing') made.topicPartitions = ['a-0'];
  return made;
}

function incremented(made: TransactionMetadata, expected: ProducerIdentity): string {
  const epochs = DECISIONS.nextEpochs(made, expected);
  if (epochs === null) return 'PRODUCER_FENCED';
  completeTransitionTo(made, prepareIncrementProducerEpoch(made, epochs, 60_000, NOW));
  return `${made.state} ${made.producerEpoch} last ${made.lastProducerEpoch}`;
}

describe('InitProducerId finds the next epoch (KIP-98, KIP-360)', () => {
  test.each([
    ['109 testInitializeEpoch', -1, -1, -1, 'Empty 0 last -1'],
    ['110 testNormalEpochBump', 3, 2, -1, 'Empty 4 last -1'],
    ['111 testEpochBumpWithCurrentEpochProvided', 3, 2, 3, 'Empty 4 last 3'],
    ['112 testAttemptedEpochBumpWithLastEpoch', 3, 2, 2, 'Empty 3 last 2'],
    ['113 testAttemptedEpochBumpWithFencedEpoch', 3, 2, 1, 'PRODUCER_FENCED'],
    ['114 testAttemptedEpochBumpWithNewlyCreatedMetadata', -1, -1, 9, 'Empty 0 last -1'],
  ] as const)('%s', (_name, epoch, last, expected, outcome) => {
    const producerId = expected === -1 ? -1 : 7;
    const made = metadata('Empty', epoch, last);
    expect(incremented(made, { producerId, producerEpoch: expected })).toBe(outcome);
  });

  test('115 testBumpEpochNotAllowedIfEpochsExhausted: at 32766 the id rotates instead', () => {
    expect(DECISIONS.rotatesProducerId(metadata('Empty', 32_765), NONE)).toBe(false);
    expect(DECISIONS.rotatesProducerId(metadata('Empty', 32_766), NONE)).toBe(true);
  });

  test.each([
    ['116 testRotateProducerId, continuing', true, 32_766],
    ['116 testRotateProducerId, new instance', false, -1],
  ] as const)('%s', (_name, recordsLast, last) => {
    const made = metadata('CompleteCommit', 32_766);
    completeTransitionTo(made, prepareProducerIdRotation(made, 8, 60_000, NOW, recordsLast));
    expect(made).toMatchObject({
      producerId: 8,
      producerEpoch: 0,
      lastProducerEpoch: last,
      previousProducerId: 7,
    });
  });
});

describe('a state that may not precede another is a bug of the coordinator (TransactionState)', () => {
  const PREDECESSORS: Readonly<Record<TransactionState, string>> = {
    Empty: 'Empty CompleteCommit CompleteAbort',
    Ongoing: 'Empty Ongoing CompleteCommit CompleteAbort',
    PrepareCommit: 'Ongoing',
    PrepareAbort: 'Empty Ongoing CompleteCommit CompleteAbort',
    CompleteCommit: 'PrepareCommit',
    CompleteAbort: 'PrepareAbort',
    Dead: 'Empty CompleteCommit CompleteAbort',
    PrepareEpochFence: 'Ongoing',
  };
  const LOGGED = (Object.keys(TRANSACTION_STATE_IDS) as TransactionState[]).slice(0, 6);
  const end = {
    epochs: { producerEpoch: 4, lastProducerEpoch: 3 },
    transactionVersion: 2,
    nextProducerId: -1,
    noPartitionAdded: false,
  } as const;
  const PREPARATIONS = {
    Empty: (made: TransactionMetadata) =>
      prepareIncrementProducerEpoch(made, end.epochs, 60_000, NOW),
    Ongoing: (made: TransactionMetadata) => prepareAddPartitions(made, ['b-0'], 2, NOW),
    PrepareCommit: (made: TransactionMetadata) =>
      prepareAbortOrCommit(made, { ...end, state: 'PrepareCommit' }, NOW),
    PrepareAbort: (made: TransactionMetadata) =>
      prepareAbortOrCommit(made, { ...end, state: 'PrepareAbort' }, NOW),
    CompleteCommit: (made: TransactionMetadata) => prepareComplete(made, NOW),
    Dead: prepareDead,
    // 122, 123 testInvalidTransitionFromComplete…ToFence.
    PrepareEpochFence: prepareFenceProducerEpoch,
  };
  const FROM = {
    Empty: 'Empty',
    Ongoing: 'Ongoing',
    PrepareCommit: 'Ongoing',
    CompleteCommit: 'PrepareCommit',
  } as const;

  // Which Complete* a transaction reaches depends on its state; see below.
  const PREPARED = Object.entries(PREPARATIONS).filter(([target]) => target !== 'CompleteCommit');
  // 117 to 119 testRotateProducerIdIn…State follow from the row Empty.
  test.each(PREPARED)('to %s', (target, prepare) => {
    const allowed = LOGGED.filter((state) => {
      try {
        prepare(metadata(state));
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(IllegalTransitionError);
        return false;
      }
    });
    expect(allowed.join(' ')).toBe(PREDECESSORS[target as TransactionState]);
  });

  test('only a prepared transaction completes', () => {
    for (const state of LOGGED) {
      const made = metadata(state);
      if (state === 'PrepareCommit' || state === 'PrepareAbort') {
        expect(prepareComplete(made, NOW).state).toBe(state.replace('Prepare', 'Complete'));
      } else {
        expect(() => prepareComplete(made, NOW)).toThrow(IllegalTransitionError);
      }
    }
  });

  test('a second transition may not begin while one is pending', () => {
    const made = metadata('Ongoing');
    prepareAddPartitions(made, ['b-0'], 2, NOW);
    expect(() => prepareAddPartitions(made, ['c-0'], 2, NOW)).toThrow(IllegalTransitionError);
  });

  test('167 testAppendTransactionToLogWhilePendingStateChanged: a transition completes only if it is the pending one', () => {
    const made = metadata('Ongoing');
    const transit = prepareAddPartitions(made, ['b-0'], 2, NOW);
    made.pendingState = null;
    expect(() => completeTransitionTo(made, transit)).toThrow(IllegalTransitionError);
  });

  test.each([
    ['Empty two epochs on', 'Empty', { producerEpoch: 5 }],
    ['Empty with partitions', 'Empty', { topicPartitions: ['a-0'] }],
    ['Ongoing under another epoch', 'Ongoing', { producerEpoch: 4 }],
    ['Ongoing with a partition fewer', 'Ongoing', { topicPartitions: [] }],
    ['Ongoing with another timeout', 'Ongoing', { transactionTimeoutMs: 1 }],
    ['PrepareCommit with another last epoch', 'PrepareCommit', { lastProducerEpoch: 2 }],
    ['PrepareCommit with other partitions', 'PrepareCommit', { topicPartitions: [] }],
    ['PrepareCommit with another start', 'PrepareCommit', { startTimestampMs: NOW }],
    ['CompleteCommit under another epoch', 'CompleteCommit', { producerEpoch: 4 }],
    [
      'CompleteCommit under a new id with another last epoch',
      'CompleteCommit',
      { producerId: 8, producerEpoch: 0, lastProducerEpoch: 1 },
    ],
    ['CompleteCommit without a start', 'CompleteCommit', { startTimestampMs: -1 }],
  ] as const)('%s is not completed', (_name, target, wrong) => {
    const made = metadata(FROM[target]);
    made.clientTransactionVersion = 2;
    const transit = PREPARATIONS[target](made);
    expect(() => completeTransitionTo(made, { ...transit, ...wrong })).toThrow(
      IllegalTransitionError,
    );
  });
});

describe('a fencing abort bumps the epoch once', () => {
  test.each([
    ['120 testFenceProducerAfterEpochsExhausted', 32_766, false, 0, 32_767],
    ['121 testFenceProducerNotAllowedIfItWouldOverflow', 32_767, false, 0, 32_767],
    ['18 a fence that was not logged is not repeated under TV1 (KAFKA-9666)', 4, true, 1, 4],
    ['19 testTV2AllowsEpochReBumpingAfterFailedWrite', 4, true, 2, 5],
  ] as const)('%s', (_name, epoch, hasFailed, transactionVersion, fenced) => {
    const made = metadata('Ongoing', epoch);
    made.hasFailedEpochFence = hasFailed;
    expect(DECISIONS.fencedEpoch(made, transactionVersion, 'fence')).toBe(fenced);
  });
});

describe('the end of a TV2 transaction bumps the epoch (KIP-890)', () => {
  function ended(made: TransactionMetadata, nextProducerId: number, now = NOW): readonly string[] {
    const result = made.state === 'Ongoing' ? 'COMMIT' : 'ABORT';
    const transit = prepareAbortOrCommit(
      made,
      {
        state: result === 'COMMIT' ? 'PrepareCommit' : 'PrepareAbort',
        epochs: DECISIONS.epochsAtEnd(made, result, 2),
        transactionVersion: 2,
        nextProducerId,
        noPartitionAdded: made.state !== 'Ongoing',
      },
      now,
    );
    const seen: string[] = [];
    const see = () =>
      seen.push(
        `${made.state} (${made.producerId},${made.producerEpoch}) last ${made.lastProducerEpoch} start ${made.startTimestampMs}`,
      );
    completeTransitionTo(made, transit);
    see();
    completeTransitionTo(made, prepareComplete(made, now));
    see();
    return seen;
  }

  test('124 testEpochBumpOnEndTxn', () => {
    expect(ended(metadata('Ongoing'), -1)).toEqual([
      'PrepareCommit (7,4) last 3 start 1000',
      'CompleteCommit (7,4) last 3 start 1000',
    ]);
  });

  test('125 testEpochBumpOnEndTxnOverflow', () => {
    const made = metadata('Ongoing', 32_766);
    expect(ended(made, 8)).toEqual([
      'PrepareCommit (7,32767) last 32766 start 1000',
      'CompleteCommit (8,0) last 32766 start 1000',
    ]);
    expect(made).toMatchObject({ previousProducerId: 7, nextProducerId: -1 });
  });

  test.each([
    ['126 testTransitFromEmptyToPrepareAbortInV2', 'Empty'],
    ['127 testTransitFromCompleteAbortToPrepareAbortInV2', 'CompleteAbort'],
    ['128 testTransitFromCompleteCommitToPrepareAbortInV2', 'CompleteCommit'],
  ] as const)('%s: the start is now', (_name, state) => {
    expect(ended(metadata(state), -1)).toEqual([
      'PrepareAbort (7,4) last 3 start 2000',
      'CompleteAbort (7,4) last 3 start 2000',
    ]);
  });

  test('129 testTolerateTimeShiftDuringPrepareCommit: a clock that goes back does no harm', () => {
    expect(ended(metadata('Ongoing'), -1, 10)).toHaveLength(2);
  });

  test('at 32767, which no client holds, an abort goes through without a bump', () => {
    expect(DECISIONS.epochsAtEnd(metadata('Ongoing', 32_767), 'ABORT', 2)).toEqual({
      producerEpoch: 32_767,
      lastProducerEpoch: 32_767,
    });
  });
});
