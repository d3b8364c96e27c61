import { describe, expect, test } from 'vitest';
import type { ProducerEntry } from '../../impl/partition-leader/producer-state.ts';
import type { VerificationEntry } from '../../impl/partition-leader/verification.ts';
import { initialLeaderContext, KAFKA_LEADER_SCOPE } from '../../model/partition-leader-state.ts';
import type { PartitionView } from '../../model/partition-log.ts';
import { LeaderLog } from './leader-log.ts';
import {
  abstractProducer,
  HIDDEN_LEADER,
  HIDDEN_PRODUCER,
  HIDDEN_VERIFICATION,
  producerDifferences,
  visibleProducer,
} from './partition-leader.ts';

const BATCH = { firstOffset: 4, lastOffset: 4, timestamp: 9 };
const ENTRY: ProducerEntry = {
  producerId: 1_000,
  producerEpoch: 3,
  coordinatorEpoch: 1,
  lastTimestamp: 9,
  currentTransactionFirstOffset: 4,
  batches: [
    { ...BATCH, firstSequence: 2, lastSequence: 2 },
    { ...BATCH, firstSequence: 3, lastSequence: 3 },
  ],
};
const VERIFICATION: VerificationEntry = {
  producerId: 1_000,
  guard: 7,
  createdMs: 9,
  supportsEpochBump: true,
  producerEpoch: 3,
  lowestSequence: 2,
};
const VIEW: PartitionView = {
  producerEpoch: 3,
  coordinatorEpoch: 1,
  open: 1,
  window: [
    [2, 0],
    [3, 1],
  ],
  unreplicated: 1,
};
const CONTEXT = {
  ...initialLeaderContext(KAFKA_LEADER_SCOPE),
  verificationEpoch: 3,
  lowestSequence: 2,
  supportsEpochBump: 1,
} as const;

/** Each field with another value. */
const OTHER_ENTRY: ProducerEntry = {
  producerId: 1,
  producerEpoch: 4,
  coordinatorEpoch: 2,
  lastTimestamp: 1,
  currentTransactionFirstOffset: -1,
  batches: [],
};
const OTHER_VERIFICATION: VerificationEntry = {
  producerId: 1,
  guard: 8,
  createdMs: 1,
  supportsEpochBump: false,
  producerEpoch: 4,
  lowestSequence: 3,
};

describe('the abstraction of a leader', () => {
  test('maps what is kept of a producer id to what the model would show', () => {
    expect(abstractProducer(ENTRY, VERIFICATION)).toEqual(visibleProducer(VIEW, CONTEXT));
    expect(producerDifferences(VIEW, CONTEXT, ENTRY, VERIFICATION)).toEqual([]);
  });

  test('knows an unknown producer id by the log that never mentions it', () => {
    const view = new LeaderLog().viewOf(1_000, true);
    const context = initialLeaderContext(KAFKA_LEADER_SCOPE);
    expect(producerDifferences(view, context, undefined, undefined)).toEqual([]);
    expect(producerDifferences(view, context, ENTRY, undefined)).not.toEqual([]);
    expect(producerDifferences(VIEW, context, undefined, undefined)).not.toEqual([]);
    expect(producerDifferences(view, context, undefined, VERIFICATION)).not.toEqual([]);
  });

  test.each(Object.keys(ENTRY) as (keyof ProducerEntry)[])(
    'shows a change of the producer entry in %s unless it is hidden',
    (field) => {
      const entry = { ...ENTRY, [field]: OTHER_ENTRY[field] };
      const found = producerDifferences(VIEW, CONTEXT, entry, VERIFICATION);
      expect(found.length).toBe(field in HIDDEN_PRODUCER ? 0 : 1);
    },
  );

  test.each(Object.keys(VERIFICATION) as (keyof VerificationEntry)[])(
    'shows a change of the verification entry in %s unless it is hidden',
    (field) => {
      const verification = { ...VERIFICATION, [field]: OTHER_VERIFICATION[field] };
      const found = producerDifferences(VIEW, CONTEXT, ENTRY, verification);
      expect(found.length).toBe(field in HIDDEN_VERIFICATION ? 0 : 1);
    },
  );
});

test('what is not compared as it stands is compared by what follows from it', () => {
  for (const reason of Object.values(HIDDEN_LEADER)) expect(reason).toMatch(/compared as/);
});

describe('the log beside a leader', () => {
  const data = (baseSequence: number) =>
    ({ kind: 'data', producerId: 5, producerEpoch: 0, baseSequence, record: 0 }) as const;

  test('is scanned anew when it changes, and loses what was not durable', () => {
    const log = new LeaderLog();
    log.append(data(0), 5, true);
    expect(log.viewOf(5, true)).toMatchObject({ open: 1, window: [[0, 1]], unreplicated: 1 });
    expect([log.replicate(), log.lastStableOffset()]).toEqual([1, 0]);
    log.append(data(1), 5, true);
    expect(log.viewOf(5, true).window).toEqual([
      [0, 0],
      [1, 1],
    ]);
    log.crash();
    expect([log.length, log.viewOf(5, true).window]).toEqual([1, [[0, 0]]]);
  });

  test('takes what is outside transactions for decided at once', () => {
    const log = new LeaderLog();
    log.append(data(0), 5, false);
    log.replicate();
    expect(log.viewOf(5, false)).toMatchObject({ open: 0, window: [[0, 0]] });
    expect([log.lastStableOffset(), log.deliverable(0, 1)]).toEqual([1, [0]]);
  });
});
