/** Small parts that several sections of the page have. */

import { CLAIM_STATUSES } from '../../evidence/run-result.ts';
import { html, type Content, type Html } from '../../page/html.ts';
import type { Status } from '../status.ts';

const STATUS_CLASS: Readonly<Record<Status, string>> = {
  holds: 'good',
  expected: 'warn',
  inconclusive: 'warn',
  unavailable: 'warn',
  violated: 'bad',
  'not-applicable': 'quiet',
};

export function statusChip(status: Status): Html {
  return html`<span class="chip ${STATUS_CLASS[status]}">${status}</span>`;
}

/** All statuses, those of nobody too. */
export function statusList(of: readonly { readonly status: Status }[]): Html {
  const items = CLAIM_STATUSES.map((status) => {
    const found = of.filter((each) => each.status === status).length;
    return html`<li class="${found === 0 ? 'quiet' : STATUS_CLASS[status]}">${found} ${status}</li>`;
  });
  return html`<ul class="counts">${items}</ul>`;
}

export function section(id: string, title: string, ...content: readonly Content[]): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${content}
</section>
`;
}

export function facts(rows: readonly (readonly [name: string, value: Content])[]): Html {
  return html`<dl class="facts">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** Rows become blocks where the screen is narrow. */
export function rowsTable(caption: string, head: readonly string[], rows: Content): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="rows"><caption>${caption}</caption>
<thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

export function row(...cells: readonly Content[]): Html {
  return html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`;
}

/** Rows of plain text. */
export function listRows(rows: readonly (readonly string[])[]): readonly Html[] {
  return rows.map((cells) => row(...cells));
}
