/** Last stable offset, aborted index and reads of a partition: the rules of Kafka's own tests, by their names. */

import { describe, expect, test } from 'vitest';
import { LeaderBench } from './scripted-leader.ts';

const RULES: readonly (readonly [rule: string, script: string])[] = [
  [
    'idempotent data is stable (testFirstUnstableOffsetNoTransactionalData)',
    `i 1.0 @0 => at 0
     i - => at 1
     lso => 2`,
  ],
  [
    'unstable from the first record until the marker is replicated (testFirstUnstableOffsetWithTransactionalData, testFirstUnstableOffset)',
    `i 2.0 @0 => at 0
     t1 1.0 @0x2 => at 1
     lso => 1
     flushes-by-hand => nothing
     commit 1.0 c0 tv0 => nothing
     lso => 1
     flush => written
     lso => 4`,
  ],
  [
    'the earliest open transaction decides, over all producers (testLastStableOffsetWithMixedProducerData)',
    `t1 1.0 @0 => at 0
     t1 2.0 @0 => at 1
     t1 1.0 @1 => at 2
     lso => 0
     abort 1.0 c0 tv0 => written
     lso => 1
     commit 2.0 c0 tv0 => written
     lso => 5`,
  ],
  [
    'the high watermark bounds what is stable (UnifiedLog.lastStableOffset)',
    `i 1.0 @0 => at 0
     flushes-by-hand => nothing
     i 1.0 @1 => nothing
     lso => 1
     t1 2.0 @0 => nothing
     lso => 1
     flush => at 1, at 2
     lso => 2`,
  ],
  [
    'the index holds aborted transactions with the offset that was stable then (testTransactionIndexUpdated, testLastStableOffsetCompletedTxn)',
    `t1 1.0 @0 => at 0
     t1 2.0 @0 => at 1
     t1 3.0 @0 => at 2
     abort 2.0 c0 tv0 => written
     commit 1.0 c0 tv0 => written
     abort 3.0 c0 tv0 => written
     index => 2:1-3/0 3:2-5/6
     crash => nothing
     index => 2:1-3/0 3:2-5/6`,
  ],
  [
    'a reader of committed records stops at the last stable offset (testFetchUpToLastStableOffset, testReadCommittedFetchLimitedAtLSO)',
    `i 1.0 @0 => at 0
     t1 2.0 @0 => at 1
     i 1.0 @1 => at 2
     fetch committed 0 => [0] aborted
     fetch committed 1 => [] aborted
     fetch uncommitted 0 => [0 1 2]
     commit 2.0 c0 tv0 => written
     fetch committed 1 => [1 2 3] aborted`,
  ],
  [
    'no reader passes the high watermark',
    `flushes-by-hand => nothing
     i 1.0 @0 => nothing
     fetch uncommitted 0 => []
     fetch uncommitted 1 => []
     flush => at 0
     fetch uncommitted 0 => [0]`,
  ],
  [
    'a fetch from inside a batch gets the whole batch, and at least one (UnifiedLog.read)',
    `i 1.0 @0x3 => at 0
     i 1.0 @3x3 => at 3
     fetch uncommitted 2 0 => [0]
     fetch uncommitted 3 1 => [3]`,
  ],
  [
    'the aborted list is in completion order, and reaches back before the fetch (testCollectAbortedTransactions)',
    `t1 1.0 @0 => at 0
     t1 2.0 @0 => at 1
     t1 1.0 @1 => at 2
     abort 2.0 c0 tv0 => written
     abort 1.0 c0 tv0 => written
     t1 2.0 @1 => at 5
     abort 2.0 c0 tv0 => written
     fetch committed 0 => [0 1 2 3 4 5 6] aborted 2@1 1@0 2@5
     fetch committed 2 => [2 3 4 5 6] aborted 2@1 1@0 2@5
     fetch committed 4 1 => [4] aborted 1@0
     fetch committed 5 => [5 6] aborted 2@5
     fetch committed 0 1 => [0] aborted 1@0`,
  ],
  [
    'beyond the end is out of range, at the end is empty (UnifiedLog.read)',
    `i 1.0 @0 => at 0
     fetch committed 1 => [] aborted
     fetch uncommitted 1 => []
     fetch committed 2 => OFFSET_OUT_OF_RANGE
     fetch uncommitted -1 => OFFSET_OUT_OF_RANGE`,
  ],
  [
    'the latest offset depends on the isolation (testListOffsetIsolationLevels)',
    `t1 1.0 @0 => at 0
     flushes-by-hand => nothing
     i 2.0 @0 => nothing
     latest committed => 0
     latest uncommitted => 1`,
  ],
];

describe('what readers may see', () => {
  test.each(RULES)('%s', (_, script) => {
    const expected = script.trim().replaceAll(/^ +/gm, '');
    expect(new LeaderBench().run(expected)).toBe(expected);
  });

  test('out of range, every offset is -1 and there is no list (measured on 4.3.1 and 3.9.2)', () => {
    const { leader } = new LeaderBench();
    const request = { isolationLevel: 'read_committed', fetchOffset: 9, maxBatches: 1 } as const;
    expect(leader.fetch(request)).toEqual({
      partition: 'a-0',
      errorCode: 'OFFSET_OUT_OF_RANGE',
      highWatermark: -1,
      lastStableOffset: -1,
      logStartOffset: -1,
      abortedTransactions: null,
      batches: [],
    });
  });
});
