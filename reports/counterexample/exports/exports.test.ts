/** What other tools are given: a log that ShiViz' own rules accept, a diagram, a test. */

import { describe, expect, test } from 'vitest';
import { HANGING_TRANSACTION } from '../../evidence/hanging-transaction.fixture.ts';
import type { Finding } from '../../evidence/finding.ts';
import type { TraceEvent } from '../../evidence/trace.ts';
import { counterexample } from '../document.ts';
import { laneOfProcess } from '../lanes.ts';
import { renderMermaid } from './render-mermaid.ts';
import { renderShiviz } from './render-shiviz.ts';
import { renderVitest } from './render-vitest.ts';

const document = counterexample(HANGING_TRANSACTION);

/** Two requests and their copies: one arrives twice, late after a message that was sent later; of the other only the copy. */
const COPIED: Finding = {
  ...HANGING_TRANSACTION,
  history: [],
  trace: [
    sent(0, 'A#1'),
    { kind: 'duplicated', time: 0, message: 0, copy: 4 },
    { kind: 'delivered', time: 1, message: 0, late: false },
    sent(2, 'A#2'),
    { kind: 'delivered', time: 1, message: 2, late: false },
    sent(6, 'A#2'),
    { kind: 'lost', time: 1, message: 6, reason: 'fault' },
    { kind: 'delivered', time: 2, message: 4, late: true },
    sent(8, 'A#1'),
    { kind: 'duplicated', time: 2, message: 8, copy: 10 },
    { kind: 'lost', time: 2, message: 8, reason: 'fault' },
    { kind: 'delivered', time: 2, message: 10, late: true },
    { kind: 'state', time: 2, lane: 'coordinator', text: 'Ongoing' },
  ],
};

function sent(message: number, from: string): TraceEvent {
  const what = { leg: 'request', api: 'EndTxn', apiVersion: 4, text: 'COMMIT' } as const;
  return { kind: 'sent', time: 0, message, from, to: 'coordinator', ...what };
}

interface Logged {
  readonly host: string;
  readonly clock: Readonly<Record<string, number>>;
  readonly number: number;
}

/** As ShiViz reads a file: the expression from line 1, no delimiter in line 2, the log from line 3. */
function parsed(file: string): Logged[] {
  const [expression, delimiter, ...log] = file.split('\n');
  expect(delimiter).toBe('');
  const events = [...log.join('\n').matchAll(new RegExp(`^${expression}$`, 'gm'))];
  expect(events, 'every two lines are an event').toHaveLength(Math.floor(log.length / 2));
  return events.map(({ groups }) => ({
    host: groups!['host']!,
    clock: JSON.parse(groups!['clock']!) as Record<string, number>,
    number: Number(/^(?:![12] )?(\d+):/.exec(groups!['event']!)![1]),
  }));
}

/** Happened-before by its definition, from the trace alone: the order at each participant, and from sending to arrival. */
function pastOf(finding: Finding): Map<number, Set<number>> {
  const numbers = numbersOf(finding);
  const past = new Map<number, Set<number>>();
  const latest = new Map<string, number>();
  const sentAt = new Map<number, number>();
  for (const [index, event] of finding.trace.entries()) {
    if (event.kind === 'duplicated') sentAt.set(event.copy, sentAt.get(event.message)!);
    const host = hostOf(event, finding);
    const number = numbers.get(index);
    if (host === null || number === undefined) continue;
    const message = event.kind === 'delivered' ? sentAt.get(event.message) : undefined;
    const before = [latest.get(host), message].filter((other) => other !== undefined);
    past.set(number, new Set(before.flatMap((other) => [other, ...past.get(other)!])));
    latest.set(host, number);
    if (event.kind === 'sent') sentAt.set(event.message, number);
  }
  return past;
}

/** Rows are numbered in the order of the trace; attempts have none. */
function numbersOf(finding: Finding): Map<number, number> {
  const numbers = new Map<number, number>();
  for (const [index, event] of finding.trace.entries()) {
    const recorded = event.kind === 'history' ? finding.history[event.event] : undefined;
    const isTold =
      recorded === undefined || !['request', 'response', 'crash'].includes(recorded.type);
    if (isTold) numbers.set(index, numbers.size + 1);
  }
  return numbers;
}

function hostOf(event: TraceEvent, { history, trace }: Finding): string | null {
  const ends = (message: number): { from: string; to: string } | null => {
    const copied = trace.find((other) => other.kind === 'duplicated' && other.copy === message);
    const original = copied?.kind === 'duplicated' ? copied.message : message;
    const found = trace.find((other) => other.kind === 'sent' && other.message === original);
    return found?.kind === 'sent' ? found : null;
  };
  switch (event.kind) {
    case 'sent':
      return event.from;
    case 'delivered':
      return ends(event.message)?.to ?? null;
    case 'step':
      return 'script';
    case 'history':
      return laneOfProcess(history[event.event]!.process);
    case 'clock':
    case 'lost':
    case 'held':
    case 'duplicated':
      return null;
    default:
      return event.lane;
  }
}

describe.each([
  ['a hanging transaction', HANGING_TRANSACTION],
  ['a copied message', COPIED],
])('the log for ShiViz of %s', (_name, finding) => {
  const log = parsed(renderShiviz(counterexample(finding)));

  test('has each host count its own events by one', () => {
    const counts = new Map<string, number>();
    for (const { host, clock } of log) {
      const next = (counts.get(host) ?? 0) + 1;
      expect(clock[host]).toBe(next);
      counts.set(host, next);
    }
  });

  test('orders two events by their clocks when and only when one happened before the other', () => {
    const past = pastOf(finding);
    expect(log.map(({ number }) => number)).toEqual([...past.keys()]);
    for (const one of log) {
      for (const other of log) {
        const isBefore = one !== other && one.clock[one.host]! <= (other.clock[one.host] ?? 0);
        expect(isBefore, `${one.number} before ${other.number}`).toBe(
          past.get(other.number)!.has(one.number),
        );
      }
    }
  });
});

describe('the diagram for Mermaid', () => {
  test('of what the offending events could depend on', () => {
    expect(renderMermaid(document, false)).toMatchSnapshot();
  });

  test('of everything, with a copied and a lost message', () => {
    expect(renderMermaid(counterexample(COPIED), true)).toMatchSnapshot();
  });

  test('lets no name end a line, a statement or the diagram', () => {
    const hostile = 'end; %% <b>\n  participant x #quot; {"';
    const renamed = {
      ...COPIED,
      trace: COPIED.trace.map((event) => ({ ...event, text: hostile })),
    };
    const text = renderMermaid(counterexample(renamed as Finding), true);
    const lines = text.split('\n').filter((line) => line.includes('participant x'));
    expect(lines, 'thirteen events, of which two sendings are told by arrivals').toHaveLength(11);
    for (const line of lines) {
      const [, words] = /^ {2}(?:Note over )?p\d(?:\S*p\d)?: (.*)$/.exec(line)!;
      expect(words!.replaceAll(/#\d+;/g, '')).not.toMatch(/[;%<>"{}#]/);
    }
  });
});

describe('the test for vitest', () => {
  test('names scenario, claim and subject', () => {
    expect(renderVitest(document, HANGING_TRANSACTION.scenario)).toMatchSnapshot();
  });

  test('keeps hostile text inside its comment and its strings', () => {
    const hostile = "*/ process.exit(1) /* ' ${x} \\ \u202E\u2028\n";
    const scenario = { ...HANGING_TRANSACTION.scenario, description: hostile };
    const text = renderVitest({ ...document, message: hostile, mutant: "a', b" }, scenario);
    expect(text).toMatchSnapshot();
    expect(text.indexOf('*/')).toBe(text.indexOf('\n */\n') + 2);
  });
});
