/**
 * Micro-operations judged a CPU second, in Jepsen's sense: each send, each record that a poll returned, each offset that a
 * call committed or fetched. A generated history is read from a file, linted, and judged by every claim and every
 * anomaly check, at two lengths, so that what grows with the length is seen; then what each claim and check takes.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLAIMS } from '../properties/claims/all-claims.ts';
import { isFolded } from '../properties/claims/claim.ts';
import { HistoryJudge } from '../properties/judge/history-judge.ts';
import type { HistoryEvent } from '../reports/evidence/history.ts';
import { HistoryReader } from '../reports/evidence/history-reader.ts';
import type { Judgement } from '../reports/evidence/judgement.ts';
import { chunksOf, writeHistory } from './history-file.ts';
import { fromFile, keptBytes } from './kept-bytes.ts';
import { cpuSeconds } from './measure.ts';
import { bytesInUse, collectGarbage } from './memory.ts';

const HISTORIES = [
  { operations: 250_000, attempts: false },
  { operations: 1_000_000, attempts: false },
  { operations: 250_000, attempts: true },
  { operations: 1_000_000, attempts: true },
] as const;
/** Of the claims that are judged of what is open: what is kept at two lengths. */
const FOLDED_LENGTHS = [100_000, 400_000] as const;
const HEAD = [
  'calls',
  'wire attempts',
  'micro-operations',
  'events',
  'MB',
  'CPU s',
  'micro-operations a CPU s',
  'JSON.parse alone, s',
  'kept, B a call',
  'peak, B a call',
];

/** What one history took. */
interface Measured {
  readonly judgement: Judgement;
  readonly microOperations: number;
  readonly bytes: number;
  /** CPU seconds of reading, linting and indexing, and of each claim and check. */
  readonly costs: ReadonlyMap<string, number>;
  readonly keptBytes: number;
  readonly peakBytes: number;
}

export function benchJudge(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'onceproof-'));
  const file = join(folder, 'history.jsonl');
  const measured: Measured[] = [];
  try {
    // Once before, so that no row pays for compiling.
    writeHistory(file, 50_000, true);
    measure(file);
    print(
      'A micro-operation is a send, a record that a poll returned, an offset that was committed',
    );
    print('or fetched. Memory is what is in use beyond the start; `peak` has garbage in it.\n');
    print(row(HEAD));
    print(row(HEAD.map(() => '---')));
    for (const { operations, attempts } of HISTORIES) {
      writeHistory(file, operations, attempts);
      const parsing = cpuSeconds(() => parseAlone(file));
      const result = measure(file);
      measured.push(result);
      print(row(cellsOf(result, parsing)));
    }
    printKept(file, print);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  printCosts(measured, print);
  return Promise.resolve();
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function cellsOf(
  { judgement, microOperations, bytes, costs, ...memory }: Measured,
  parsing: number,
) {
  const { scope } = judgement;
  const seconds = [...costs.values()].reduce((sum, cost) => sum + cost, 0);
  return [
    scope.operations,
    scope.attempts,
    microOperations,
    scope.events,
    Math.round(bytes / 1e6),
    seconds.toFixed(1),
    Math.round(microOperations / seconds),
    parsing.toFixed(1),
    Math.round(memory.keptBytes / scope.operations),
    Math.round(memory.peakBytes / scope.operations),
  ];
}

/** Each such claim alone, with every request on the wire. */
function printKept(file: string, print: (line: string) => void): void {
  const kept = FOLDED_LENGTHS.map((operations) => {
    writeHistory(file, operations, true);
    // Once before, so that nothing is left of what was measured last.
    keptBytes(fromFile(file), []);
    return CLAIMS.filter(isFolded).map((claim) => keptBytes(fromFile(file), [claim]));
  });
  print('');
  print(row(['judged alone', ...FOLDED_LENGTHS.map((calls) => `kept of ${calls} calls, KB`)]));
  print(row(['---', ...FOLDED_LENGTHS.map(() => '---')]));
  for (const [index, { name }] of CLAIMS.filter(isFolded).entries()) {
    print(row([name, ...kept.map((bytes) => Math.round(bytes[index]! / 1024))]));
  }
}

/** Seconds of every part, in the order in which they come, for each history. */
function printCosts(measured: readonly Measured[], print: (line: string) => void): void {
  const heads = measured.map(
    ({ judgement: { scope } }) =>
      `${scope.operations} calls${scope.attempts === 0 ? '' : ', attempts'}: s`,
  );
  print('');
  print(row(['part', ...heads]));
  print(row(['---', ...heads.map(() => '---')]));
  for (const part of measured[0]!.costs.keys()) {
    print(row([part, ...measured.map(({ costs }) => costs.get(part)!.toFixed(2))]));
  }
}

function measure(file: string): Measured {
  collectGarbage();
  const before = bytesInUse();
  let peak = before;
  let microOperations = 0;
  const judge = new HistoryJudge(file, CLAIMS);
  const reader = new HistoryReader(file, (event) => {
    microOperations += microOperationsIn(event);
    judge.add(event);
  });
  const costs = new Map<string, number>();
  let bytes = 0;
  const reading = cpuSeconds(() => {
    for (const chunk of chunksOf(file)) {
      bytes += chunk.length;
      reader.push(chunk);
      peak = Math.max(peak, bytesInUse());
    }
  });
  const header = reader.end();
  costs.set('reading, linting, indexing', reading);
  let part: string | null = null;
  let since = process.cpuUsage().user;
  const lap = (next: string | null): void => {
    const now = process.cpuUsage().user;
    if (part !== null) costs.set(part, (now - since) / 1e6);
    peak = Math.max(peak, bytesInUse());
    part = next;
    since = process.cpuUsage().user;
  };
  const judgement = judge.judgement(header, lap);
  lap(null);
  expectNothingWrong(judgement);
  collectGarbage();
  // Names `judge` after the collection, so that what it keeps is still there.
  const keptBytes = judge.operations > 0 ? bytesInUse() - before : 0;
  return { judgement, microOperations, bytes, costs, keptBytes, peakBytes: peak - before };
}

function microOperationsIn(event: HistoryEvent): number {
  switch (event.type) {
    case 'invoke':
      if (event.call === 'send') return 1;
      return 'offsets' in event ? event.offsets.length : 0;
    case 'ok':
      return (event.records?.length ?? 0) + (event.offsets?.length ?? 0);
    default:
      return 0;
  }
}

function expectNothingWrong({ claims, anomalies }: Judgement): void {
  const alarm = [...claims, ...anomalies].find(
    ({ status }) => status === 'violated' || status === 'found',
  );
  if (alarm !== undefined)
    throw new Error(`${alarm.name} is not as it should be in a history that has nothing wrong`);
}

function parseAlone(file: string): void {
  let rest = '';
  for (const chunk of chunksOf(file)) {
    const lines = `${rest}${chunk.toString('latin1')}`.split('\n');
    rest = lines.pop()!;
    for (const line of lines) JSON.parse(line);
  }
}
