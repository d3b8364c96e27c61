/** A consumer in its group. The names in brackets are tests of Kafka's ConsumerCoordinatorTest and AbstractCoordinatorTest. */

import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { BrokerId } from '../../protocol/ids.ts';
import type { Request, Response } from '../../protocol/messages/rpc.ts';
import { GroupMember, GROUP_MEMBER_DEFAULTS, type GroupResult } from './group-member.ts';
import { GROUP_MEMBER_DECISIONS } from './group-member-decisions.ts';

type Answered = (response: Response | null) => void;

/** A group coordinator that answers what a test tells it to. */
class Bench {
  readonly member: GroupMember;
  readonly sent: string[] = [];
  results: string[] = [];
  #nowMs = 0;
  #timers: { readonly dueMs: number; readonly callback: () => void }[] = [];
  #request: Request | null = null;
  #done: Answered | null = null;

  constructor() {
    this.member = new GroupMember({
      config: { ...GROUP_MEMBER_DEFAULTS, groupId: 'g', partitions: ['in-0', 'in-1'] },
      ports: {
        clock: { nowMs: () => this.#nowMs },
        timers: {
          after: (delayMs, callback) => {
            this.#timers.push({ dueMs: this.#nowMs + delayMs, callback });
            return () => undefined;
          },
        },
        outbound: {
          call: (broker, request, timeoutMs, done) => {
            this.#request = request as unknown as Request;
            this.#done = done as Answered;
            this.sent.push(line(broker, this.#request, timeoutMs));
          },
        },
        bootstrap: [7, 8],
      },
    });
  }

  get body(): unknown {
    return this.#request?.body;
  }

  answer(response: object | null): this {
    const done = this.#done;
    this.#done = null;
    if (done === null) throw new Error('nothing is outstanding');
    done(response as Response | null);
    return this;
  }

  found(nodeId = 3): this {
    return this.answer({ errorCode: 'NONE', nodeId });
  }

  joinAnswered(errorCode: ErrorCode, generationId = 1, leader = 'm'): this {
    const members = leader === 'm' ? [{ memberId: 'm', metadata: 'in-0 in-1' }] : [];
    return this.answer({ errorCode, generationId, leader, memberId: 'm', members });
  }

  refused(errorCode: ErrorCode): this {
    return this.answer({ errorCode, memberId: '', partitions: [{ partition: 'in-0', errorCode }] });
  }

  advance(byMs: number): this {
    this.#nowMs += byMs;
    const due = this.#timers.filter(({ dueMs }) => dueMs <= this.#nowMs);
    this.#timers = this.#timers.filter(({ dueMs }) => dueMs > this.#nowMs);
    for (const { callback } of due) callback();
    return this;
  }

  join(): this {
    this.member.join(this.#note);
    return this;
  }

  joined(generationId = 1): this {
    this.join().found().joinAnswered('NONE', generationId);
    this.answer({ errorCode: 'NONE', assignment: 'in-0 in-1' });
    this.sent.length = 0;
    this.results = [];
    return this;
  }

  fetch(): this {
    this.member.fetchOffsets(['in-0'], this.#note);
    return this;
  }

  commit(): this {
    this.member.commitOffsets([{ partition: 'in-0', offset: 3 }], this.#note);
    return this;
  }

  readonly #note = (result: GroupResult<unknown>): void => {
    this.results.push(result.status === 'ok' ? 'ok' : `${result.outcome} ${result.errorCode}`);
  };
}

function line(broker: BrokerId, request: Request, timeoutMs: number): string {
  const head = `${request.api} -> ${broker}`;
  switch (request.api) {
    case 'JoinGroup':
      return `${head} as ${request.body.memberId || 'new'} within ${timeoutMs}`;
    case 'SyncGroup':
      return `${head} ${request.body.assignments.map(({ memberId, assignment }) => `${memberId}: ${assignment}`).join()}`;
    default:
      return head;
  }
}

const BACK_OFF_MS = GROUP_MEMBER_DEFAULTS.retryBackoffMs;

describe('joining', () => {
  test('asks for an id, joins with it, hands in the assignment, and is a member (KIP-394)', () => {
    const bench = new Bench()
      .join()
      .found()
      .joinAnswered('MEMBER_ID_REQUIRED')
      .joinAnswered('NONE');
    expect(bench.member.metadata).toMatchObject({ generationId: -1, memberId: '' });
    bench.answer({ errorCode: 'NONE', assignment: 'in-0 in-1' });
    expect(bench.sent).toEqual([
      'FindCoordinator -> 7',
      'JoinGroup -> 3 as new within 30000',
      'JoinGroup -> 3 as m within 30000',
      'SyncGroup -> 3 m: in-0 in-1',
    ]);
    expect(bench.results).toEqual(['ok']);
    expect(bench.member.metadata).toEqual({
      groupId: 'g',
      generationId: 1,
      memberId: 'm',
      groupInstanceId: null,
    });
    expect(bench.member.assigned).toEqual(['in-0', 'in-1']);
  });

  test('a follower hands in nothing and takes what it is given', () => {
    const bench = new Bench().join().found().joinAnswered('NONE', 4, 'other');
    expect(bench.sent.at(-1)).toBe('SyncGroup -> 3 ');
    bench.answer({ errorCode: 'NONE', assignment: '' });
    expect([bench.member.metadata.generationId, bench.member.assigned]).toEqual([4, []]);
  });

  test.each<[ErrorCode, string]>([
    ['COORDINATOR_LOAD_IN_PROGRESS', 'JoinGroup -> 3 as m within 30000'],
    ['REBALANCE_IN_PROGRESS', 'JoinGroup -> 3 as m within 30000'],
    ['UNKNOWN_MEMBER_ID', 'JoinGroup -> 3 as new within 30000'],
    ['NOT_COORDINATOR', 'FindCoordinator -> 8'],
    ['COORDINATOR_NOT_AVAILABLE', 'FindCoordinator -> 8'],
  ])('JoinGroup or SyncGroup answered %s: %s (AbstractCoordinator)', (errorCode, next) => {
    const joining = new Bench().join().found().joinAnswered('MEMBER_ID_REQUIRED');
    expect(joining.refused(errorCode).advance(BACK_OFF_MS).sent.at(-1)).toBe(next);
    const syncing = new Bench().join().found().joinAnswered('NONE');
    expect(syncing.refused(errorCode).advance(BACK_OFF_MS).sent.at(-1)).toBe(next);
  });

  test('a generation that ended during the sync: it joins anew (testUnknownMemberIdOnSyncGroup)', () => {
    const bench = new Bench().join().found().joinAnswered('NONE').refused('ILLEGAL_GENERATION');
    expect(bench.advance(BACK_OFF_MS).sent.at(-1)).toBe('JoinGroup -> 3 as new within 30000');
  });

  test('an error that trying again does not mend is told; membership is not kept', () => {
    const bench = new Bench().joined().join().refused('GROUP_AUTHORIZATION_FAILED');
    expect(bench.results).toEqual(['failed GROUP_AUTHORIZATION_FAILED']);
    expect(bench.member.metadata.generationId).toBe(-1);
  });

  test('a lookup is repeated while there is no coordinator, at the next broker', () => {
    const bench = new Bench().join().answer({ errorCode: 'COORDINATOR_NOT_AVAILABLE', nodeId: -1 });
    bench
      .advance(BACK_OFF_MS)
      .answer(null)
      .advance(2 * BACK_OFF_MS);
    expect(bench.sent).toEqual([
      'FindCoordinator -> 7',
      'FindCoordinator -> 8',
      'FindCoordinator -> 7',
    ]);
  });
});

describe('committed offsets', () => {
  test('are fetched stable whatever the isolation level, and again while a transaction may move them (testFetchOffsetsWithPendingTransactionalOffsets)', () => {
    const bench = new Bench().joined().fetch();
    expect(bench.body).toEqual({ groupId: 'g', partitions: ['in-0'], requireStable: true });
    bench.refused('UNSTABLE_OFFSET_COMMIT').advance(BACK_OFF_MS);
    bench.answer({
      errorCode: 'NONE',
      partitions: [{ partition: 'in-0', committedOffset: 5, errorCode: 'NONE' }],
    });
    expect(bench.sent).toHaveLength(2);
    expect(bench.results).toEqual(['ok']);
  });

  test('unstable to the end: the last error', () => {
    const bench = new Bench().joined().fetch();
    const { apiTimeoutMs, retryBackoffMaxMs } = GROUP_MEMBER_DEFAULTS;
    for (let nowMs = 0; bench.results.length === 0; nowMs += retryBackoffMaxMs) {
      expect(nowMs).toBeLessThan(apiTimeoutMs);
      bench.refused('UNSTABLE_OFFSET_COMMIT').advance(retryBackoffMaxMs);
    }
    expect(bench.results).toEqual(['failed UNSTABLE_OFFSET_COMMIT']);
  });

  test('are committed by the member of the generation', () => {
    const bench = new Bench().joined(2).commit();
    expect(bench.body).toMatchObject({
      groupId: 'g',
      generationIdOrMemberEpoch: 2,
      memberId: 'm',
      offsets: [{ partition: 'in-0', committedOffset: 3 }],
    });
    expect(
      bench.answer({ partitions: [{ partition: 'in-0', errorCode: 'NONE' }] }).results,
    ).toEqual(['ok']);
  });

  test.each<ErrorCode>(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS'])(
    'a commit answered %s certainly failed (CommitFailedException)',
    (errorCode) => {
      expect(new Bench().joined().commit().refused(errorCode).results).toEqual([
        `failed ${errorCode}`,
      ]);
    },
  );

  test.each<ErrorCode | null>([null, 'REQUEST_TIMED_OUT', 'COORDINATOR_NOT_AVAILABLE'])(
    'after %s the first attempt may have been written: a later refusal leaves that unknown',
    (first) => {
      const bench = new Bench().joined().commit();
      if (first === null) bench.answer(null);
      else bench.refused(first);
      bench.advance(BACK_OFF_MS).found().refused('ILLEGAL_GENERATION');
      expect(bench.results).toEqual(['unknown ILLEGAL_GENERATION']);
    },
  );
});

describe('the assignment', () => {
  test.each([
    ['one member gets everything', 'm: a-0 b-0', 'm: a-0 b-0'],
    ['two members share', 'n: a-0 a-1 a-2, m: a-0 a-1 a-2', 'm: a-0 a-2, n: a-1'],
    ['a member gets nothing that it did not ask for', 'm: a-0 a-1, n: b-0', 'm: a-0 a-1, n: b-0'],
  ])('%s', (_, subscriptions, assignments) => {
    const members = subscriptions.split(', ').map((text) => {
      const [memberId = '', partitions = ''] = text.split(': ');
      return { memberId, partitions: partitions.split(' ') };
    });
    const assigned = GROUP_MEMBER_DECISIONS.assign(members).map(
      ({ memberId, partitions }) => `${memberId}: ${partitions.join(' ')}`,
    );
    expect(assigned.join(', ')).toBe(assignments);
  });
});
