import { expect, test } from 'vitest';
import { HISTORY_CONTENTS, HistoryContents, type HistoryContent } from './contents.ts';
import { historyFrom } from './history-notation.ts';
import { RecordedHistory } from './recorded-history.ts';
import { historyEventSchema, type HistoryEvent } from '../../reports/evidence/history.ts';

function contents(events: readonly HistoryEvent[]): readonly HistoryContent[] {
  const found = new HistoryContents();
  const index = new RecordedHistory(events);
  for (const [position, event] of events.entries()) {
    if (event.type === 'request') found.attempted();
    if (event.type === 'ok') found.returned(index.operationAt(position)!.invocation, event);
  }
  return (Object.keys(HISTORY_CONTENTS) as HistoryContent[]).filter((name) => found.has(name));
}

const SENT = `A#1 init A => ok 7 0\nA#1 begin 1 => ok\nA#1 send 1 a-0 x => ok 0`;

test.each<readonly [string, string, readonly HistoryContent[]]>([
  ['nothing', '', []],
  ['a producer without a transactional id', 'A#1 init - => ok', []],
  ['what was refused', 'A#1 init A => failed', []],
  [
    'a transaction that is open',
    SENT,
    ['producers', 'transactions', 'acknowledgements', 'acknowledged-offsets'],
  ],
  [
    'an acknowledgement without offset',
    'A#1 init - => ok\nA#1 send - a-0 x => ok',
    ['acknowledgements'],
  ],
  ['a begin', 'A#1 init A => ok\nA#1 begin 1 => ok', ['producers', 'transactions']],
  ['an attempt', 'A#1 request Produce', ['wire-attempts']],
  ['a read', 'R poll committed a-0 => x@0', ['committed-reads', 'stable-offsets']],
  [
    'final reads',
    'R final committed a-0 => x@0\nR final uncommitted a-0 => x@0',
    ['committed-reads', 'final-committed-reads', 'final-uncommitted-reads', 'stable-offsets'],
  ],
])('%s', (_, text, expected) => {
  expect(contents(historyFrom(text))).toEqual(expected);
});

const at = { time: 0, process: 'A#1', op: 0 };
const group = {
  group: 'g',
  generation: -1,
  memberId: '',
  offsets: [{ partition: 'a-0', offset: 1 }],
};

const fetch = {
  call: 'fetch-offsets',
  group: 'g',
  partitions: ['a-0'],
  requireStable: true,
} as const;
const sent = { call: 'send', transaction: null, partition: 'a-0', value: 'x' } as const;

test.each<readonly [HistoryContent, object, object]>([
  ['probes', { call: 'init', transactionalId: 'A', probe: true }, {}],
  ['inputs', { ...sent, input: { partition: 'b-0', offset: 0 } }, {}],
  ['transactional-offsets', { call: 'send-offsets', transaction: 1, ...group }, {}],
  ['offset-fetches', { ...fetch, final: false }, { offsets: [] }],
  ['final-offset-fetches', { ...fetch, final: true }, { offsets: [] }],
  [
    'stable-offsets',
    { call: 'end-offset', isolation: 'read_committed', partition: 'a-0' },
    { offset: 1 },
  ],
  [
    'described-transactions',
    { call: 'describe-transaction', transactionalId: 'A' },
    { state: null },
  ],
])('%s', (content, invocation, ok) => {
  const events = [
    historyEventSchema.parse({ type: 'invoke', ...at, ...invocation }),
    historyEventSchema.parse({ type: 'ok', ...at, ...ok }),
  ];
  expect(contents(events)).toContain(content);
  expect(contents(events.slice(0, 1))).toEqual([]);
});
