/** What Kafka's own example of an application does (ExactlyOnceMessageProcessor.java). */

import { describe, expect, test } from 'vitest';
import { MessageProcessor } from './message-processor.ts';

function reading(...offsets: number[]): MessageProcessor {
  const processor = new MessageProcessor();
  processor.startFrom([{ partition: 'in-0', offset: -1 }]);
  processor.read('in-0', offsets, Math.max(...offsets) + 2);
  return processor;
}

describe('an application that reads, transforms and writes', () => {
  test('starts at what the group committed, or else at the beginning', () => {
    const processor = new MessageProcessor();
    expect(processor.positions).toBeNull();
    processor.startFrom([
      { partition: 'in-0', offset: 4 },
      { partition: 'in-1', offset: -1 },
    ]);
    expect([...processor.positions!]).toEqual([
      ['in-0', 4],
      ['in-1', 0],
    ]);
  });

  test('owes one output for each record that it read, once', () => {
    const processor = reading(0, 2);
    expect(processor.process().map(({ offset }) => offset)).toEqual([0, 2]);
    expect(processor.process()).toEqual([]);
  });

  test('commits the offset after the last one processed, not what it has only read', () => {
    const processor = reading(0, 2);
    processor.process();
    processor.read('in-0', [4, 5], 6);
    expect(processor.offsetsToCommit).toEqual([{ partition: 'in-0', offset: 3 }]);
    processor.committed();
    expect(processor.offsetsToCommit).toEqual([]);
    expect(processor.process().map(({ offset }) => offset)).toEqual([4, 5]);
  });

  test('after an abort it reads again from what the group committed', () => {
    const processor = reading(0, 2);
    processor.process();
    processor.read('in-0', [4], 5);
    processor.aborted();
    expect([processor.positions, processor.hasProcessed, processor.hasUnprocessed]).toEqual([
      null,
      false,
      false,
    ]);
  });

  test('a member anew, it forgets what it had read', () => {
    const processor = reading(0, 2);
    processor.joined();
    expect([processor.positions, processor.hasUnprocessed]).toEqual([null, false]);
  });
});
