/** The fast parser says what JSON.parse and the schema say, or nothing. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HistoryLineParser } from './history-line-parser.ts';
import { historyEventSchema } from './history.ts';

const at = { time: 3, process: 'A#1', op: 2 };
const invoke = { type: 'invoke', ...at };
const group = {
  group: 'g',
  generation: -1,
  memberId: '',
  offsets: [{ partition: 'a-0', offset: -1 }],
};

/** Every kind of line, with and without what is optional. */
const LINES: readonly object[] = [
  { ...invoke, call: 'init', transactionalId: 'A' },
  { ...invoke, call: 'init', transactionalId: null, probe: true },
  { ...invoke, call: 'begin', transaction: 1 },
  { ...invoke, call: 'send', transaction: 1, partition: 'a-0', value: 'x' },
  { ...invoke, call: 'send', transaction: null, partition: '', value: '' },
  {
    ...invoke,
    call: 'send',
    transaction: 2,
    partition: 'a-0',
    value: 'x',
    input: { partition: 'b-0', offset: 0 },
  },
  { ...invoke, call: 'commit', transaction: 1 },
  { ...invoke, call: 'abort', transaction: 12 },
  {
    ...invoke,
    call: 'poll',
    isolation: 'read_committed',
    partition: 'a-0',
    from: -1,
    final: false,
  },
  { ...invoke, call: 'end-offset', isolation: 'read_uncommitted', partition: 'a-0' },
  { ...invoke, call: 'join', group: 'g' },
  { ...invoke, call: 'send-offsets', transaction: 1, ...group },
  { ...invoke, call: 'commit-offsets', ...group, offsets: [] },
  { type: 'ok', ...at },
  { type: 'ok', ...at, offset: -1 },
  { type: 'ok', ...at, producerId: 7000, producerEpoch: 0 },
  { type: 'ok', ...at, generation: 0, memberId: 'm' },
  { type: 'ok', ...at, offsets: [{ partition: 'a-0', offset: 1 }] },
  { type: 'ok', ...at, records: [] },
  {
    type: 'ok',
    ...at,
    records: [
      { offset: 0, value: 'x' },
      { offset: 1, value: null },
    ],
    position: 2,
    highWatermark: 3,
    lastStableOffset: 2,
  },
  { type: 'failed', ...at, error: 'PRODUCER_FENCED' },
  { type: 'unknown', ...at, error: '' },
  { type: 'request', time: 0, process: 'A#1', request: 0, api: 'EndTxn', apiVersion: 5 },
  {
    type: 'request',
    time: 0,
    process: 'A#1',
    request: 0,
    api: 'Produce',
    apiVersion: 12,
    producerId: 7,
    producerEpoch: -1,
    partition: 'a-0',
    baseSequence: 0,
    committed: true,
  },
  { type: 'response', time: 0, process: 'A#1', request: 0, errorCode: 'NONE' },
  { type: 'response', time: 0, process: 'A#1', request: 0, errorCode: null },
  { type: 'copy', time: 0, process: 'A#1', request: 0 },
  { type: 'crash', time: 0, process: 'A#1' },
];
/** Kinds that are rare in any history. */
const SLOW: readonly object[] = [
  {
    ...invoke,
    call: 'fetch-offsets',
    group: 'g',
    partitions: [],
    requireStable: true,
    final: true,
  },
  { ...invoke, call: 'init', transactionalId: 'A', transactionTimeoutMs: 60_000 },
  { ...invoke, call: 'describe-transaction', transactionalId: 'A' },
  { type: 'ok', ...at, state: 'Ongoing' },
];

/** One parser for all lines, since what a line leaves behind must not show in the next. */
const parser = new HistoryLineParser();
function fast(line: string): unknown {
  const bytes = Buffer.from(`${line}\n`);
  return parser.parse(bytes, 0, bytes.length);
}

/** Undefined: refused. */
function slow(line: string): unknown {
  try {
    return historyEventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

describe('a plain line of every kind is parsed fast', () => {
  test.each(LINES.map((line) => [JSON.stringify(line), line] as const))('%s', (text, line) => {
    expect(slow(text)).toEqual(line);
    expect(fast(text)).toEqual(line);
  });

  test('with spaces between the tokens, as other languages write them', () => {
    for (const line of LINES) {
      expect(
        fast(JSON.stringify(line).replaceAll(/([:,])(?=["[{\d-]|null|true|false)/g, '$1 ')),
      ).toEqual(line);
    }
  });

  test('with its fields in any order', () => {
    fc.assert(
      fc.property(reordered(), ({ text, line }) => {
        expect(fast(text)).toEqual(line);
      }),
    );
  });
});

function reordered(): fc.Arbitrary<{ readonly text: string; readonly line: object }> {
  return fc.constantFrom(...LINES).chain((line) => {
    const entries = Object.entries(line);
    return fc
      .shuffledSubarray(entries, { minLength: entries.length })
      .map((shuffled) => ({ text: JSON.stringify(Object.fromEntries(shuffled)), line }));
  });
}

const VALUES: readonly fc.Arbitrary<unknown>[] = [
  fc.constantFrom(
    -1,
    0,
    1,
    1.5,
    1e300,
    2 ** 53,
    123_456_789_012_345,
    'NONE',
    'EndTxn',
    'send',
    'ok',
  ),
  fc.constantFrom('', '\u001b[31m', '<b>', 'é', '"', '\\', null, true, [], {}, 'read_committed'),
  fc.jsonValue({ maxDepth: 2 }),
];
const NAMES = [...new Set([...LINES, ...SLOW].flatMap((line) => Object.keys(line)))];

/** A line with a field changed, added, taken away or written twice. */
const editedField = fc
  .tuple(
    fc.constantFrom(...LINES, ...SLOW),
    fc.constantFrom(...NAMES, 'other'),
    fc.oneof(...VALUES),
    fc.nat(3),
  )
  .map(([line, name, value, how]) => {
    const entries = Object.entries(line);
    if (how === 0)
      return JSON.stringify(Object.fromEntries(entries.filter(([key]) => key !== name)));
    if (how > 1) return JSON.stringify({ ...line, [name]: value });
    return JSON.stringify(line).replace(/}$/, `,${JSON.stringify(name)}:${JSON.stringify(value)}}`);
  });

/** A line with some of its text replaced. */
const editedText = fc
  .tuple(
    fc.constantFrom(...LINES, ...SLOW),
    fc.nat(200),
    fc.nat(3),
    fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        '"',
        '\\',
        '\\u0041',
        ',',
        ':',
        '{',
        '}',
        '[',
        ']',
        '0',
        '-',
        '-0',
        '.5',
      ),
      fc.constantFrom(
        'e3',
        '\t',
        '\u0000',
        '\u007f',
        'é',
        '\ud800',
        '0123',
        '1234567890123456',
        'null',
        '\r',
      ),
    ),
  )
  .map(([line, where, removed, inserted]) => {
    const text = JSON.stringify(line);
    const start = where % (text.length + 1);
    return `${text.slice(0, start)}${inserted}${text.slice(start + removed)}`;
  });

describe('what the fast parser returns is what the schema returns', () => {
  test.each([
    ['edited fields', editedField],
    ['edited text', editedText],
  ])('%s', (_, lines) => {
    fc.assert(
      fc.property(lines, (line) => {
        const event = fast(line);
        if (event !== null) expect(event).toStrictEqual(slow(line));
      }),
      { numRuns: 20_000 },
    );
  });
});
