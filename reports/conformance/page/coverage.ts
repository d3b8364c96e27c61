/** The coverage of the page: a matrix for each machine, and why the cells that were not taken were not. */

import type { ReportedMachine } from '../../evidence/conformance-report.ts';
import type { CoverageStatus } from '../../evidence/coverage.ts';
import { html, type Html } from '../../page/html.ts';
import { cellCounts } from '../coverage.ts';
import { number } from '../wording.ts';
import { listRows, rowsTable, section } from './parts.ts';

/** Told apart without colour. */
const SYMBOLS: Readonly<Record<CoverageStatus, readonly [symbol: string, className: string]>> = {
  exercised: ['●', 'good'],
  missed: ['○', 'bad'],
  listed: ['–', 'quiet'],
  impossible: ['·', 'quiet'],
};

export function coverageSection(machines: readonly ReportedMachine[]): Html {
  if (machines.length === 0) {
    const text = 'Not measured: no coverage was given.';
    return section('coverage', 'Coverage of the specification', html`<p>${text}</p>`);
  }
  return section(
    'coverage',
    'Coverage of the specification',
    html`<p>Each cell is a state of a machine and what may reach it there: ● exercised beside the reference, ○ missed
although within reach of these runs, – out of their reach, · never taken by design.</p>`,
    machines.map(matrix),
  );
}

function matrix(machine: ReportedMachine): Html {
  const states = [...new Set(machine.cells.map(({ state }) => state))];
  const events = [...new Set(machine.cells.map(({ event }) => event))];
  const rows = events.map(
    (
      event,
    ) => html`<tr><th scope="row">${event}</th>${states.map((state) => cell(machine, state, event))}</tr>
`,
  );
  const left = machine.cells.filter(({ status }) => status === 'missed' || status === 'listed');
  return html`<h3>${machine.machine}: ${cellCounts(machine)}</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Cells of ${machine.machine}"><table class="matrix">
<thead><tr><th scope="col">event</th>${states.map((state) => html`<th scope="col">${state}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>
<details><summary>Cells of ${machine.machine} that were not exercised, and why</summary>
${rowsTable(
  `Not exercised in ${machine.machine}`,
  ['state', 'event', 'status', 'why'],
  listRows(
    left.map(({ state, event, status, reason }) => [
      state,
      event,
      status,
      reason ?? 'no reason is known',
    ]),
  ),
)}</details>
`;
}

function cell(machine: ReportedMachine, state: string, event: string): Html {
  const found = machine.cells.find((each) => each.state === state && each.event === event);
  if (found === undefined) return html`<td></td>`;
  const [symbol, className] = SYMBOLS[found.status];
  const title = `${state}, ${event}: ${found.status}, ${number(found.times)} times`;
  return html`<td class="${className}" title="${title}"><span aria-hidden="true">${symbol}</span><span class="unseen">${found.status}</span></td>`;
}
