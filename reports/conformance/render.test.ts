/** The views of a report: each against its format's own rules, and all with hostile texts in every place. */

import { validate } from 'ctrf';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { describe, expect, test } from 'vitest';
import type { ConformanceReport } from '../evidence/conformance-report.ts';
import { conformanceReport } from './build.ts';
import {
  at,
  CATALOGUE,
  claim,
  clause,
  HOSTILE,
  hostileInputs,
  inputs,
  observed,
  run,
} from './evidence.fixture.ts';
import { renderReportPage } from './page/page.ts';
import { badgeText, renderBadge } from './render-badge.ts';
import { renderCtrf } from './render-ctrf.ts';
import { renderJunit } from './render-junit.ts';
import { renderMarkdown } from './render-markdown.ts';

const CLAUSES = [
  clause(),
  clause({ id: 'EOS-IDEM-02', transactionVersions: [0, 1] }),
  clause({ id: 'EOS-LSO-01', area: 'fetch', tests: [], requirement: `${HOSTILE}.` }),
];
const catalogue = { ...CATALOGUE, clauses: CLAUSES };
const held = conformanceReport(inputs(), catalogue);
const hostile = conformanceReport(hostileInputs(), catalogue);
const violated = conformanceReport(
  inputs({ runs: [at('r', run({ claims: [claim({ status: 'violated', violations: 1 })] }))] }),
  catalogue,
);
const system = conformanceReport(observed({ subject: HOSTILE }), catalogue);
const REPORTS: readonly (readonly [string, ConformanceReport])[] = [
  ['held', held],
  ['hostile', hostile],
  ['violated', violated],
  ['a system', system],
];

/** Throws of what is not well formed. */
function elementsOf(xml: string): SaxesTagPlain[] {
  const elements: SaxesTagPlain[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => elements.push(tag));
  parser.write(xml).close();
  return elements;
}

describe('JUnit', () => {
  test.each(REPORTS)('%s: well formed, with counts that are those of its cases', (_, report) => {
    const elements = elementsOf(renderJunit(report));
    const named = (name: string): number => elements.filter((tag) => tag.name === name).length;
    const { attributes } = elements[0]!;
    expect(elements[0]!.name).toBe('testsuites');
    expect(attributes).toMatchObject({
      tests: String(named('testcase')),
      failures: String(named('failure')),
      errors: String(named('error')),
      skipped: String(named('skipped')),
    });
    const suites = elements.filter(({ name }) => name === 'testsuite');
    const sum = (key: string): number =>
      suites.reduce((total, suite) => total + Number(suite.attributes[key]), 0);
    expect(sum('tests')).toBe(named('testcase'));
    expect(sum('errors')).toBe(named('error'));
    const known = [
      'testsuites',
      'testsuite',
      'testcase',
      'failure',
      'error',
      'skipped',
      'system-out',
    ];
    expect(elements.filter(({ name }) => !known.includes(name))).toEqual([]);
    for (const { name, attributes: of } of elements) {
      if (name === 'testcase') expect(Object.keys(of)).toEqual(['name', 'classname', 'time']);
    }
  });

  test('what was not exercised is an error, never a pass or a skip', () => {
    const open = conformanceReport(inputs({ clauseResults: [] }), catalogue);
    const text = renderJunit(open);
    expect(text).toMatch(
      /name="EOS-IDEM-01 \(must\)".*<error message="[^"]+" type="inconclusive">/,
    );
    expect(text).toMatch(/name="EOS-IDEM-02 \(must\)".*<skipped message="it applies to/);
  });
});

describe('CTRF', () => {
  test.each(REPORTS)('%s: fits the schema of specification 0.0', (_, report) => {
    const document: unknown = JSON.parse(renderCtrf(report));
    expect(validate(document)).toMatchObject({ valid: true });
  });

  test('its validator refuses what does not fit', () => {
    const document = JSON.parse(renderCtrf(held)) as { results: { summary: object } };
    const broken = { ...document, results: { ...document.results, summary: {} } };
    expect(validate(broken).valid).toBe(false);
  });

  test('counts every status once', () => {
    const { results } = JSON.parse(renderCtrf(violated)) as {
      results: { summary: Record<string, number>; tests: { rawStatus: string; status: string }[] };
    };
    const { tests, passed = 0, failed = 0, skipped = 0, other = 0 } = results.summary;
    expect(passed + failed + skipped + other).toBe(tests);
    const raw = results.tests.find(({ rawStatus }) => rawStatus === 'inconclusive');
    expect(raw?.status).toBe('other');
  });
});

describe('the page', () => {
  test.each(REPORTS)('%s: has no script, asks nobody and shows every clause', (_, report) => {
    const page = renderReportPage(report);
    expect(page).not.toMatch(/<(?:script|img|iframe|object|embed|form|base)\b/i);
    expect(page).not.toMatch(/\son\w+\s*=\s*["']/i);
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page).toContain('script-src &#39;none&#39;');
    for (const { id } of report.clauses) expect(page).toContain(`id="${id}"`);
    const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, link]) => link!);
    expect(
      links.filter((link) => !/^(?:#|https:\/\/|data:,|counterexamples\/)/.test(link)),
    ).toEqual([]);
  });

  test('leads every link within it to something', () => {
    const page = renderReportPage(held);
    const anchors = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id!);
    expect(anchors.filter((id) => !page.includes(`id="${id}"`))).toEqual([]);
  });

  test('names what could not be seen', () => {
    expect(renderReportPage(hostile)).toContain('‹U+202E›');
  });

  test('says partial on the first screen', () => {
    const page = renderReportPage(hostile);
    expect(page.indexOf('Partial:')).toBeGreaterThan(0);
    expect(page.indexOf('Partial:')).toBeLessThan(page.indexOf('id="findings"'));
  });
});

describe('Markdown', () => {
  test('makes no markup of what evidence says', () => {
    // What stands in code is text anyway.
    const text = renderMarkdown(hostile)
      .replaceAll(/```sh\n[\s\S]*?```/g, '')
      .replaceAll(/``.*?``/g, '');
    expect(text).not.toMatch(/<(?:img|\/script)/);
    expect(text).not.toContain('[x](javascript:1)');
  });

  test('has as many cells in every row as its table has columns', () => {
    const cells = (line: string): number => line.split(/(?<!\\)\|/).length;
    const lines = renderMarkdown(hostile).split('\n');
    for (const [index, line] of lines.entries()) {
      if (!line.startsWith('|-')) continue;
      for (let row = index + 1; lines[row]?.startsWith('|') === true; row += 1) {
        expect(cells(lines[row]!)).toBe(cells(line));
      }
    }
  });

  test('a report in which everything holds', async () => {
    await expect(renderMarkdown(held)).toMatchFileSnapshot('./__snapshots__/held.md');
  });
});

describe('the badge', () => {
  test('counts must clauses and names the rules, never a percentage', () => {
    expect(badgeText(held)).toBe('must 2/2 · KIP-890');
    expect(badgeText(violated)).toBe('non-conformant · KIP-890');
    const partial = conformanceReport(inputs({ clauseResults: [] }), catalogue);
    expect(badgeText(partial)).toBe('partial, must 1/2 · KIP-890');
  });

  test.each(REPORTS)('%s: is well-formed SVG', (_, report) => {
    const [svg] = elementsOf(renderBadge(report));
    expect(svg!.attributes['aria-label']).toContain(badgeText(report));
  });
});
