/**
 * A counterexample as one page that needs nothing else: lanes, why, events in words and the way it was shrunk are in
 * the markup; the finding itself is embedded, and the page's script derives from it by the same functions what it
 * steps through.
 */

import { html, type Content, type Html } from '../../page/html.ts';
import { renderPage } from '../../page/page.ts';
import type { Counterexample } from '../document.ts';
import {
  factsOf,
  offendingRows,
  offendingSentence,
  permittedSentences,
  replayCommand,
  sizeOf,
} from '../headline.ts';
import { eventList } from './event-list.ts';
import { laneHeads, lanesSvg } from './lanes-svg.ts';
import { legend } from './legend.ts';
import { PAGE_CSS } from './page-css.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { statePanel } from './state-panel.ts';
import { stepsOf } from './steps.ts';
import { help, stepper } from './stepper-markup.ts';

export interface PageOptions {
  /** How to name the finding in the replay command. */
  readonly file: string;
  /** Whether to begin with everything that happened. */
  readonly all: boolean;
  /** The finding as an element (`embedded`), or the name of the file beside the page that holds it. */
  readonly data: Html | string;
}

export function renderCounterexamplePage(document: Counterexample, options: PageOptions): string {
  const { data } = options;
  const isAlive = typeof data !== 'string';
  return renderPage({
    title: `${document.claim} ${document.status}: ${document.message}`,
    generator: `onceproof ${document.toolVersion}`,
    css: PAGE_CSS,
    script: isAlive ? PAGE_SCRIPT : null,
    header: header(document),
    main: html`${isAlive ? null : notice(data)}
<div class="columns">
${whySection(document)}
${lanesSection(document, options.all)}
${isAlive && stepSection(document, options.all)}
</div>
${legend()}
<section aria-labelledby="events-heading"><h2 id="events-heading">Events in words</h2>${eventList(document)}</section>
<section aria-labelledby="shrink-heading"><h2 id="shrink-heading">How it was shrunk</h2>${shrinkTable(document)}</section>
<section aria-labelledby="replay-heading"><h2 id="replay-heading">Replay</h2><pre tabindex="0" id="replay-command">${replayCommand(options.file)}</pre></section>
${isAlive && help()}${isAlive && data}`,
    footer: html`<p>Written by onceproof ${document.toolVersion}. The page asks for nothing over the network.</p>`,
  });
}

function notice(file: string): Html {
  return html`<p class="notice">This finding is too large for a page to carry, so the lanes stand still. It lies beside the page as <a href="${encodeURIComponent(file)}">${file}</a>.</p>`;
}

function header(document: Counterexample): Html {
  const colour = document.status === 'violated' ? 'bad' : 'warn';
  return html`<h1>${document.claim} <span class="chip ${colour}">${document.status}</span></h1>
<p class="story">${document.message}</p>
${permittedSentences(document).map((sentence) => html`<p>${sentence}</p>`)}
<p class="quiet">${sizeOf(document)}<br>${factsOf(document).join('; ')}</p>
<p class="copies no-print" id="copies" hidden><button type="button" data-copy="replay">Copy replay command</button> <button type="button" data-copy="trace">Copy trace as JSON</button> <button type="button" data-copy="test">Copy as a test</button> <span id="copied" role="status"></span></p>`;
}

function whySection(document: Counterexample): Html {
  return html`<section class="argument" aria-labelledby="why-heading"><h2 id="why-heading">Why the claim fails</h2>
<ol class="why">${document.why.map((statement) => html`<li>${linked(statement)}</li>`)}</ol>
${offendingRows(document).map((row) => html`<p class="bad">${linked(offendingSentence(row))}</p>`)}</section>`;
}

/** Statements cite events by number. */
function linked(statement: string): Content {
  return statement.split(/\b(event \d+)\b/).map((part, index) => {
    if (index % 2 === 0) return part;
    return html`<a href="#e${part.slice('event '.length)}">${part}</a>`;
  });
}

function lanesSection(document: Counterexample, all: boolean): Html {
  return html`<section class="picture" aria-labelledby="lanes-heading"><h2 id="lanes-heading">What happened</h2>
<p class="no-print" id="views" hidden><label><input type="checkbox" id="everything"${all && html` checked`}> everything, not only what the offending events could depend on</label></p>
<div class="lanes-frame" id="lanes" tabindex="0" role="region" aria-label="Lanes, to scroll">${laneHeads(document, all)}${lanesSvg(document, all)}</div></section>`;
}

function stepSection(document: Counterexample, all: boolean): Html {
  const steps = stepsOf(document, all);
  const at = steps.findLastIndex((number) => document.rows[number - 1]?.offending !== null);
  const number = steps[at] ?? steps.at(-1) ?? 0;
  return html`<section class="steps" aria-labelledby="step-heading"><h2 id="step-heading">Step by step</h2>
${stepper()}
<div id="state">${statePanel(document, number, steps[at - 1] ?? 0)}</div></section>`;
}

function shrinkTable({ shrink }: Counterexample): Html {
  if (shrink.length === 0) return html`<p>It was not shrunk.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Shrink history"><table>
<thead><tr><th scope="col">by</th><th scope="col">client steps and faults</th><th scope="col">choices of the scheduler</th><th scope="col">runs tried</th></tr></thead>
<tbody>${shrink.map(
    ({ stage, steps, choices, tried }) =>
      html`<tr><th scope="row">${stage}</th><td>${steps}</td><td>${choices}</td><td>${tried}</td></tr>`,
  )}</tbody></table></div>`;
}
