/**
 * Records that every reader of committed records must return from some point of the history on: acknowledged with an
 * offset, and outside any transaction or in one whose client was told that it is committed.
 */

import type { HistoryIndex } from '../history-index.ts';
import { returnedOk, type Send } from '../operations.ts';

export interface VisibleRecord {
  readonly offset: number;
  readonly send: Send;
  /** Position of the event after which it is certain: the acknowledgement, or that of the commit. */
  readonly since: number;
}

const known = new WeakMap<HistoryIndex, ReadonlyMap<string, readonly VisibleRecord[]>>();

/** By partition, in order of offset. Several checks ask for it, of a history that is complete. */
export function visibleRecords(
  history: HistoryIndex,
): ReadonlyMap<string, readonly VisibleRecord[]> {
  let logs = known.get(history);
  if (logs === undefined) known.set(history, (logs = collect(history)));
  return logs;
}

function collect(history: HistoryIndex): ReadonlyMap<string, readonly VisibleRecord[]> {
  const logs = new Map<string, VisibleRecord[]>();
  for (const send of history.sends) {
    const offset = send.completion?.type === 'ok' ? send.completion.offset : undefined;
    if (offset === undefined || offset < 0) continue;
    const since = visibleSince(history, send);
    if (since === null) continue;
    const { partition } = send.invocation;
    const log = logs.get(partition);
    if (log === undefined) logs.set(partition, [{ offset, send, since }]);
    else log.push({ offset, send, since });
  }
  for (const log of logs.values()) {
    if (!isInOrder(log)) log.sort((left, right) => left.offset - right.offset);
  }
  return logs;
}

function isInOrder(log: readonly VisibleRecord[]): boolean {
  for (let index = 1; index < log.length; index += 1) {
    if (log[index]!.offset < log[index - 1]!.offset) return false;
  }
  return true;
}

/** Null: it need not be visible. */
export function visibleSince(history: HistoryIndex, send: Send): number | null {
  if (!returnedOk(send)) return null;
  if (send.invocation.transaction === null) return send.completedAt;
  const commit = history.transactionOf(send)?.toldCommitted ?? null;
  return commit === null ? null : Math.max(send.completedAt, commit.completedAt);
}

/** The first record at an offset from `from` to before `to` that had to be visible at a position of the history. */
export function firstVisible(
  log: readonly VisibleRecord[],
  from: number,
  to: number,
  position: number,
): VisibleRecord | null {
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (log[middle]!.offset < from) low = middle + 1;
    else high = middle;
  }
  for (let index = low; index < log.length && log[index]!.offset < to; index += 1) {
    if (log[index]!.since < position) return log[index]!;
  }
  return null;
}
