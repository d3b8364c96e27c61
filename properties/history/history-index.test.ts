import { describe, expect, test } from 'vitest';
import { RecordedHistory } from './recorded-history.ts';
import { historyFrom } from './history-notation.ts';
import { NEVER } from './operations.ts';

const history = new RecordedHistory(
  historyFrom(`
  i2: A#2 init A
  A#1 init A => ok 7 0
  i2 => ok 7 1
  A#1 begin 1 => ok
  x: A#1 send 1 a-0 x
  A#1 request Produce a-0 0
  R poll uncommitted a-0 => x@0 lso 0 hw 1
  A#1 response 0 NONE
  x => ok 0
  A#1 abort 1 => failed PRODUCER_FENCED
  A#2 begin 1 => ok
  A#2 send 1 a-0 y => ok 2
  A#2 send 1 b-0 z => unknown
  A#2 commit 1 => unknown
  A#2 commit 1 => ok
  A#2 begin 2 => ok
  A#2 abort 2
  A#2 crash
  R end committed a-0 => ok 4
  R final committed a-0 => y@2 lso 4 hw 4 position 4
  R final uncommitted a-0 => x@0 y@2 lso 4 hw 4 position 4
  operator describe A => ok CompleteAbort
  A#3 probe A => ok 7 2
  A#3 begin 1 => ok
  A#3 send 1 a-0 p => ok 4
  A#3 request EndTxn
  A#3 copy 1
`),
);

describe('the history index', () => {
  test('pairs invocations with completions, however they interleave', () => {
    expect(history.sendOf('x')).toMatchObject({ invokedAt: 6, completedAt: 11 });
    expect(history.operationAt(11)).toBe(history.sendOf('x'));
    expect(history.operationAt(6)).toBe(history.sendOf('x'));
    expect(history.operationAt(7)).toBeUndefined();
    expect(history.sendOf('nobody')).toBeUndefined();
  });

  test('knows what each client was told of its transactions', () => {
    expect(history.transactions.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['transaction 1 of A#1', 'open'],
      ['transaction 1 of A#2', 'committed'],
      ['transaction 2 of A#2', 'unknown'],
    ]);
    const [, second, third] = history.transactions;
    expect(second?.sends.map((send) => send.invocation.value)).toEqual(['y', 'z']);
    expect(second?.mayHaveCommittedBefore(second.ends[0]!.invokedAt)).toBe(false);
    expect(second?.mayHaveCommittedBefore(second.ends[0]!.invokedAt + 1)).toBe(true);
    expect(third?.ends[0]).toMatchObject({ completion: null, completedAt: NEVER });
  });

  test('a commit that certainly failed leaves the transaction open and cannot have committed it', () => {
    const refused = new RecordedHistory(
      historyFrom('A#1 init A => ok\nA#1 begin 1 => ok\nA#1 commit 1 => failed INVALID_TXN_STATE'),
    );
    expect(refused.transactions[0]?.outcome).toBe('open');
    expect(refused.transactions[0]?.mayHaveCommittedBefore(NEVER)).toBe(false);
  });

  test('orders instances of a transactional id by when their init returned', () => {
    expect(history.instances.get('A')?.map(({ name }) => name)).toEqual(['A#1', 'A#2']);
    expect(history.processNamed('A#2')?.crashedAt).toBe(27);
  });

  test('keeps what the members of a group did, and the inputs of what they sent', () => {
    const groups = new RecordedHistory(
      historyFrom(`
      C#1 init C => ok
      C#1 join g => ok 2 m
      C#1 begin 1 => ok
      C#1 send 1 a-0 x from in-0@3 => ok 0
      C#1 send-offsets 1 g 2 m in-0=4 => ok
      D#1 commit-offsets h - in-0=1 in-1=2 => unknown
      C#1 commit 1 => ok
      G final-offsets g in-0 => in-0=4
      D#1 fetch-offsets h in-0 unstable => in-0=-1
    `),
    );
    const [transaction] = groups.transactions;
    expect(transaction?.sends[0]?.invocation.input).toEqual({ partition: 'in-0', offset: 3 });
    expect([...groups.groups]).toMatchObject([
      {
        group: 'g',
        joins: [{ completion: { generation: 2, memberId: 'm' } }],
        offsetSends: [{ invocation: { generation: 2, memberId: 'm' } }],
        commits: [],
        fetches: [{ invocation: { final: true, requireStable: true } }],
      },
      {
        group: 'h',
        joins: [],
        offsetSends: [],
        commits: [{ invocation: { generation: -1, memberId: '', offsets: [{}, { offset: 2 }] } }],
        fetches: [{ completion: { offsets: [{ partition: 'in-0', offset: -1 }] } }],
      },
    ]);
    expect([...groups.groups][0]?.offsetSends).toEqual(transaction?.offsetSends);
  });

  test('pairs requests with their answers', () => {
    expect(history.attempts).toMatchObject([
      { errorCode: 'NONE', sentAt: 7, answeredAt: 10, copied: false },
      { errorCode: undefined, answeredAt: NEVER, copied: true },
    ]);
  });

  test('keeps probes apart from the instances that were used', () => {
    const probes = [...history.processes].filter(({ isProbe }) => isProbe);
    expect(probes.map(({ name }) => name)).toEqual(['A#3']);
    expect(probes[0]!.transactions[0]!.sends).toHaveLength(1);
    expect(history.sends.map(({ invocation }) => invocation.value)).not.toContain('p');
    expect(history.sendOf('p')?.completedAt).toBeLessThan(NEVER);
  });

  test('keeps the final reads of each isolation level apart from the polls before', () => {
    expect(history.uncommittedPolls).toHaveLength(2);
    const { committed, uncommitted } = history.finalReads;
    expect([...committed.get('a-0')!.rows()]).toHaveLength(1);
    expect(committed.get('a-0')!.offsetOf('y')).toBe(2);
    expect(uncommitted.get('a-0')).toMatchObject({ lastStableOffset: 4, highWatermark: 4 });
    expect(uncommitted.get('a-0')?.valueAt(0)).toBe('x');
    expect(committed.has('b-0')).toBe(false);
  });
});
