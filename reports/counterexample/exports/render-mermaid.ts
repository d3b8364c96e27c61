/**
 * A counterexample as a Mermaid sequence diagram, for issues and documents that draw those. Mermaid knows no slant: a
 * message that was under way for long is one arrow where it arrives, and its text says so.
 */

import { visible } from '../../page/html.ts';
import type { Counterexample, MessageRow, Row } from '../document.ts';
import { foldSummary, visibleRows } from '../visible-rows.ts';

export function renderMermaid(document: Counterexample, all: boolean): string {
  const names = new Map(document.lanes.map(({ id }, index) => [id, `p${index}`]));
  const everyone = [...new Set([names.values().next().value, [...names.values()].at(-1)])].join(
    ',',
  );
  const lines = visibleRows(document.rows, all).flatMap((row) => {
    if (row.kind === 'gap') {
      const summary = foldSummary(row);
      return summary === '' ? [] : [`Note over ${everyone}: ... ${escape(summary)}`];
    }
    return drawn(row, names, everyone);
  });
  return `${[
    'sequenceDiagram',
    `  accTitle: ${escape(`${document.claim} ${document.status}`)}`,
    ...document.lanes.map(({ id }) => `  participant ${names.get(id)} as ${escape(id)}`),
    ...lines.map((line) => `  ${line}`),
  ].join('\n')}\n`;
}

function drawn(row: Row, names: ReadonlyMap<string, string>, everyone: string): string[] {
  const mark = row.offending === null ? '' : `!${row.offending} `;
  const text = escape(`${mark}${row.number}: ${row.text}`);
  if (row.kind === 'clock') return [`Note over ${everyone}: ${text}`];
  if (row.kind === 'message') {
    return [`${names.get(row.from)}${arrow(row)}${names.get(row.to)}: ${text}`];
  }
  return [`Note over ${names.get(row.lane)}: ${text}`];
}

/** Solid: arrives. Cross: lost. Open head: on its way. Dotted: held back, copied or late. */
function arrow(row: MessageRow): string {
  switch (row.fate) {
    case 'delivered':
      return '->>';
    case 'sent':
      return '-)';
    case 'lost':
      return '-x';
    case 'held':
    case 'duplicated':
      return '--)';
    case 'late':
      return '-->>';
  }
}

/** Mermaid ends a statement at `;`, begins a comment at `%%`, an entity at `#` and lets markup through. */
function escape(text: string): string {
  return visible(text)
    .replaceAll(/[#;%<>&"{}]/g, (character) => `#${character.charCodeAt(0)};`)
    .replaceAll(/\s+/g, ' ');
}
