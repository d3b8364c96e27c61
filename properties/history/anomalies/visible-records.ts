/**
 * Records that every reader of committed records must return from some point of the history on: acknowledged with an
 * offset, and outside any transaction or in one whose client was told that it is committed.
 */

import type { AcknowledgedLog } from '../acknowledged-log.ts';
import type { HistoryIndex } from '../history-index.ts';
import { NEVER, returnedOk, type Send } from '../operations.ts';

export interface VisibleRecord {
  readonly offset: number;
  readonly send: Send;
  /** Position of the event after which it is certain: the acknowledgement, or that of the commit. */
  readonly since: number;
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
  history: HistoryIndex,
  log: AcknowledgedLog,
  [from, to]: readonly [number, number],
  position: number,
): VisibleRecord | null {
  if (from >= to) return null;
  for (let index = log.firstFrom(from); index < log.length; index += 1) {
    const offset = log.offsetAt(index);
    if (offset >= to) return null;
    const send = log.sendAt(index);
    const since = visibleSince(history, send) ?? NEVER;
    if (since < position) return { offset, send, since };
  }
  return null;
}
