/**
 * A counterexample as a log for ShiViz (https://bestchai.bitbucket.io/shiviz/), which takes the expression that parses
 * the rest from a file's first line and a delimiter of executions, here none, from its second.
 */

import { visible } from '../../page/html.ts';
import type { Counterexample } from '../document.ts';
import { clockedRows, type ClockedRow } from './vector-clocks.ts';

/** Host and clock on one line, the event on the next. */
export const SHIVIZ_EXPRESSION = String.raw`(?<host>\S+) (?<clock>\{.*\})\n(?<event>.*)`;

/** Everything that happened: a clock that skipped events would belie the order. */
export function renderShiviz(document: Counterexample): string {
  const events = clockedRows(document).map(entry);
  return `${[SHIVIZ_EXPRESSION, '', ...events].join('\n')}\n`;
}

function entry({ host, row, clock }: ClockedRow): string {
  const counts = [...clock].map(([other, count]) => [hostName(other), count] as const);
  const mark = row.offending === null ? '' : `!${row.offending} `;
  return `${hostName(host)} ${JSON.stringify(Object.fromEntries(counts))}\n${mark}${row.number}: ${oneLine(row.text)}`;
}

/** ShiViz ends a host's name at the first space. */
function hostName(lane: string): string {
  return oneLine(lane).replaceAll(/\s+/g, '-');
}

function oneLine(text: string): string {
  return visible(text).replaceAll(/\s+/g, ' ');
}
