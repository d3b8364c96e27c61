/** Whole pictures are compared with snapshots; read the diff before you update them. */

import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { HANGING_TRANSACTION } from '../evidence/hanging-transaction.fixture.ts';
import type { Finding } from '../evidence/finding.ts';
import { ANSI } from '../terminal/style.ts';
import { counterexample } from './document.ts';
import { renderCounterexample } from './render-text.ts';

const document = counterexample(HANGING_TRANSACTION);
const render = (options: { columns: number; all?: boolean }): string =>
  renderCounterexample(document, { all: false, file: 'finding.json', ...options });

describe('a hanging transaction', () => {
  test('in 80 columns, what the offending events could depend on', () => {
    expect(render({ columns: 80 })).toMatchSnapshot();
  });

  test('in 120 columns, everything', () => {
    expect(render({ columns: 120, all: true })).toMatchSnapshot();
  });

  test.each([80, 100, 120, 160, 200])('no line is longer than %d columns', (columns) => {
    const lines = render({ columns, all: true }).split('\n');
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
  });

  test('fewer than 80 columns are drawn as 80', () => {
    expect(render({ columns: 20 })).toBe(render({ columns: 80 }));
  });

  test('shows what a terminal would obey', () => {
    const hostile = 'v1\u001b]0;owned\u0007\u202e\nv2';
    const trace = HANGING_TRANSACTION.trace.map((event) =>
      event.kind === 'state' ? { ...event, text: hostile } : event,
    );
    const text = renderCounterexample(counterexample({ ...HANGING_TRANSACTION, trace }), {
      columns: 200,
      all: true,
      file: 'finding.json',
    });
    expect(text).toContain('v1\\u001b]0;owned\\u0007\\u202e\\u000av2');
    for (const obeyed of ['\u001b', '\u0007', '\u202e']) expect(text).not.toContain(obeyed);
  });

  test('colour adds escape sequences and changes nothing else', () => {
    const coloured = renderCounterexample(document, {
      columns: 80,
      all: false,
      file: 'finding.json',
      style: ANSI,
    });
    expect(coloured).toContain('\u001b[31m');
    expect(stripVTControlCharacters(coloured)).toBe(render({ columns: 80 }));
    expect(render({ columns: 80 })).not.toContain('\u001b');
  });
});

describe('what befalls messages and participants', () => {
  /** Two instances, a coordinator that crashes, a request that is lost and one that is duplicated. */
  const trouble: Finding = {
    ...HANGING_TRANSACTION,
    status: 'expected',
    permitted: { anomaly: 'late EndTxn', source: 'KAFKA-17754' },
    mutant: 'C04',
    history: [
      { type: 'invoke', time: 0, process: 'A#1', op: 0, call: 'commit', transaction: 1 },
      { type: 'unknown', time: 5, process: 'A#1', op: 0, error: 'TIMEOUT' },
    ],
    violation: { ...HANGING_TRANSACTION.violation, events: [0, 1] },
    trace: [
      { kind: 'history', time: 0, event: 0 },
      ...['A#1', 'A#2'].flatMap((from, index): Finding['trace'] => [
        {
          kind: 'sent',
          time: 1,
          message: index,
          leg: 'request',
          from,
          to: 'coordinator',
          api: 'EndTxn',
          apiVersion: 4,
          text: 'commit, id 0 epoch 0',
        },
      ]),
      { kind: 'duplicated', time: 1, message: 0, copy: 7 },
      { kind: 'lost', time: 1, message: 1, reason: 'fault' },
      { kind: 'delivered', time: 2, message: 0, late: false },
      { kind: 'crashed', time: 3, lane: 'coordinator' },
      { kind: 'delivered', time: 3, message: 7, late: true },
      { kind: 'restarted', time: 4, lane: 'coordinator' },
      { kind: 'state', time: 4, lane: 'leader a-0', text: 'LSO 0' },
      { kind: 'history', time: 5, event: 1 },
    ],
  };

  test('lost, duplicated and late messages, crash and restart, a permitted anomaly', () => {
    const text = renderCounterexample(counterexample(trouble), {
      columns: 100,
      all: true,
      file: 'finding.json',
    });
    expect(text).toMatchSnapshot();
  });

  test('two views of one finding number the same event alike', () => {
    const numbers = (all: boolean): string[] =>
      renderCounterexample(document, { columns: 200, all, file: 'f' })
        .split('\n')
        .filter((line) => line.includes('late: the sender has given up'));
    expect(numbers(false)).toEqual(numbers(true));
  });
});
