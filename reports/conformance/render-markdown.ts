/** The report as Markdown, for a job's summary or a repository. In the order in which a reader asks. */

import type {
  ConformanceReport,
  ReportedClaim,
  ReportedClause,
  ReportedFinding,
} from '../evidence/conformance-report.ts';
import { visible } from '../page/html.ts';
import { cellCounts } from './coverage.ts';
import { areasOf } from './render-junit.ts';
import { profileOf, subjectText } from './subject.ts';
import {
  clauseEvidenceText,
  count,
  number,
  statusCounts,
  strengthText,
  timesText,
} from './wording.ts';

export function renderMarkdown(report: ConformanceReport): string {
  const blocks = [
    `# ${markdownText(subjectText(report.subject))}: ${report.verdict.value}`,
    banner(report),
    markdownTable(
      ['scope', ''],
      report.scope.map(({ name, value }) => [name, value]),
    ),
    findings(report.findings),
    '## Claims',
    markdownTable(['claim', 'status', 'evidence', 'what it says'], report.claims.map(claimRow)),
    '## Clauses',
    ...areasOf(report.clauses).map((area) => clauses(area, report.clauses)),
    ...anomalies(report),
    ...(report.subject.kind === 'system' ? [] : ['## Refinement and faults', refinement(report)]),
    ...coverage(report),
    ...mutation(report),
    '## Not checked',
    markdownTable(
      ['what', 'why'],
      report.notChecked.map(({ what, why }) => [what, why]),
    ),
    '## Evidence and environment',
    markdownTable(
      ['file', 'kind', 'adds', 'onceproof'],
      report.evidence.map(({ file, kind, summary, partial, toolVersion }) => [
        file,
        kind,
        partial ? `${summary} (partial)` : summary,
        toolVersion,
      ]),
    ),
    environment(report),
    '## Reproduce',
    fence(report.reproduce),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function banner(report: ConformanceReport): string {
  const { verdict, tool, gathered } = report;
  const partial = report.partial ? '**Partial: a run was interrupted or out of time.** ' : '';
  const when = gathered === null ? '' : `, evidence of ${gathered}`;
  return [
    `${partial}${markdownText(verdict.reason)}`,
    `Must clauses ${verdict.must.held}/${verdict.must.total} by ${profileOf(report.subject)}. ` +
      `Clauses: ${statusCounts(report.clauses)}. Claims: ${statusCounts(report.claims)}.`,
    `${tool.name} ${tool.version}${when}.`,
  ].join('\n\n');
}

function findings(all: readonly ReportedFinding[]): string {
  if (all.length === 0) return '## Findings\n\nNone.';
  const items = all.map((finding) => {
    const permitted =
      finding.permitted === null
        ? ''
        : ` Permitted: ${markdownText(finding.permitted.anomaly)} (${markdownText(finding.permitted.source)}).`;
    const page = finding.page === null ? '' : `, [page](${finding.page})`;
    return (
      `- **${markdownText(finding.claim)} ${finding.status}**: ${markdownText(finding.message)}.${permitted} ` +
      `${originText(finding)}${page}\n\n  ${code(finding.replay)}`
    );
  });
  return ['## Findings', ...items].join('\n\n');
}

/** Where it was found, as text. */
function originText({ steps, seed, file }: ReportedFinding): string {
  return steps === null || seed === null
    ? `judged in ${markdownText(file)}`
    : `${count(steps, 'step')}, seed ${markdownText(seed)}`;
}

function claimRow(claim: ReportedClaim): readonly string[] {
  return [
    claim.name,
    claim.status,
    claim.evidence.map(strengthText).join('; ') || (claim.reason ?? ''),
    `${claim.statement} (${claim.source})`,
  ];
}

function clauses(area: string, all: readonly ReportedClause[]): string {
  const rows = all
    .filter((clause) => clause.area === area)
    .map((clause) => [
      clause.id,
      clause.level,
      clause.status,
      clause.requirement,
      clause.kips.map(({ id }) => id).join(', ') || (clause.kafka ?? ''),
      clause.reason ?? clauseEvidenceText(clause.evidence),
    ]);
  return `### ${markdownText(area)}\n\n${markdownTable(['clause', 'level', 'status', 'requires', 'source', 'evidence'], rows)}`;
}

function anomalies({ anomalies: all }: ConformanceReport): readonly string[] {
  if (all.length === 0) return [];
  const rows = all.map((anomaly) => [
    anomaly.name,
    anomaly.status,
    anomaly.verdict,
    timesText(anomaly),
    anomaly.statement,
  ]);
  return [
    '## Anomalies',
    markdownTable(['anomaly', 'status', 'Kafka', 'times', 'what it is'], rows),
  ];
}

function refinement({ refinement: { status, steps, reason }, faults }: ConformanceReport): string {
  const why = reason === null ? '' : ` (${markdownText(reason)})`;
  const fired = faults.map(({ kind, fired, armed }) => `${kind} ${number(fired)}/${number(armed)}`);
  return (
    `The reference beside the specification: ${status}, ${count(steps, 'step')} compared${why}. ` +
    `Faults fired/armed: ${fired.join(', ') || 'none'}.`
  );
}

function coverage({ coverage: machines }: ConformanceReport): readonly string[] {
  if (machines.length === 0) return [];
  const items = machines.map(
    (machine) => `- ${markdownText(machine.machine)}: ${cellCounts(machine)}`,
  );
  return ['## Coverage of the specification', `Cells (state and event):\n\n${items.join('\n')}`];
}

function mutation({ mutation }: ConformanceReport): readonly string[] {
  if (mutation === null) return [];
  const left = mutation.mutants.filter(({ status }) => status !== 'killed');
  const names = left.map(({ id, name, status }) => `${id} ${name} (${status})`);
  return [
    '## Strength of the suite',
    `${mutation.killed} of ${count(mutation.total, 'known defect')} are seen by the claims of their row. ` +
      (left.length === 0 ? 'None survived.' : `Not killed: ${markdownText(names.join(', '))}.`),
  ];
}

function environment(report: ConformanceReport): string {
  return report.environment
    .map(
      ({ command, node, platform, release, architecture, cpu, cores, started, durationMs }) =>
        `- ${markdownText(command)}: Node ${markdownText(node)}, ${markdownText(platform)} ${markdownText(release)} ${markdownText(architecture)}, ` +
        `${markdownText(cpu)}, ${count(cores, 'core')}; ${started}, ${(durationMs / 1_000).toFixed(1)} s`,
    )
    .join('\n');
}

export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** What could be markup, of Markdown or of HTML, is text. */
export function markdownText(value: string): string {
  return visible(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|~$]/g, String.raw`\$&`)
    .replaceAll('\n', ' ');
}

function code(line: string): string {
  const ticks = '`'.repeat(1 + longestRun(line));
  const pad = line.includes('`') ? ' ' : '';
  return `${ticks}${pad}${visible(line).replaceAll('\n', ' ')}${pad}${ticks}`;
}

function fence(lines: readonly string[]): string {
  const body = lines.map((line) => visible(line).replaceAll('\n', ' '));
  const ticks = '`'.repeat(Math.max(3, 1 + longestRun(body.join('\n'))));
  return [`${ticks}sh`, ...body, ticks].join('\n');
}

function longestRun(line: string): number {
  return Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
}
