/** Every event in words, in order: what the picture shows, for readers without it and for the search of a browser. */

import { html, type Html } from '../../page/html.ts';
import type { Counterexample, Row } from '../document.ts';
import type { Fate } from '../messages.ts';

/** Above this many events the list is a story's only: it would outweigh everything else in the page. */
const LISTED_MAX = 2_000;

const FATES: Record<Fate, string> = {
  sent: 'sends',
  delivered: 'delivered',
  late: 'delivered late',
  lost: 'lost',
  held: 'held back',
  duplicated: 'duplicated',
};

const KINDS: Record<Exclude<Row['kind'], 'message' | 'clock'>, string> = {
  step: 'takes a step',
  crashed: 'stops',
  restarted: 'is back',
  appended: 'appends',
  replicated: 'replicates',
  state: 'changes its state',
  call: 'calls',
  completion: 'returns',
};

export function eventList({ rows }: Counterexample): Html {
  const isTooLong = rows.length > LISTED_MAX;
  const listed = isTooLong ? rows.filter((row) => row.isPast || row.offending !== null) : rows;
  return html`${isTooLong && html`<p>Of ${rows.length} events, these ${listed.length} are what the offending events could depend on.</p>`}
<ol class="events">${listed.map(eventItem)}</ol>`;
}

function eventItem(row: Row, index: number): Html {
  const names = [row.isPast ? '' : 'aside', row.offending === null ? '' : 'offending'];
  const name = names.filter((part) => part !== '').join(' ');
  // A list counts by itself, where nothing is left out.
  const number = row.number !== index + 1 && html` value="${row.number}"`;
  return html`<li id="e${row.number}"${number}${name !== '' && html` class="${name}"`}>${mark(row)}<b>${whoOf(row)}</b> ${row.text}</li>`;
}

function mark(row: Row): Html | null {
  return row.offending === null ? null : html`<strong class="bad">!${row.offending}</strong> `;
}

function whoOf(row: Row): string {
  switch (row.kind) {
    case 'clock':
      return 'clock:';
    case 'message':
      return `${row.from} to ${row.to}, ${FATES[row.fate]}:`;
    default:
      return `${row.lane} ${KINDS[row.kind]}:`;
  }
}
