/** What each event of a trace changes in the state of the whole system. */

import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '../evidence/trace.ts';
import { Messages } from './messages.ts';
import { merged, SystemState } from './system-state.ts';

const REQUEST: TraceEvent = {
  kind: 'sent',
  time: 0,
  message: 4,
  leg: 'request',
  from: 'A#1',
  to: 'coordinator',
  api: 'EndTxn',
  apiVersion: 4,
  text: 'COMMIT',
};

/** `path: before -> after` of each event. */
function changes(...trace: TraceEvent[]): string[][] {
  const state = new SystemState(new Messages(trace));
  return trace.map((event) =>
    state
      .changesBy(event)
      .map(({ path, before, after }) => `${path.join(' › ')}: ${before ?? '-'} -> ${after ?? '-'}`),
  );
}

describe('the state of the whole system', () => {
  test('knows what is on its way, and what was held back or copied', () => {
    const trace = changes(
      REQUEST,
      { kind: 'duplicated', time: 0, message: 4, copy: 6 },
      { kind: 'held', time: 0, message: 4 },
      { kind: 'delivered', time: 1, message: 4, late: true },
      { kind: 'lost', time: 1, message: 6, reason: 'fault' },
    );
    const way = 'network › A#1 → coordinator › EndTxn (message';
    expect(trace).toEqual([
      [`${way} 4): - -> under way`],
      [`${way} 6): - -> copy kept back`],
      [`${way} 4): under way -> held back`],
      [`${way} 4): held back -> -`],
      [`${way} 6): copy kept back -> -`],
    ]);
  });

  test('is compared field by field, all the way down', () => {
    const published = (producerEpoch: number, open: number | null): TraceEvent => ({
      kind: 'state',
      time: 0,
      lane: 'leader a-0',
      text: '',
      fields: {
        lastStableOffset: 0,
        producers: { '7': { producerEpoch, currentTransactionFirstOffset: open } },
      },
    });
    expect(changes(published(0, 3), published(1, 3), published(1, null))).toEqual([
      [
        'leader a-0 › lastStableOffset: - -> 0',
        'leader a-0 › producers › 7 › producerEpoch: - -> 0',
        'leader a-0 › producers › 7 › currentTransactionFirstOffset: - -> 3',
      ],
      ['leader a-0 › producers › 7 › producerEpoch: 0 -> 1'],
      ['leader a-0 › producers › 7 › currentTransactionFirstOffset: 3 -> -'],
    ]);
  });

  test('keeps the states of several transactional ids apart, and a sentence where there are no fields', () => {
    const published = (of: string, text: string): TraceEvent => ({
      kind: 'state',
      time: 0,
      lane: 'coordinator',
      of,
      text,
    });
    expect(
      changes(published('A', 'loading'), published('B', 'loading'), published('A', 'Empty')),
    ).toEqual([
      ['coordinator › A › state: - -> loading'],
      ['coordinator › B › state: - -> loading'],
      ['coordinator › A › state: loading -> Empty'],
    ]);
  });

  test('loses in a crash what was in memory and what was not flushed', () => {
    const lane = 'leader a-0';
    const appended = (offset: number, text: string): TraceEvent => ({
      kind: 'appended',
      time: 0,
      lane,
      log: 'a-0',
      offset,
      text,
    });
    const trace = changes(
      appended(0, 'v1'),
      { kind: 'replicated', time: 0, lane, log: 'a-0', highWatermark: 1 },
      appended(1, 'v2'),
      { kind: 'state', time: 0, lane, text: 'LSO 0' },
      { kind: 'crashed', time: 1, lane },
      { kind: 'restarted', time: 2, lane },
    );
    expect(trace.slice(4)).toEqual([
      [
        'leader a-0 › state: LSO 0 -> -',
        'leader a-0 › process: - -> crashed',
        'log a-0 › [1]: v2 -> -',
      ],
      ['leader a-0 › process: crashed -> -'],
    ]);
  });

  test('sums up several events: the first value before, the last after, nothing if they are equal', () => {
    const change = (name: string, before: string | null, after: string | null) => ({
      path: [name],
      before,
      after,
    });
    expect(
      merged([
        change('a', null, '1'),
        change('b', '1', '2'),
        change('a', '1', '2'),
        change('b', '2', '1'),
      ]),
    ).toEqual([change('a', null, '2')]);
  });
});
