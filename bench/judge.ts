/**
 * Operations judged a CPU second: a generated history is read from a file, linted, indexed and judged by every claim and
 * every anomaly check. Beside it what JSON.parse alone takes for the same lines, and the memory that stays in use.
 */

import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CLAIMS } from '../properties/claims/all-claims.ts';
import { HistoryJudge } from '../properties/judge/history-judge.ts';
import { HistoryReader } from '../reports/evidence/history-reader.ts';
import type { Judgement } from '../reports/evidence/judgement.ts';
import { HistoryGenerator } from './generated-history.ts';
import { cpuSeconds } from './measure.ts';

const HISTORIES = [
  { operations: 1_000_000, attempts: false },
  { operations: 1_000_000, attempts: true },
  { operations: 5_000_000, attempts: false },
] as const;
const CHUNK_BYTES = 1 << 20;

export function benchJudge(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'onceproof-'));
  try {
    print(
      '| operations | events | MB | CPU s | operations/s | sends and records read/s | JSON.parse alone, s | heap, B an operation |',
    );
    print('| --- | --- | --- | --- | --- | --- | --- | --- |');
    for (const { operations, attempts } of HISTORIES) {
      const file = join(folder, 'history.jsonl');
      writeHistory(file, operations, attempts);
      print(row(file));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return Promise.resolve();
}

function writeHistory(file: string, operations: number, attempts: boolean): void {
  const descriptor = openSync(file, 'w');
  let lines = [JSON.stringify({ kind: 'history', schemaVersion: 1, subject: 'generated' })];
  const flush = (): void => {
    writeSync(descriptor, `${lines.join('\n')}\n`);
    lines = [];
  };
  new HistoryGenerator((event) => {
    lines.push(JSON.stringify(event));
    if (lines.length === 4_096) flush();
  }, attempts).generate(operations);
  if (lines.length > 0) flush();
  closeSync(descriptor);
}

function row(file: string): string {
  const parsing = cpuSeconds(() => parseAlone(file));
  const before = heapBytes();
  const judge = new HistoryJudge(file, CLAIMS);
  const reader = new HistoryReader(file, (event) => judge.add(event));
  let bytes = 0;
  const reading = cpuSeconds(() => {
    for (const chunk of chunksOf(file)) {
      bytes += chunk.length;
      reader.push(chunk);
    }
  });
  const kept = heapBytes() - before;
  const judgements: Judgement[] = [];
  const judging = cpuSeconds(
    () => void judgements.push(judge.judgement(reader.end(), () => undefined)),
  );
  const { scope, claims, anomalies } = judgements[0]!;
  const alarm = [...claims, ...anomalies].find(
    ({ status }) => status === 'violated' || status === 'found',
  );
  if (alarm !== undefined) throw new Error(`${alarm.name} of a history that has nothing wrong`);
  const seconds = reading + judging;
  const cells = [
    scope.operations,
    scope.events,
    Math.round(bytes / 1e6),
    seconds.toFixed(1),
    Math.round(scope.operations / seconds),
    Math.round((scope.sends + scope.recordsRead) / seconds),
    parsing.toFixed(1),
    Math.round(kept / scope.operations),
  ];
  return `| ${cells.join(' | ')} |`;
}

function* chunksOf(file: string): Generator<Buffer> {
  const descriptor = openSync(file, 'r');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (;;) {
    const read = readSync(descriptor, chunk);
    if (read === 0) break;
    yield chunk.subarray(0, read);
  }
  closeSync(descriptor);
}

function parseAlone(file: string): void {
  let rest = '';
  for (const chunk of chunksOf(file)) {
    const lines = `${rest}${chunk.toString('latin1')}`.split('\n');
    rest = lines.pop()!;
    for (const line of lines) JSON.parse(line);
  }
}

/** After a collection: what is in use. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
