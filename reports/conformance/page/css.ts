/** What a conformance report looks like beyond the theme. Filters are choices that rules read: the page has no script. */

import { CLAUSE_LEVELS } from '../../evidence/clause.ts';
import { CLAIM_STATUSES } from '../../evidence/run-result.ts';

/** One rule for each choice: it hides the rows that have another value. */
function filterRules(filter: string, values: readonly string[]): string {
  return values
    .map(
      (value) =>
        `main:has(#${filter} option[value='${value}']:checked) tr.clause:not([data-${filter}='${value}']) { display: none; }`,
    )
    .join('\n');
}

export const REPORT_CSS = `
.verdict { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.4rem 0.8rem; margin: 0.5rem 0; }
.verdict .chip { font-size: 1.1rem; padding: 0.15rem 0.9rem; }
.partial { padding: 0.4rem 0.8rem; border-left: 0.3rem solid var(--warn); background: var(--warn-paper); }
.counts { display: flex; flex-wrap: wrap; gap: 0.3rem 1rem; margin: 0.5rem 0; padding: 0; list-style: none; }
.sections { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; margin: 0.8rem 0; padding: 0.5rem 0; border-block: 1px solid var(--line); }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1rem; margin: 0.5rem 0; }
dl.facts dt { color: var(--quiet); }
dl.facts dd { margin: 0; }
dl.facts .counts { margin: 0; }
.finding { margin: 0.6rem 0; padding: 0.5rem 0.9rem; border-left: 0.3rem solid var(--line); background: var(--raised); }
.finding.violated { border-color: var(--bad); }
.finding.expected { border-color: var(--warn); }
.finding h3 { margin-top: 0.2rem; }
.finding pre { background: var(--paper); }
.filters { display: flex; flex-wrap: wrap; gap: 0.4rem 1.2rem; margin: 0.6rem 0; }
table.rows { width: 100%; }
table.rows td:first-child, table.rows thead th, tr.clause td:nth-child(-n + 3) { white-space: nowrap; }
tr.area th { padding-top: 1rem; color: var(--quiet); }
tr:target { background: var(--mark-paper); }
details > summary { color: var(--link); cursor: pointer; }
details[open] > summary { margin-bottom: 0.2rem; }
td ul { margin: 0.2rem 0; padding-left: 1.2rem; }
.quietly { color: var(--quiet); font-size: 0.875rem; }
table.matrix { font-size: 0.8rem; }
table.matrix th, table.matrix td { padding: 0.1rem 0.4rem; border: 1px solid var(--line); text-align: center; }
table.matrix th:first-child { text-align: left; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.filtered { display: none; }
main:has(.filters option:checked:not([value='all'])) .filtered { display: block; }
${filterRules('status', CLAIM_STATUSES)}
${filterRules('level', CLAUSE_LEVELS)}
@media (max-width: 40rem) {
  .filters, .sections { flex-direction: row; }
  dl.facts { grid-template-columns: 1fr; gap: 0; }
  dl.facts dd { margin-bottom: 0.4rem; }
  table.rows, table.rows caption, table.rows tbody, table.rows tr, table.rows td, table.rows th { display: block; }
  table.rows thead { position: absolute; left: -100vw; }
  table.rows tr { padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
  table.rows td, table.rows th { padding: 0.1rem 0; border: 0; }
  table.rows td:first-child, tr.clause td:nth-child(-n + 3) { white-space: normal; }
}
@media print {
  .filters, .sections, .filtered, tr.clause details { display: none; }
  .finding details::details-content { content-visibility: visible; display: block; }
  .finding { break-inside: avoid; }
  table.rows td { overflow-wrap: anywhere; }
  table.rows td:first-child, table.rows thead th { white-space: normal; }
  table.rows tr.clause td:first-child { white-space: nowrap; }
  pre { white-space: pre-wrap; }
}
`;
