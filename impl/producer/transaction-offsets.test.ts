/** Consumer offsets in a transaction (KIP-98, KIP-447). The names in brackets are tests of Kafka's TransactionManagerTest and KafkaProducerTest. */

import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import { Bench, GROUP_COORDINATOR } from './scripted-brokers.ts';

const TV1 = { transactionVersion: 1 } as const;
const MEMBER = { generationId: 4, memberId: 'm' };

/** Its group's coordinator is found; TxnOffsetCommit is outstanding. */
function committing(config = {}, ...more: string[]): Bench {
  const bench = new Bench(config)
    .init()
    .begin()
    .sendOffsets('offsets', MEMBER, ...more);
  if (config === TV1) bench.answer('AddOffsetsToTxn', { errorCode: 'NONE' });
  bench.found('NONE', GROUP_COORDINATOR);
  return bench;
}

describe('the order of requests', () => {
  test('TV1: the offsets partition is added first; then the group is asked (testBasicTransaction)', () => {
    const bench = committing(TV1);
    bench.offsetsCommitted('NONE');
    bench.commit();
    expect(bench.sent.slice(2)).toEqual([
      'AddOffsetsToTxn v4 -> 1',
      'FindCoordinator v6 g -> 8',
      'TxnOffsetCommit v4 g/4/m in-0=3 -> 3',
      'EndTxn v4 commit 5,0 -> 1',
    ]);
    expect(bench.told('offsets')).toBe('ok');
  });

  test('TV2: no AddOffsetsToTxn, and there is something to end (testTransactionV2AddPartitionAndOffsets)', () => {
    const bench = committing();
    bench.offsetsCommitted('NONE');
    bench.commit();
    expect(bench.sent.slice(3)).toEqual([
      'TxnOffsetCommit v5 g/4/m in-0=3 -> 3',
      'EndTxn v5 commit 5,0 -> 1',
    ]);
  });

  test('the coordinator is looked up for each group', () => {
    const bench = committing();
    bench.offsetsCommitted('NONE');
    bench.sendOffsets('again').sendOffsets('other', { groupId: 'h' });
    bench.offsetsCommitted('NONE');
    expect(bench.outstanding).toEqual(['FindCoordinator v6 h']);
  });

  test('the coordinators of two groups do not displace each other', () => {
    const bench = new Bench().init().begin();
    bench.sendOffsets('first', MEMBER).sendOffsets('second', { ...MEMBER, groupId: 'h' });
    bench.found('NONE', GROUP_COORDINATOR);
    bench.offsetsCommitted('NONE');
    bench.found('NONE', GROUP_COORDINATOR);
    bench.offsetsCommitted('NONE');
    expect([bench.told('first'), bench.told('second')]).toEqual(['ok', 'ok']);
    bench.sendOffsets('first again', MEMBER);
    expect(bench.outstanding).toEqual(['TxnOffsetCommit v5 g/4/m in-0=3']);
  });
});

describe('retries', () => {
  test('the whole request is sent again until every partition succeeds (testRetriableErrorInTxnOffsetCommit)', () => {
    const bench = committing({}, 'in-1');
    bench.offsetsCommitted('NONE', 'COORDINATOR_LOAD_IN_PROGRESS');
    bench.backOff();
    expect(bench.outstanding).toEqual(['TxnOffsetCommit v5 g/4/m in-0=3+in-1=3']);
    bench.offsetsCommitted('NONE', 'NONE');
    expect(bench.told('offsets')).toBe('ok');
  });

  test.each<ErrorCode>(['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE', 'REQUEST_TIMED_OUT'])(
    '%s: the group coordinator is looked up, the transaction coordinator is kept',
    (errorCode) => {
      const bench = committing();
      bench.offsetsCommitted(errorCode);
      expect(bench.outstanding).toEqual(['FindCoordinator v6 g']);
      bench.found('NONE', GROUP_COORDINATOR);
      bench.backOff();
      bench.offsetsCommitted('NONE');
      bench.commit();
      expect(bench.sent.at(-1)).toBe('EndTxn v5 commit 5,0 -> 1');
    },
  );

  test('after max.block.ms the outcome is unknown and the transaction goes on', () => {
    const bench = new Bench({ maxBlockMs: 1_000 }).init().begin().sendOffsets('offsets');
    bench.advance(1_000);
    expect(bench.told('offsets')).toBe('retriable-timeout - unknown');
    bench.sendOffsets('again');
    expect(bench.told('again')).toBe('nothing');
  });
});

describe('errors', () => {
  test.each<[ErrorCode, string, string]>([
    [
      'ILLEGAL_GENERATION',
      'abortable ILLEGAL_GENERATION',
      'testIllegalGenerationInTxnOffsetCommitByGroupMetadata',
    ],
    [
      'UNKNOWN_MEMBER_ID',
      'abortable UNKNOWN_MEMBER_ID',
      'testUnknownMemberIdInTxnOffsetCommitByGroupMetadata',
    ],
    [
      'FENCED_INSTANCE_ID',
      'abortable FENCED_INSTANCE_ID',
      'testFencedInstanceIdInTxnOffsetCommitByGroupMetadata',
    ],
    [
      'STALE_MEMBER_EPOCH',
      'abortable STALE_MEMBER_EPOCH',
      'testGroupMetadataMismatchErrorInTxnOffsetCommit',
    ],
    [
      'GROUP_ID_NOT_FOUND',
      'abortable GROUP_ID_NOT_FOUND',
      'testGroupMetadataMismatchErrorInTxnOffsetCommit',
    ],
    [
      'GROUP_AUTHORIZATION_FAILED',
      'abortable GROUP_AUTHORIZATION_FAILED',
      'testGroupAuthorizationFailureInTxnOffsetCommit',
    ],
    [
      'UNSUPPORTED_FOR_MESSAGE_FORMAT',
      'fatal UNSUPPORTED_FOR_MESSAGE_FORMAT',
      'testUnsupportedForMessageFormatInTxnOffsetCommit',
    ],
    ['TOPIC_AUTHORIZATION_FAILED', 'fatal TOPIC_AUTHORIZATION_FAILED', 'TxnOffsetCommitHandler'],
    ['INVALID_PRODUCER_EPOCH', 'fatal PRODUCER_FENCED', 'TxnOffsetCommitHandler'],
  ])('TxnOffsetCommit %s: %s (%s)', (errorCode, told) => {
    const bench = committing({}, 'in-1');
    bench.offsetsCommitted('COORDINATOR_LOAD_IN_PROGRESS', errorCode);
    expect(bench.told('offsets')).toBe(`${told} failed`);
    const state = told.startsWith('fatal') ? 'FatalError' : 'AbortableError';
    expect(bench.producer.state).toBe(state);
  });

  test.each<[ErrorCode, string]>([
    ['GROUP_AUTHORIZATION_FAILED', 'abortable GROUP_AUTHORIZATION_FAILED'],
    ['UNKNOWN_PRODUCER_ID', 'abortable UNKNOWN_PRODUCER_ID'],
    ['INVALID_TXN_STATE', 'fatal INVALID_TXN_STATE'],
    ['PRODUCER_FENCED', 'fatal PRODUCER_FENCED'],
  ])('AddOffsetsToTxn %s: %s (AddOffsetsToTxnHandler)', (errorCode, told) => {
    const bench = new Bench(TV1).init().begin().sendOffsets('offsets', MEMBER);
    bench.answer('AddOffsetsToTxn', { errorCode });
    expect(bench.told('offsets')).toBe(`${told} failed`);
  });

  test('a lookup of the group that is not authorized is abortable, and fails the call', () => {
    const bench = new Bench().init().begin().sendOffsets('offsets');
    bench.found('GROUP_AUTHORIZATION_FAILED');
    expect(bench.told('offsets')).toBe('abortable GROUP_AUTHORIZATION_FAILED failed');
  });
});

describe('calls that are not allowed', () => {
  const refused = 'illegal-state - failed';

  test('outside a transaction, without transactional id, with a generation but no member (testInvalidGenerationIdAndMemberIdCombinedInSendOffsets)', () => {
    const bench = new Bench().init().sendOffsets('outside');
    bench.begin().sendOffsets('memberless', { generationId: 4 });
    const idempotent = new Bench({ transactionalId: null }).sendOffsets('offsets');
    expect([bench.told('outside'), bench.told('memberless')]).toEqual([refused, refused]);
    expect(idempotent.told('offsets')).toBe(refused);
  });

  test('no offsets at all is done at once', () => {
    const bench = new Bench().init().begin();
    const group = { groupId: 'g', generationId: -1, memberId: '', groupInstanceId: null };
    bench.producer.sendOffsetsToTransaction([], group, bench.note('none'));
    expect([bench.told('none'), bench.sent.length]).toEqual(['ok', 2]);
  });
});
