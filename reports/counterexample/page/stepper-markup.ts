/** The controls of the stepper. Hidden in the markup: the script that makes them work shows them. */

import { html, type Html } from '../../page/html.ts';

/** Keys and what they do, as the help shows them and the script obeys them. */
const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['j', '→'], 'next event'],
  [['k', '←'], 'previous event'],
  [['Home'], 'first event'],
  [['End'], 'last event'],
  [['n'], 'next of the two offending events'],
  [['p'], 'previous of the two offending events'],
  [[']'], 'next fault'],
  [['['], 'previous fault'],
  [['a'], 'everything, or what matters only'],
  [['c'], 'copy the replay command'],
  [['t'], 'copy the finding as a test'],
  [['?'], 'this help'],
];

export function stepper(): Html {
  return html`<div class="stepper no-print" id="stepper" hidden>
<div class="buttons" role="group" aria-label="Step"><button type="button" data-step="first">First</button><button type="button" data-step="previous">Previous</button><button type="button" data-step="next">Next</button><button type="button" data-step="last">Last</button><button type="button" data-step="offending">Offending</button><button type="button" id="help-button" aria-haspopup="dialog">Keys</button></div>
<input type="range" id="slider" min="0" max="0" value="0" aria-label="Event" list="ticks"><datalist id="ticks"></datalist>
<p id="announcement" role="status" class="quiet"></p>
</div>`;
}

export function help(): Html {
  return html`<dialog id="help" class="no-print" aria-labelledby="help-heading"><h2 id="help-heading">Keys</h2>
<dl>${KEYS.map(
    ([keys, does]) =>
      html`<div><dt>${keys.map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${does}</dd></div>`,
  )}</dl>
<p><label><input type="checkbox" id="keys" checked> keys are on</label></p>
<form method="dialog"><button>Close</button></form></dialog>`;
}
