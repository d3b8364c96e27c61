/** The report as one page that needs no network and no script. Verdict and scope are on the first screen. */

import type { ConformanceReport, ReportedFinding } from '../../evidence/conformance-report.ts';
import { html, type Content, type Html } from '../../page/html.ts';
import { renderPage } from '../../page/page.ts';
import { profileOf, subjectText } from '../subject.ts';
import { count, number, timesText } from '../wording.ts';
import { claimsSection, clausesSection } from './clauses.ts';
import { coverageSection } from './coverage.ts';
import { REPORT_CSS } from './css.ts';
import { facts, listRows, rowsTable, section, statusList } from './parts.ts';

type VerdictValue = ConformanceReport['verdict']['value'];

const VERDICT_CLASS: Readonly<Record<VerdictValue, string>> = {
  conformant: 'good',
  partial: 'warn',
  'non-conformant': 'bad',
  inconclusive: 'warn',
  unavailable: 'warn',
};

export function renderReportPage(report: ConformanceReport): string {
  const { tool, subject, verdict } = report;
  const isSystem = subject.kind === 'system';
  const sections: readonly Content[] = [
    findingsSection(report.findings),
    clausesSection(report.clauses),
    claimsSection(report.claims),
    ...(isSystem
      ? [anomaliesSection(report.anomalies)]
      : [refinementSection(report), coverageSection(report.coverage), mutationSection(report)]),
    notCheckedSection(report),
    environmentSection(report),
    reproduceSection(report),
  ];
  return renderPage({
    title: `${subjectText(subject)}: ${verdict.value}`,
    generator: `${tool.name} ${tool.version}`,
    css: REPORT_CSS,
    script: null,
    header: html`<h1>${subject.name}</h1>`,
    main: [banner(report), navigation(isSystem), ...sections],
    footer: html`<p>${tool.name} ${tool.version}. The report is about what its evidence says, within its scope; what was
not checked is <a href="#not-checked">listed</a>.</p>`,
  });
}

function banner(report: ConformanceReport): Html {
  const { verdict, subject, gathered, scope } = report;
  return html`<div class="verdict"><span class="chip ${VERDICT_CLASS[verdict.value]}">${verdict.value}</span><strong>must ${verdict.must.held}/${verdict.must.total} · ${profileOf(subject)}</strong></div>
<p>${verdict.reason}</p>
${report.partial && html`<p class="partial">Partial: a run was interrupted or out of time. What is here is what was known then.</p>`}
${facts([
  ['Clauses', statusList(report.clauses)],
  ['Claims', statusList(report.claims)],
  ...scope.map(({ name, value }) => [name, value] as const),
  ['Evidence', report.evidence.map(({ file, summary }) => html`<div>${file}: ${summary}</div>`)],
  ...(gathered === null ? [] : [['Gathered', gathered] as const]),
  ['Command', html`<code>${report.reproduce[0] ?? 'none'}</code>`],
])}
`;
}

/** A history from outside has anomalies, the reference has steps to compare and mutants. */
function navigation(isSystem: boolean): Html {
  const links = [
    ['findings', 'Findings'],
    ['clauses', 'Clauses'],
    ['claims', 'Claims'],
    ...(isSystem
      ? [['anomalies', 'Anomalies']]
      : [
          ['refinement', 'Refinement'],
          ['coverage', 'Coverage'],
          ['mutants', 'Mutants'],
        ]),
    ['not-checked', 'Not checked'],
    ['environment', 'Environment'],
    ['reproduce', 'Reproduce'],
  ].map(([id, title]) => html`<a href="#${id}">${title}</a>`);
  return html`<nav class="sections no-print" aria-label="Sections">${links}</nav>
`;
}

function findingsSection(findings: readonly ReportedFinding[]): Html {
  if (findings.length === 0) return section('findings', 'Findings', html`<p>None.</p>`);
  const items = findings.map(
    (
      finding,
    ) => html`<article class="finding ${finding.status}"><h3>${finding.claim} ${finding.status}: ${finding.message}</h3>
${finding.permitted !== null && html`<p>Kafka permits this anomaly: ${finding.permitted.anomaly} (${finding.permitted.source}).</p>`}
<details><summary>Why</summary><ol>${finding.why.map((statement) => html`<li>${statement}</li>`)}</ol></details>
<p>${finding.steps === null ? `judged in ${finding.file}` : `${count(finding.steps, 'step')}, seed ${finding.seed}`}${finding.page !== null && html`; <a href="${finding.page}">the counterexample, step by step</a>`}</p>
<pre tabindex="0">${finding.replay}</pre></article>
`,
  );
  return section('findings', `Findings (${findings.length})`, items);
}

function anomaliesSection(anomalies: ConformanceReport['anomalies']): Html {
  return section(
    'anomalies',
    'Anomalies',
    rowsTable(
      'Beside the claims',
      ['anomaly', 'status', 'Kafka', 'times', 'what it is'],
      listRows(
        anomalies.map((anomaly) => [
          anomaly.name,
          anomaly.status,
          anomaly.verdict,
          timesText(anomaly),
          anomaly.statement,
        ]),
      ),
    ),
  );
}

function refinementSection({ refinement, faults }: ConformanceReport): Html {
  const { status, steps, reason } = refinement;
  return section(
    'refinement',
    'Refinement and faults',
    html`<p>Beside every scenario the specification took the reference's steps: <strong>${status}</strong>, ${count(steps, 'step')} compared${reason !== null && ` (${reason})`}.</p>`,
    rowsTable(
      'Faults that were drawn',
      ['fault', 'fired', 'armed'],
      listRows(faults.map(({ kind, fired, armed }) => [kind, number(fired), number(armed)])),
    ),
  );
}

function mutationSection({ mutation }: ConformanceReport): Html {
  if (mutation === null) {
    const text = 'Not measured: no mutation result was given.';
    return section('mutants', 'Strength of the suite', html`<p>${text}</p>`);
  }
  return section(
    'mutants',
    'Strength of the suite',
    html`<p>Known defects of brokers and clients, each judged by the claims of its row alone:
<strong>${mutation.killed} of ${mutation.total} killed</strong>.</p>`,
    rowsTable(
      'Mutants',
      ['mutant', 'status', 'killed by', 'scenarios', 'shortest counterexample'],
      listRows(
        mutation.mutants.map(({ id, name, status, claims, scenarios, steps }) => [
          `${id} ${name}`,
          status,
          claims.join(', '),
          number(scenarios),
          steps === null ? '' : count(steps, 'step'),
        ]),
      ),
    ),
  );
}

function notCheckedSection({ notChecked }: ConformanceReport): Html {
  return section(
    'not-checked',
    'Not checked',
    rowsTable(
      'What the evidence says nothing about',
      ['what', 'why'],
      listRows(notChecked.map(({ what, why }) => [what, why])),
    ),
  );
}

function environmentSection({ environment, evidence }: ConformanceReport): Html {
  const runs = environment.map((run) =>
    facts([
      ['Command', html`<code>onceproof ${run.arguments.join(' ')}</code>`],
      ['Started', `${run.started}, took ${(run.durationMs / 1_000).toFixed(1)} s`],
      ['Node', run.node],
      ['System', `${run.platform} ${run.release} ${run.architecture}`],
      ['CPU', `${run.cpu}, ${count(run.cores, 'core')}`],
    ]),
  );
  return section(
    'environment',
    'Evidence and environment',
    rowsTable(
      'Files',
      ['file', 'kind', 'adds', 'onceproof'],
      listRows(
        evidence.map(({ file, kind, summary, partial, toolVersion }) => [
          file,
          kind,
          partial ? `${summary} (partial)` : summary,
          toolVersion,
        ]),
      ),
    ),
    runs.length === 0 ? html`<p>No environment was noted.</p>` : runs,
  );
}

function reproduceSection({ reproduce, tool }: ConformanceReport): Html {
  return section(
    'reproduce',
    'Reproduce',
    html`<p>With ${tool.name} ${tool.version} on Node 20.19 or newer. Same seed, same scenarios, same bytes.</p>
<pre tabindex="0">${reproduce.join('\n')}</pre>`,
  );
}
