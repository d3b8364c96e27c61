/** A diff of two reports, as Markdown and as a page. */

import type { ConformanceDiff } from '../evidence/conformance-diff.ts';
import { html } from '../page/html.ts';
import { renderPage } from '../page/page.ts';
import { markdownTable, markdownText } from './render-markdown.ts';
import { REPORT_CSS } from './page/css.ts';
import { facts, row, rowsTable } from './page/parts.ts';
import { subjectText } from './subject.ts';
import { count } from './wording.ts';

const HEAD = ['change', 'of', 'name', 'before', 'after', 'why'];

export function renderDiffMarkdown(diff: ConformanceDiff): string {
  const rows = diff.changes.map(({ change, of, name, before, after, why }) => [
    change,
    of,
    name,
    before ?? '',
    after ?? '',
    why,
  ]);
  const blocks = [
    `# ${headline(diff)}`,
    sides(diff)
      .map(([name, text]) => `- ${name}: ${markdownText(text)}`)
      .join('\n'),
    ...(rows.length === 0 ? [] : [markdownTable(HEAD, rows)]),
    `${count(diff.unchanged, 'claim or clause', 'claims or clauses')} unchanged.`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

export function renderDiffPage(diff: ConformanceDiff): string {
  const rows = diff.changes.map(({ change, of, name, before, after, why }) =>
    row(html`<span class="chip ${classOf(change)}">${change}</span>`, of, name, before, after, why),
  );
  return renderPage({
    title: headline(diff),
    generator: `${diff.tool.name} ${diff.tool.version}`,
    css: REPORT_CSS,
    script: null,
    header: html`<h1>${headline(diff)}</h1>`,
    main: html`${facts(sides(diff))}${rows.length > 0 && rowsTable('Changes, worst first', HEAD, rows)}<p>${count(diff.unchanged, 'claim or clause', 'claims or clauses')} unchanged.</p>`,
    footer: html`<p>${diff.tool.name} ${diff.tool.version}</p>`,
  });
}

function headline({ changes }: ConformanceDiff): string {
  if (changes.length === 0) return 'Nothing changed';
  const counts = new Map<string, number>();
  for (const { change } of changes) counts.set(change, (counts.get(change) ?? 0) + 1);
  return [...counts].map(([change, times]) => `${times} ${change}`).join(', ');
}

function sides({ before, after }: ConformanceDiff): readonly (readonly [string, string])[] {
  const side = ({ subject, verdict, toolVersion }: ConformanceDiff['before']): string =>
    `${subjectText(subject)}: ${verdict} (onceproof ${toolVersion})`;
  return [
    ['Before', side(before)],
    ['After', side(after)],
  ];
}

function classOf(change: ConformanceDiff['changes'][number]['change']): string {
  switch (change) {
    case 'new-fail':
    case 'still-failing':
      return 'bad';
    case 'weaker-evidence':
    case 'gone':
      return 'warn';
    case 'fixed':
    case 'stronger-evidence':
      return 'good';
    case 'new':
      return 'quiet';
  }
}
