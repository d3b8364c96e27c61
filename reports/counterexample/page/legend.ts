/** What the signs mean, each drawn as in the lanes. */

import { html, type Html } from '../../page/html.ts';

const WAY = html`<line class="way" x1="3" y1="8" x2="37" y2="8"/>`;
const HALF = html`<line class="way" x1="3" y1="8" x2="24" y2="8"/>`;
const TIP = html`<path class="tip" d="M37 8L29 4L29 12Z"/>`;

const SIGNS: readonly (readonly [drawing: Html, meaning: string])[] = [
  [html`<g class="arrow">${WAY}${TIP}</g>`, 'delivered; the slope is the delay'],
  [html`<g class="arrow">${HALF}</g>`, 'under way'],
  [
    html`<g class="arrow fault">${HALF}<path class="cross" d="M19 3l10 10m0-10l-10 10"/></g>`,
    'lost',
  ],
  [
    html`<g class="arrow fault">${HALF}<circle class="ring" cx="29" cy="8" r="5"/></g>`,
    'held back; ×2: a copy is kept back',
  ],
  [html`<g class="arrow fault late">${WAY}${TIP}</g>`, 'late: its sender has given up'],
  [html`<path class="solid" d="M20 2l6 6l-6 6l-6-6Z"/>`, 'step of the script'],
  [
    html`<circle class="open" cx="11" cy="8" r="5"/><circle class="solid" cx="29" cy="8" r="5"/>`,
    'call and return',
  ],
  [
    html`<rect class="solid" x="6" y="3" width="10" height="10"/><rect class="open" x="24" y="3" width="10" height="10"/>`,
    'append and replication',
  ],
  [html`<rect class="state-chip" x="2" y="1" width="36" height="14" rx="5"/>`, 'new state'],
  [
    html`<path class="crash" d="M4 1l14 14m0-14l-14 14"/><rect class="down" x="24" y="1" width="14" height="14"/>`,
    'crash, down',
  ],
  [
    html`<line class="lane-line zombie" x1="2" y1="8" x2="38" y2="8"/>`,
    'zombie: a newer instance exists',
  ],
  [html`<circle class="around" cx="20" cy="8" r="7"/>`, 'one of the two offending events'],
];

export function legend(): Html {
  return html`<ul class="legend" aria-label="Signs">${SIGNS.map(
    ([drawing, meaning]) =>
      html`<li><svg class="lanes" width="40" height="16" viewBox="0 0 40 16" aria-hidden="true">${drawing}</svg> ${meaning}</li>`,
  )}</ul>`;
}
