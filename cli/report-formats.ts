/** The formats of a report: what each is called, where it goes, and who renders it. */

import { renderBadge } from '../reports/conformance/render-badge.ts';
import { renderCtrf } from '../reports/conformance/render-ctrf.ts';
import { renderDiffMarkdown, renderDiffPage } from '../reports/conformance/render-diff.ts';
import { renderJunit } from '../reports/conformance/render-junit.ts';
import { renderMarkdown } from '../reports/conformance/render-markdown.ts';
import { renderReportPage } from '../reports/conformance/page/page.ts';
import type { ConformanceDiff } from '../reports/evidence/conformance-diff.ts';
import type { ConformanceReport } from '../reports/evidence/conformance-report.ts';

export interface ReportFormat<Document> {
  readonly name: string;
  readonly file: string;
  readonly render: (document: Document) => string;
}

const json = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;

export const REPORT_FORMATS: readonly ReportFormat<ConformanceReport>[] = [
  { name: 'html', file: 'report.html', render: renderReportPage },
  { name: 'md', file: 'report.md', render: renderMarkdown },
  { name: 'json', file: 'report.json', render: json },
  { name: 'junit', file: 'junit.xml', render: renderJunit },
  { name: 'ctrf', file: 'ctrf.json', render: renderCtrf },
  { name: 'badge', file: 'badge.svg', render: renderBadge },
];

export const DIFF_FORMATS: readonly ReportFormat<ConformanceDiff>[] = [
  { name: 'html', file: 'diff.html', render: renderDiffPage },
  { name: 'md', file: 'diff.md', render: renderDiffMarkdown },
  { name: 'json', file: 'diff.json', render: json },
];
