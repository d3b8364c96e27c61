/** The events that a view steps through: those it draws. */

import type { Counterexample } from '../document.ts';
import { visibleRows } from '../visible-rows.ts';

export function stepsOf({ rows }: Counterexample, all: boolean): number[] {
  return visibleRows(rows, all).flatMap((row) => (row.kind === 'gap' ? [] : [row.number]));
}
