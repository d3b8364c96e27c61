/** What applications read. The names in brackets are tests of Kafka's FetcherTest and CompletedFetchTest. */

import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { FetchPartitionResponse } from '../../protocol/messages/fetch.ts';
import type { ApiName, RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { AbortedTransaction, StoredBatch } from '../../protocol/records.ts';
import { filterFetched } from './aborted-filter.ts';
import { Consumer, type PollResult } from './consumer.ts';
import { CONSUMER_DECISIONS } from './decisions.ts';

/**
 * A log as a line: `1:a` is a transactional record of producer 1, `1` alone with `C` or `A` its marker, `-1:a` a
 * record without producer, `1!a` a record of producer 1 outside any transaction, `_` an offset compacted away.
 */
function log(line: string): readonly StoredBatch[] {
  return line.split(' ').flatMap((word, offset): StoredBatch[] => {
    const match = /^(-?\d+)([:!]?)(\w+)$/.exec(word);
    if (match === null) return [];
    const [, id, kind, text] = match;
    const header = {
      baseOffset: offset,
      lastOffset: offset,
      producerId: Number(id),
      producerEpoch: 0,
      timestamp: 0,
    };
    if (kind === '') {
      const type = text === 'C' ? 'COMMIT' : 'ABORT';
      return [{ ...header, kind: 'control', marker: { type, coordinatorEpoch: 0 } }];
    }
    const records = [{ key: null, value: text ?? '' }];
    return [
      {
        ...header,
        kind: 'data',
        baseSequence: 0,
        transactional: kind === ':' && id !== '-1',
        records,
      },
    ];
  });
}

/** `1@0 2@3`: producer and first offset, in this order. */
function aborted(line: string): readonly AbortedTransaction[] {
  return line.split(' ').flatMap((word) => {
    const [producerId, firstOffset] = word.split('@').map(Number);
    return producerId === undefined || firstOffset === undefined
      ? []
      : [{ producerId, firstOffset }];
  });
}

function read(line: string, list: string | null, position = 0): string {
  const batches = log(line).filter((batch) => batch.lastOffset >= position);
  const abortedTransactions = list === null ? null : aborted(list);
  const filtered = filterFetched({ position, batches, abortedTransactions }, CONSUMER_DECISIONS);
  return `${filtered.records.map(({ value }) => value).join('')}->${filtered.position}`;
}

describe('read_committed', () => {
  test.each([
    ['1:a 1:b 1C', '', 'ab->3', 'testReturnCommittedTransactions'],
    ['1:a 1:b 1A', '1@0', '->3', 'testSkippingAbortedTransactions'],
    ['1:a 2:b 1A 2C', '1@0', 'b->4', 'testReadCommittedWithCommittedAndAbortedTransactions'],
    ['1:a 1A 1:b 1C', '1@0', 'b->4', 'testCommittedTransactionRecordsIncluded'],
    ['1:a 1A 1:b 1A 1:c 1C', '1@0 1@2', 'c->6', 'CompletedFetch.consumeAbortedTransactionsUpTo'],
    ['1:a 1A 1A 1:b 1C', '1@0', 'b->5', 'testMultipleAbortMarkers'],
    ['1A 1:b 1C', '', 'b->3', 'testReadCommittedAbortMarkerWithNoData'],
    ['1:a _ 2:b _ 1A 2C', '1@0', 'b->6', 'testReadCommittedWithCompactedTopic'],
    ['_ _ 1:b 1A 1:c 1C', '1@0', 'c->6', 'testReadCommittedWithCompactedTopic'],
    ['1:a 2:b 1:c 1C 2A', '2@1', 'ac->5', 'a COMMIT marker ends nothing'],
    ['1:a 2C 1:b 1A', '1@0', '->4', 'a marker ends its own producer only'],
    ['1:a 2:b 2A 1:c 1A', '2@1 1@0', '->5', 'a marker ends its own producer only'],
    ['1:a 1!n -1:m 1A', '1@0', 'nm->4', 'records outside transactions are returned'],
    ['1:a 2:b 1:c 2A 1A', '2@1 1@0', '->5', 'the list comes in order of completion'],
  ])('%s, aborted %s: %s (%s)', (line, list, expected) => {
    expect(read(line, list)).toBe(expected);
  });

  test('a fetch that starts within transactions, and one that ends before their markers', () => {
    const line = '1:a 2:b 1:c 2:d 2:e 1:f 1A 2A';
    expect(read(line, '1@0 2@1', 3)).toBe('->8');
    expect(read('1:a 2:b 1:c', '2@1 1@0')).toBe('->3');
  });

  test('the position passes what is skipped (testConsumerPositionUpdatedWhenSkippingAbortedTransactions)', () => {
    expect(read('1:a 1:b 1A', '1@0', 1)).toBe('->3');
    expect(read('', '', 7)).toBe('->7');
  });
});

test('read_uncommitted returns all but control records (testReturnAbortedTransactionsInUncommittedMode, testFetcherIgnoresControlRecords)', () => {
  expect(read('1:a 2:b 1A 2C', null)).toBe('ab->4');
});

test('a batch is entered at the position, not at its start', () => {
  const [first] = log('1:a');
  const records = ['a', 'b', 'c'].map((value) => ({ key: null, value }));
  const batch = { ...first, lastOffset: 2, records } as StoredBatch;
  const fetched = { position: 1, batches: [batch], abortedTransactions: [] };
  expect(filterFetched(fetched, CONSUMER_DECISIONS).records.map(({ offset }) => offset)).toEqual([
    1, 2,
  ]);
});

describe('poll', () => {
  interface Fetching {
    readonly results: PollResult[];
    readonly requests: RequestOf<ApiName>[];
    readonly answer: (
      errorCode: ErrorCode | null,
      partial?: Partial<FetchPartitionResponse>,
    ) => void;
    readonly advance: (byMs: number) => void;
  }

  function polling(config = {}, leader: () => number | null = () => 2): Fetching {
    let nowMs = 0;
    let timers: { dueMs: number; callback: () => void }[] = [];
    let waiting: ((response: ResponseOf<'Fetch'> | null) => void) | null = null;
    const requests: RequestOf<ApiName>[] = [];
    const consumer = new Consumer({
      config: { isolationLevel: 'read_committed', maxBatches: 3, ...config },
      ports: {
        clock: { nowMs: () => nowMs },
        timers: {
          after(delayMs, callback) {
            timers.push({ dueMs: nowMs + delayMs, callback });
            return () => undefined;
          },
        },
        outbound: {
          call(_broker, request, _timeoutMs, done) {
            requests.push(request);
            waiting = done as typeof waiting;
          },
        },
        metadata: { leaderOf: leader },
      },
    });
    const results: PollResult[] = [];
    consumer.poll('a-0', 0, (result) => results.push(result));
    return {
      results,
      requests,
      answer(errorCode, partial = {}) {
        const answer = {
          partition: 'a-0',
          errorCode: errorCode ?? 'NONE',
          highWatermark: 4,
          lastStableOffset: 3,
          logStartOffset: 0,
          abortedTransactions: aborted('1@0'),
          batches: log('1:a 2:b 1A'),
          ...partial,
        };
        waiting?.(errorCode === null ? null : { partitions: [answer] });
      },
      advance(byMs) {
        nowMs += byMs;
        const due = timers.filter(({ dueMs }) => dueMs <= nowMs);
        timers = timers.filter(({ dueMs }) => dueMs > nowMs);
        for (const { callback } of due) callback();
      },
    };
  }

  test('asks for the isolation level, and returns records, position and both bounds', () => {
    const { requests, results, answer } = polling();
    expect(requests[0]?.body).toEqual({
      isolationLevel: 'read_committed',
      partitions: [{ partition: 'a-0', fetchOffset: 0, maxBatches: 3 }],
    });
    answer('NONE');
    const records = [{ offset: 1, key: null, value: 'b' }];
    expect(results).toEqual([
      { errorCode: 'NONE', records, position: 3, highWatermark: 4, lastStableOffset: 3 },
    ]);
  });

  test('tries again after a disconnect, a retriable error, or while there is no leader', () => {
    let leader: number | null = null;
    const { requests, results, answer, advance } = polling({}, () => leader);
    advance(100);
    expect(requests).toHaveLength(0);
    leader = 2;
    advance(100);
    answer(null);
    advance(100);
    answer('NOT_LEADER_OR_FOLLOWER');
    advance(100);
    answer('NONE');
    expect([requests.length, results.length]).toEqual([3, 1]);
  });

  test('gives up when its time is up, with the last error', () => {
    const { results, answer, advance } = polling({ pollTimeoutMs: 150 });
    answer('NOT_LEADER_OR_FOLLOWER');
    advance(100);
    answer(null);
    advance(50);
    expect(results.map(({ errorCode, position }) => [errorCode, position])).toEqual([
      ['NETWORK_EXCEPTION', 0],
    ]);
  });

  test('gives up at once on an error that trying again does not mend', () => {
    const { results, answer } = polling();
    answer('OFFSET_OUT_OF_RANGE');
    expect(results.map(({ errorCode }) => errorCode)).toEqual(['OFFSET_OUT_OF_RANGE']);
  });
});
