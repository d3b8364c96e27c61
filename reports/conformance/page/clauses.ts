/** The clauses of the page: a row each with a link of its own, filters, and how each was checked. */

import { CLAUSE_LEVELS } from '../../evidence/clause.ts';
import type { ReportedClaim, ReportedClause } from '../../evidence/conformance-report.ts';
import { CLAIM_STATUSES } from '../../evidence/run-result.ts';
import { html, type Html } from '../../page/html.ts';
import { areasOf } from '../render-junit.ts';
import { clauseEvidenceText, strengthText } from '../wording.ts';
import { rowsTable, section, statusChip, statusList } from './parts.ts';

export function clausesSection(clauses: readonly ReportedClause[]): Html {
  const rows = areasOf(clauses).map(
    (area) => html`<tr class="area"><th colspan="4" scope="rowgroup">${area}</th></tr>
${clauses.filter((clause) => clause.area === area).map(clauseRow)}`,
  );
  return section(
    'clauses',
    'Clauses',
    statusList(clauses),
    html`<div class="filters no-print">${filter('status', 'Status', CLAIM_STATUSES)}${filter('level', 'Level', CLAUSE_LEVELS)}</div>
<p class="filtered partial no-print">Some clauses are hidden by the choices above.</p>`,
    rowsTable('Requirements of the protocol', ['clause', 'level', 'status', 'requires'], rows),
  );
}

function filter(id: string, label: string, values: readonly string[]): Html {
  const options = ['all', ...values].map(
    (value) => html`<option value="${value}">${value}</option>`,
  );
  return html`<label>${label} <select id="${id}">${options}</select></label>`;
}

function clauseRow(clause: ReportedClause): Html {
  const { id, level, status, requirement, reason } = clause;
  return html`<tr class="clause" id="${id}" data-status="${status}" data-level="${level}"><td><a href="#${id}">${id}</a></td><td>${level}</td><td>${statusChip(status)}</td><td>${requirement}${reason !== null && html`<p class="quietly">${reason}</p>`}${howChecked(clause)}</td></tr>
`;
}

function howChecked({ kips, kafka, checks, evidence, transactionVersions }: ReportedClause): Html {
  const sources = kips.map(
    (kip) => html`<li><a href="${kip.link}" rel="noreferrer">${kip.id} ${kip.title}</a></li>`,
  );
  const made = checks.map(
    ({ by, name, status, difference }) =>
      html`<li>${by} ${by === 'claim' ? html`<a href="#claim-${name}">${name}</a>` : name}: ${status}${
        difference !== null &&
        html`<br>expected <code>${difference.expected}</code><br>found <code>${difference.found}</code>`
      }</li>`,
  );
  return html`<details><summary>Source and checks</summary><ul>${sources}${kafka !== null && html`<li>Kafka: <code>${kafka}</code></li>`}<li>Applies to transaction version ${transactionVersions.join(', ')}</li>${made}<li>${clauseEvidenceText(evidence) || 'No evidence'}</li></ul></details>`;
}

export function claimsSection(claims: readonly ReportedClaim[]): Html {
  const rows = claims.map((claim) => claimRow(claim));
  return section(
    'claims',
    'Claims',
    html`<p>A claim is a sentence about what clients may see, judged over the history of every scenario. Its witness is
the situation in which it could fail; a run that never reached it proves nothing about it.</p>`,
    statusList(claims),
    rowsTable('Claims over histories', ['claim', 'status', 'says', 'evidence'], rows),
  );
}

function claimRow({
  name,
  status,
  statement,
  source,
  witness,
  evidence,
  reason,
}: ReportedClaim): Html {
  return html`<tr id="claim-${name}"><td><a href="#claim-${name}">${name}</a></td><td>${statusChip(status)}</td><td>${statement}<p class="quietly">${source}</p></td><td>${evidence.map(strengthText).join('; ')}<p class="quietly">Witness: ${witness.situation}.</p>${reason !== null && html`<p>${reason}</p>`}</td></tr>
`;
}
