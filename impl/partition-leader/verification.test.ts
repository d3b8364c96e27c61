/** Verification of transactional appends (KIP-890): the rules of Kafka's own tests, by their names. */

import { describe, expect, test } from 'vitest';
import { LeaderBench } from './scripted-leader.ts';
import { SENTINEL_GUARD } from './verification.ts';

const RULES: readonly (readonly [rule: string, script: string])[] = [
  [
    'a first append waits for the coordinator, later ones do not (testTransactionVerificationFlow)',
    `answers-by-hand => nothing
     t1 1.0 @0 => nothing
     answer INVALID_PRODUCER_ID_MAPPING => INVALID_PRODUCER_ID_MAPPING
     t1 1.0 @0 => nothing
     answer NONE => at 0
     t1 1.0 @1 => at 1
     questions => none`,
  ],
  [
    'the guard lives until the first transactional append, and a new one follows the marker (testTransactionIsOngoingAndVerificationGuardTV1)',
    `answers-by-hand => nothing
     t1 1.0 @0 => nothing
     span 1 => guard 1 epoch 0 lowest 0
     t1 1.0 @0 => nothing
     span 1 => guard 1 epoch 0 lowest 0
     answer NONE => at 0
     span 1 => none
     answer NONE => again at 0
     commit 1.0 c0 tv0 => written
     t1 1.0 @1 => nothing
     span 1 => guard 2 epoch 0 lowest 1`,
  ],
  [
    'an idempotent append keeps the guard (testTransactionIsOngoingAndVerificationGuardTV2)',
    `i 1.0 @0 => at 0
     answers-by-hand => nothing
     t2 1.0 @1 => nothing
     i 1.0 @1 => at 1
     span 1 => guard 1 epoch 0 lowest 1`,
  ],
  [
    'a marker ends the span even where the transaction was empty (testEmptyTransactionStillClearsVerificationGuard)',
    `answers-by-hand => nothing
     t1 1.0 @0 => nothing
     abort 1.0 c0 tv0 => written
     span 1 => none
     answer NONE => INVALID_TXN_STATE`,
  ],
  [
    'an answer about an ended span does not verify the next one (KAFKA-14402)',
    `answers-by-hand => nothing
     t1 1.0 @0 => nothing
     abort 1.0 c0 tv0 => written
     t1 1.0 @0 => nothing
     span 1 => guard 2 epoch 0 lowest 0
     answer NONE => INVALID_TXN_STATE
     answer NONE => at 1`,
  ],
  [
    'TV2: a marker with the guard`s own epoch leaves it to the next transaction (testNextTransactionVerificationGuardNotCleared)',
    `t2 1.0 @0 => at 0
     answers-by-hand => nothing
     t2 1.1 @0 => nothing
     commit 1.1 c0 tv2 => written
     span 1 => guard 2 epoch 1 lowest 0
     answer NONE => at 2`,
  ],
  [
    'TV2: any other marker ends the span (UnifiedLog.analyzeAndValidateProducerState)',
    `answers-by-hand => nothing
     t2 1.0 @0 => nothing
     abort 1.1 c0 tv2 => written
     span 1 => none
     answer NONE => INVALID_PRODUCER_EPOCH`,
  ],
  [
    'lower sequence lowers the bound, higher epoch replaces, lower epoch is ignored (testSequenceAndEpochInVerificationEntry)',
    `answers-by-hand => nothing
     t1 1.1 @5 => nothing
     t1 1.1 @8 => nothing
     span 1 => guard 1 epoch 1 lowest 5
     t1 1.1 @3 => nothing
     span 1 => guard 1 epoch 1 lowest 3
     t1 1.0 @0 => nothing
     span 1 => guard 1 epoch 1 lowest 3
     t1 1.2 @4 => nothing
     span 1 => guard 1 epoch 2 lowest 4`,
  ],
  [
    'a failed verification keeps blocking what comes later (testTransactionVerificationBlocksOutOfOrderSequence)',
    `answers-by-hand => nothing
     t1 1.0 @0 => nothing
     answer NOT_COORDINATOR => NOT_ENOUGH_REPLICAS
     t1 1.0 @1 => nothing
     answer NONE => OUT_OF_ORDER_SEQUENCE_NUMBER
     span 1 => guard 1 epoch 0 lowest 0
     t1 1.0 @0 => nothing
     answer NONE => at 0
     t1 1.0 @1 => at 1`,
  ],
  [
    'also when verification was switched off meanwhile (testThrowOutOfOrderSequenceWithVerificationSequenceCheck)',
    `answers-by-hand => nothing
     t1 1.0 @0 => nothing
     verification off => nothing
     t1 1.0 @1 => OUT_OF_ORDER_SEQUENCE_NUMBER`,
  ],
  [
    'a stale epoch is refused without a question (testTransactionVerificationRejectsLowerProducerEpoch, testStaleProducerEpochReturnsRecoverableErrorForTV1Clients)',
    `abort 1.1 c0 tv0 => written
     answers-by-hand => nothing
     t1 1.0 @0 => INVALID_PRODUCER_EPOCH
     t2 1.0 @0 => INVALID_PRODUCER_EPOCH
     questions => none`,
  ],
  [
    'an epoch that became stale while waiting is 47, not 48 (testStaleProducerEpochReturnsRecoverableErrorForTV2Clients)',
    `t2 1.0 @0 => at 0
     abort 1.1 c0 tv2 => written
     answers-by-hand => nothing
     t2 1.1 @0 => nothing
     abort 1.2 c0 tv2 => written
     answer NONE => INVALID_PRODUCER_EPOCH`,
  ],
  [
    'switched off: TV1 asks nobody, TV2 does, since asking adds the partition (testDisabledTransactionVerification)',
    `verification off => nothing
     answers-by-hand => nothing
     t1 1.0 @0 => at 0
     t2 2.0 @0 => nothing
     questions => 2.0
     verification on => nothing
     t1 1.0 @1 => at 1`,
  ],
  [
    'switched off while waiting: the waiting append still fails (testTransactionVerificationDynamicDisablement)',
    `answers-by-hand => nothing
     t1 1.0 @0 => nothing
     verification off => nothing
     answer INVALID_PRODUCER_ID_MAPPING => INVALID_PRODUCER_ID_MAPPING
     t1 1.0 @0 => at 0
     span 1 => none`,
  ],
  [
    'a late produce after the marker is refused while verification is on (KIP-890)',
    `t1 1.0 @0 => at 0
     abort 1.0 c0 tv0 => written
     answers-by-hand => nothing
     t1 1.0 @1 => nothing
     answer TRANSACTION_ABORTABLE => TRANSACTION_ABORTABLE
     lso => 2`,
  ],
  [
    'and hangs while it is off (KIP-890, permitted)',
    `verification off => nothing
     t1 1.0 @0 => at 0
     abort 1.0 c0 tv0 => written
     t1 1.0 @1 => at 2
     lso => 2`,
  ],
  [
    'asked again, the leader starts over: a marker may have fenced the producer (ReplicaManager.handleProduceAppend)',
    `t2 1.0 @0 => at 0
     answers-by-hand => nothing
     t2 1.1 @0 => nothing
     answer CONCURRENT_TRANSACTIONS retriably => nothing
     commit 1.1 c0 tv2 => written
     again => nothing
     questions => 1.1
     answer CONCURRENT_TRANSACTIONS retriably => nothing
     abort 1.2 c1 tv2 => written
     again => INVALID_PRODUCER_EPOCH`,
  ],
];

describe('verification', () => {
  test.each(RULES)('%s', (_, script) => {
    const expected = script.trim().replaceAll(/^ +/gm, '');
    expect(new LeaderBench().run(expected)).toBe(expected);
  });

  test('switched on in between: what was let pass unasked is refused (testEnablingVerificationWhenRequestIsAtLogLayer)', () => {
    const { leader } = new LeaderBench();
    const replies: string[] = [];
    const batch = {
      producerId: 1,
      producerEpoch: 0,
      baseSequence: 0,
      transactional: true,
      control: false,
      records: [{ key: null, value: 'v' }],
    };
    leader.handlers.append(
      leader,
      { transactionalId: 'T', operation: 'GENERIC_ERROR_SUPPORTED', acks: 1, timeoutMs: 1, batch },
      SENTINEL_GUARD,
      ({ errorCode }) => replies.push(errorCode),
    );
    expect(replies).toEqual(['INVALID_TXN_STATE']);
  });

  test.each([
    ['NETWORK_EXCEPTION', 'NOT_ENOUGH_REPLICAS', 'NOT_ENOUGH_REPLICAS'],
    ['COORDINATOR_LOAD_IN_PROGRESS', 'NOT_ENOUGH_REPLICAS', 'NOT_ENOUGH_REPLICAS'],
    ['COORDINATOR_NOT_AVAILABLE', 'NOT_ENOUGH_REPLICAS', 'NOT_ENOUGH_REPLICAS'],
    ['NOT_COORDINATOR', 'NOT_ENOUGH_REPLICAS', 'NOT_ENOUGH_REPLICAS'],
    ['CONCURRENT_TRANSACTIONS', 'NOT_ENOUGH_REPLICAS', 'CONCURRENT_TRANSACTIONS'],
    ['INVALID_TXN_STATE', 'INVALID_TXN_STATE', 'INVALID_TXN_STATE'],
    ['INVALID_PRODUCER_EPOCH', 'INVALID_PRODUCER_EPOCH', 'INVALID_PRODUCER_EPOCH'],
  ])(
    'the coordinator`s %s is told as %s under TV1, %s under TV2 (testVerificationErrorConversionsTV1, TV2)',
    (errorCode, underTv1, underTv2) => {
      const expected = `answers-by-hand => nothing
t1 1.0 @0 => nothing
answer ${errorCode} => ${underTv1}
t2 2.0 @0 => nothing
answer ${errorCode} => ${underTv2}`;
      expect(new LeaderBench().run(expected)).toBe(expected);
    },
  );
});
