/** Generated histories as files, written and read a chunk at a time. */

import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { HistoryGenerator } from './generated-history.ts';

const CHUNK_BYTES = 1 << 20;

export function writeHistory(file: string, operations: number, attempts: boolean): void {
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

export function* chunksOf(file: string): Generator<Buffer> {
  const descriptor = openSync(file, 'r');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (;;) {
    const read = readSync(descriptor, chunk);
    if (read === 0) break;
    yield chunk.subarray(0, read);
  }
  closeSync(descriptor);
}
