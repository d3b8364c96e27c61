/** Reads a history that the user named, from a file, a gzipped file or standard input, a chunk at a time. */

import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { getHeapStatistics } from 'node:v8';
import { createGunzip } from 'node:zlib';
import type { HistoryEvent, HistoryHeader } from '../reports/evidence/history.ts';
import { HistoryReader, type ColumnOf } from '../reports/evidence/history-reader.ts';
import { UsageError } from './errors.ts';

export const STANDARD_INPUT = '-';
const CHUNK_BYTES = 1 << 20;
/** Beyond four fifths of the heap the engine may give up (it calls its collections ineffective), without saying what to do. */
const HEAP_SHARE_MAX = 0.8;

export interface Reading {
  readonly onEvent: (event: HistoryEvent, columnOf: ColumnOf) => void;
  /** After each chunk: bytes read so far, and of how many; null: not known. */
  readonly onChunk: (bytes: number, total: number | null) => void;
}

/** For messages. */
export function historyName(path: string): string {
  return path === STANDARD_INPUT ? 'standard input' : path;
}

export async function readHistoryFile(path: string, reading: Reading): Promise<HistoryHeader> {
  const name = historyName(path);
  const reader = new HistoryReader(name, reading.onEvent);
  const isZipped = path.endsWith('.gz');
  const total = path === STANDARD_INPUT ? null : sizeOf(path);
  const source =
    path === STANDARD_INPUT
      ? process.stdin
      : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  // `pipeline` hands an error of the file on to whoever reads the chunks.
  const chunks = isZipped
    ? pipeline(source, createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined)
    : source;
  try {
    let bytes = 0;
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      reader.push(chunk);
      reading.onChunk(bytes, isZipped ? null : total);
      refuseTooLarge(name);
    }
  } catch (cause) {
    if (!isErrno(cause)) throw cause;
    throw unreadable(name, cause);
  }
  return reader.end();
}

/** The events on these lines. */
export async function eventsOnLines(
  path: string,
  lines: ReadonlySet<number>,
): Promise<ReadonlyMap<number, HistoryEvent>> {
  const found = new Map<number, HistoryEvent>();
  if (lines.size === 0) return found;
  let line = 1;
  await readHistoryFile(path, {
    onEvent: (event) => {
      line += 1;
      if (lines.has(line)) found.set(line, event);
    },
    onChunk: () => undefined,
  });
  return found;
}

function sizeOf(path: string): number | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true ? found.size : null;
}

/** Called while a history is read and judged: refusing beats being ended by the engine. */
export function refuseTooLarge(name: string): void {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  if (used < HEAP_SHARE_MAX * limit) return;
  const megabytes = Math.round(limit / 2 ** 20);
  throw new UsageError(
    `${name}: expected a history whose operations fit into the ${megabytes} MB that Node may use, found a longer one. ` +
      'Give Node more, for example NODE_OPTIONS=--max-old-space-size=16384, judge by fewer --claims, or cut the history where everything is at rest.',
  );
}

function unreadable(name: string, cause: NodeJS.ErrnoException): UsageError {
  return new UsageError(
    `Expected a history's file, found "${name}": ${cause.message}. Give a path, or - for standard input.`,
    { cause },
  );
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'errno' in error;
}
