/**
 * Which rows a view draws. The short view keeps what the offending events could depend on and folds the rest; both
 * views draw a message that arrives before anything else happens as one row.
 */

import type { MessageRow, Row } from './document.ts';

/** Rows that were left out, between two that were not. */
export interface Gap {
  readonly kind: 'gap';
  readonly rows: readonly Row[];
}

export function visibleRows(rows: readonly Row[], all: boolean): (Row | Gap)[] {
  const kept = all ? [...rows] : withGaps(rows);
  return kept.filter((row, index) => !isToldByNext(row, kept[index + 1]));
}

function withGaps(rows: readonly Row[]): (Row | Gap)[] {
  const kept: (Row | Gap)[] = [];
  let folded: Row[] = [];
  const close = (): void => {
    if (folded.length > 0) kept.push({ kind: 'gap', rows: folded });
    folded = [];
  };
  for (const row of rows) {
    if (!isTelling(row)) {
      if (isWorthCounting(row)) folded.push(row);
      continue;
    }
    close();
    kept.push(row);
  }
  close();
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

function isToldByNext(row: Row | Gap, next: Row | Gap | undefined): boolean {
  if (row.kind !== 'message' || row.fate !== 'sent') return false;
  return next?.kind === 'message' && next.message === row.message && isOutcome(next);
}

function isOutcome(row: MessageRow): boolean {
  return row.fate === 'delivered' || row.fate === 'lost' || row.fate === 'held';
}
