/** What an event changed, before and after, all the way down; and on demand the whole state after it. */

import { html, type Content, type Html } from '../../page/html.ts';
import type { Counterexample } from '../document.ts';
import { merged, type Change } from '../system-state.ts';

/** Of the step to event `number` from event `previous`; 0: from the beginning. */
export function statePanel(document: Counterexample, number: number, previous: number): Html {
  const row = document.rows[number - 1];
  if (row === undefined) return html`<p>There is no event ${number}.</p>`;
  const until = (last: number): Change[] =>
    document.rows.slice(0, last).flatMap(({ changes }) => changes);
  const changes = merged(document.rows.slice(previous, number).flatMap((other) => other.changes));
  const since =
    previous === number - 1 || previous === 0 ? '' : `, with what happened since event ${previous}`;
  const mark =
    row.offending !== null && html`<strong class="bad">offending event ${row.offending}</strong> `;
  return html`<p class="event-text">${mark}<b>${number}</b> ${row.text}</p>
${
  changes.length === 0
    ? html`<p class="quiet">It changes no state that participants publish${since}.</p>`
    : changeTable(changes, `What it changes${since}`)
}
<details class="whole-state"><summary>The whole state after event ${number}</summary>
${stateTable(merged(until(number)))}</details>`;
}

function changeTable(changes: readonly Change[], caption: string): Html {
  return html`<table class="diff"><caption>${caption}</caption>
<thead><tr><th scope="col">where</th><th scope="col">before</th><th scope="col">after</th></tr></thead>
<tbody>${changes.map(
    ({ path, before, after }) =>
      html`<tr><th scope="row">${pathCell(path)}</th><td>${before === null ? none() : html`<del>${before}</del>`}</td><td>${after === null ? none() : html`<ins>${after}</ins>`}</td></tr>`,
  )}</tbody></table>`;
}

function stateTable(values: readonly Change[]): Html {
  const sorted = values
    .filter(({ after }) => after !== null)
    .toSorted((a, b) => (JSON.stringify(a.path) < JSON.stringify(b.path) ? -1 : 1));
  return html`<table class="diff"><thead><tr><th scope="col">where</th><th scope="col">value</th></tr></thead>
<tbody>${sorted.map(
    ({ path, after }) => html`<tr><th scope="row">${pathCell(path)}</th><td>${after}</td></tr>`,
  )}</tbody></table>`;
}

function pathCell(path: readonly string[]): Content {
  const [first, ...rest] = path;
  return html`<span class="quiet">${first}</span>${rest.map((part) => html` › ${part}`)}`;
}

function none(): Html {
  return html`<span class="quiet">none</span>`;
}
