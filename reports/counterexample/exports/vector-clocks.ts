/**
 * A vector clock for each event of a participant: how many events of each participant it could depend on (Fidge,
 * Mattern). What befalls a message on its way is no participant's event; a copy carries the clock of its original.
 */

import type { Counterexample, LaneRow, MessageRow } from '../document.ts';

export type VectorClock = ReadonlyMap<string, number>;

/** An event at a participant. */
export interface ClockedRow {
  readonly host: string;
  readonly row: LaneRow | MessageRow;
  readonly clock: VectorClock;
}

export function clockedRows({ rows }: Counterexample): ClockedRow[] {
  const latest = new Map<string, VectorClock>();
  const carried = new Map<number, VectorClock>();
  const clocked: ClockedRow[] = [];
  for (const row of rows) {
    const host = hostOf(row);
    if (row.kind === 'message' && row.copy !== null) {
      carried.set(row.copy, carried.get(row.message) ?? new Map());
    }
    if (row.kind === 'clock' || host === null) continue;
    const isReceipt = row.kind === 'message' && row.fate !== 'sent';
    const message = isReceipt ? carried.get(row.message) : undefined;
    const clock = ticked(host, latest.get(host), message);
    latest.set(host, clock);
    if (row.kind === 'message' && !isReceipt) carried.set(row.message, clock);
    clocked.push({ host, row, clock });
  }
  return clocked;
}

/** Null: it happens at nobody. */
function hostOf(row: Counterexample['rows'][number]): string | null {
  if (row.kind === 'clock') return null;
  if (row.kind !== 'message') return row.lane;
  switch (row.fate) {
    case 'sent':
      return row.from;
    case 'delivered':
    case 'late':
      return row.to;
    case 'lost':
    case 'held':
    case 'duplicated':
      return null;
  }
}

function ticked(host: string, ...pasts: readonly (VectorClock | undefined)[]): VectorClock {
  const clock = new Map<string, number>();
  for (const past of pasts) {
    for (const [other, count] of past ?? [])
      clock.set(other, Math.max(clock.get(other) ?? 0, count));
  }
  return clock.set(host, (clock.get(host) ?? 0) + 1);
}
