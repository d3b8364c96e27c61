/** Whole transactions as a partition sees them: what the reference traces of the protocol say of one leader. */

import { describe, expect, test } from 'vitest';
import { LeaderBench } from './scripted-leader.ts';

const TRACES: readonly (readonly [trace: string, script: string])[] = [
  [
    'T1: a TV2 commit, and the next transaction that meets the previous one still completing',
    `answers-by-hand => nothing
     t2 7.0 @0 => nothing
     answer NONE => at 0
     lso => 0
     commit 7.1 c0 tv2 => written
     producer 7 => epoch 1 last -1 window [] open -1 coordinator 0
     lso => 2
     t2 7.1 @0 => nothing
     answer CONCURRENT_TRANSACTIONS retriably => nothing
     again => nothing
     answer NONE => at 2`,
  ],
  [
    'T2: a TV1 commit; the next transaction keeps the epoch and the sequence goes on',
    `t1 7.0 @0 => at 0
     commit 7.0 c0 tv0 => written
     t1 7.0 @1 => at 2
     commit 7.0 c0 tv0 => written
     producer 7 => epoch 0 last 1 window [0 1] open -1 coordinator 0
     lso => 4
     index => none`,
  ],
  [
    'T4: a TV2 commit at the last epoch; the producer goes on under another id',
    `t2 7.32766 @0 => at 0
     commit 7.32767 c0 tv2 => written
     t2 8.0 @0 => at 2
     t2 7.32766 @1 => INVALID_PRODUCER_EPOCH`,
  ],
  [
    'T5: a new instance fences the old one through the marker',
    `t2 7.3 @0 => at 0
     abort 7.4 c0 tv2 => written
     t2 7.3 @1 => INVALID_PRODUCER_EPOCH
     t2 7.5 @0 => at 2
     fetch committed 0 => [0 1] aborted 7@0`,
  ],
  [
    'T6: a transaction times out, and its client goes on under the next epoch',
    `t2 7.3 @0 => at 0
     abort 7.4 c0 tv2 => written
     t2 7.3 @1 => INVALID_PRODUCER_EPOCH
     t2 7.4 @0 => at 2
     commit 7.5 c0 tv2 => written
     lso => 4
     fetch committed 0 => [0 1 2 3] aborted 7@0`,
  ],
  [
    'T7: the next coordinator writes its markers everywhere again; a late one of the old coordinator is refused',
    `t2 7.0 @0 => at 0
     commit 7.1 c0 tv2 => written
     commit 7.1 c1 tv2 => written
     commit 7.1 c0 tv2 => TRANSACTION_COORDINATOR_FENCED
     lso => 3`,
  ],
  [
    'T7 under TV1',
    `t1 7.0 @0 => at 0
     commit 7.0 c0 tv0 => written
     commit 7.0 c1 tv0 => written
     commit 7.0 c0 tv0 => TRANSACTION_COORDINATOR_FENCED`,
  ],
  [
    'T8: a retry after the leader came back, replicated or not',
    `i 7.0 @0 => at 0
     i 7.0 @1 => at 1
     flushes-by-hand => nothing
     i 7.0 @2 => nothing
     crash => nothing
     i 7.0 @1 => again at 1
     i 7.0 @2 => nothing
     flush => at 2`,
  ],
  [
    'T10: behind a batch that was not appended, later ones are gaps',
    `i 7.0 @0 => at 0
     i 7.0 @2 => OUT_OF_ORDER_SEQUENCE_NUMBER
     i 7.0 @3 => OUT_OF_ORDER_SEQUENCE_NUMBER
     i 7.0 @1 => at 1
     i 7.0 @2 => at 2
     i 7.0 @3 => at 3`,
  ],
];

describe('reference traces', () => {
  test.each(TRACES)('%s', (_, script) => {
    const expected = script.trim().replaceAll(/^ +/gm, '');
    expect(new LeaderBench().run(expected)).toBe(expected);
  });
});
