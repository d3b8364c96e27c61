/**
 * Which rows a view draws. The short view keeps what the offending events could depend on and folds the rest; both
 * views draw a message that arrives before anything else happens as one row.
 */

import { clock, type MessageRow, type Row } from './document.ts';

/** Rows that were left out, between two that were not. */
export interface Gap {
  readonly kind: 'gap';
  readonly rows: readonly Row[];
}

export function visibleRows(rows: readonly Row[], all: boolean): (Row | Gap)[] {
  if (all) return rows.filter((row, index) => !isToldBy(row, rows[index + 1]));
  return withoutStubs(withGaps(withJoinedClocks(rows)));
}

/** One long wait instead of many, if nothing that is told happened in between. */
function withJoinedClocks(rows: readonly Row[]): Row[] {
  const joined: Row[] = [];
  let waiting = -1;
  for (const row of rows) {
    const first = joined[waiting];
    if (row.kind === 'clock' && first?.kind === 'clock') {
      joined[waiting] = { ...first, ...clock(first.durationMs + row.durationMs) };
      continue;
    }
    joined.push(row);
    if (row.kind === 'clock') waiting = joined.length - 1;
    else if (isTelling(row)) waiting = -1;
  }
  return joined;
}

function withoutStubs(rows: readonly (Row | Gap)[]): (Row | Gap)[] {
  return rows.filter((row, index) => {
    const next = rows.slice(index + 1).find((other) => other.kind !== 'gap');
    return row.kind === 'gap' || !isToldBy(row, next);
  });
}

function withGaps(rows: readonly Row[]): (Row | Gap)[] {
  const kept: (Row | Gap)[] = [];
  let folded: Row[] = [];
  for (const row of rows) {
    if (!isTelling(row)) {
      if (isWorthCounting(row)) folded.push(row);
      continue;
    }
    if (folded.length > 0) kept.push({ kind: 'gap', rows: folded });
    folded = [];
    kept.push(row);
  }
  // What comes after the second offending event proves nothing.
  return kept;
}

/** The script's steps tell of the calls, and replication that goes well is not news. */
function isTelling(row: Row): boolean {
  if (row.offending !== null) return true;
  return row.isPast && row.kind !== 'call' && row.kind !== 'replicated';
}

function isWorthCounting(row: Row): boolean {
  return !row.isPast && row.kind !== 'call' && row.kind !== 'replicated';
}

function isToldBy(row: Row, next: Row | Gap | undefined): boolean {
  if (row.kind !== 'message' || row.fate !== 'sent') return false;
  return next?.kind === 'message' && next.message === row.message && isOutcome(next);
}

function isOutcome(row: MessageRow): boolean {
  return row.fate === 'delivered' || row.fate === 'lost' || row.fate === 'held';
}

/** What a gap leaves out, in words; nothing if it is all the second half of what is counted elsewhere. */
export function foldSummary(gap: Gap): string {
  const counts = new Map<string, number>();
  for (const row of gap.rows) {
    const what = foldedAs(row);
    if (what !== null) counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => (count === 1 ? what : `${what} x${count}`)).join(', ');
}

/** A message counts once, when it leaves. */
function foldedAs(row: Row): string | null {
  switch (row.kind) {
    case 'message':
      return row.fate === 'sent' && !row.text.includes(': ')
        ? (row.text.split(' ')[0] ?? null)
        : null;
    case 'state':
      return 'state change';
    case 'appended':
      return 'append';
    case 'completion':
      return 'call returns';
    default:
      return null;
  }
}
