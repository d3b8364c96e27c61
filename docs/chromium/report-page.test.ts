/** The conformance report as readers have it: in a browser, from a file, without a network and without a script. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CLAIMS } from '../../properties/claims/all-claims.ts';
import { checkClauses } from '../../properties/clauses/check.ts';
import { CLAUSES } from '../../properties/clauses/clauses.ts';
import { statementOf } from '../../properties/clauses/statement.ts';
import { conformanceReport } from '../../reports/conformance/build.ts';
import { conformanceDiff } from '../../reports/conformance/diff.ts';
import {
  at,
  CATALOGUE,
  clause,
  hostileInputs,
  HOSTILE,
  inputs,
} from '../../reports/conformance/evidence.fixture.ts';
import { renderReportPage } from '../../reports/conformance/page/page.ts';
import { renderDiffPage } from '../../reports/conformance/render-diff.ts';
import { accessibilityViolations } from './accessibility.ts';
import { Chromium, NO_CHROMIUM } from './chromium.ts';

const clauses = CLAUSES.map(statementOf);
const results = checkClauses(CLAUSES, { transactionVersion: 2, mutant: 'C01' });
/** Everything there is, with some of it violated and much of it open. */
const full = conformanceReport(
  inputs({
    runs: inputs().runs.map(({ file, value }) => {
      const scope = { ...value.scope, mutant: 'C01' };
      return at(file, { ...value, scope });
    }),
    coverages: [],
    clauseResults: [at('clauses.json', { ...results, mutant: 'C01' })],
  }),
  { claims: CLAIMS, clauses },
);
const hostile = conformanceReport(hostileInputs(), {
  ...CATALOGUE,
  clauses: [clause({ requirement: `${HOSTILE}.`, kafka: HOSTILE, area: HOSTILE })],
});
const covered = conformanceReport(inputs(), CATALOGUE);
const PAGES = [
  ['a whole report', renderReportPage(full)],
  ['a report with coverage', renderReportPage(covered)],
  ['a report of hostile texts', renderReportPage(hostile)],
  ['a diff', renderDiffPage(conformanceDiff(covered, full))],
] as const;

let chromium: Chromium;
beforeAll(async () => {
  chromium = await Chromium.launch();
});
afterEach(() => chromium.closePages());
afterAll(() => chromium.close());

describe.skipIf(NO_CHROMIUM !== '')(`a report in Chromium${NO_CHROMIUM}`, () => {
  test.each(PAGES)(
    '%s asks for nothing, runs nothing and complains of nothing',
    async (_, page) => {
      const opened = await chromium.open(page);
      expect(opened.requests).toEqual([]);
      expect(opened.complaints).toEqual([]);
      expect(await opened.page.locator('script, img, iframe').count()).toBe(0);
    },
  );

  test.each(PAGES)('%s is accessible, light and dark', async (_, page) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page: shown } = await chromium.open(page, '', { bypassCSP: true, colorScheme });
      await shown.locator('details').evaluateAll((all) => {
        for (const each of all) each.setAttribute('open', '');
      });
      expect(await accessibilityViolations(shown), colorScheme).toEqual([]);
    }
  });

  test.each(PAGES)('%s fits a narrow screen and paper', async (_, page) => {
    for (const width of [320, 794]) {
      const { page: shown } = await chromium.open(page, '', { viewport: { width, height: 800 } });
      if (width === 794) await shown.emulateMedia({ media: 'print' });
      const overflow = await shown.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow, `at ${width}`).toBe(0);
      // A caption of one character a line is what a table that lost its layout looks like.
      const heights = await shown
        .locator('caption')
        .evaluateAll((all) => all.map((caption) => caption.getBoundingClientRect().height));
      expect(heights.filter((height) => height > 120)).toEqual([]);
    }
  });

  test('verdict, scope and command are on the first screen', async () => {
    const viewport = { width: 1280, height: 900 };
    const { page: shown } = await chromium.open(renderReportPage(covered), '', { viewport });
    for (const text of ['conformant', 'Transaction version', 'Faults', 'npx onceproof run']) {
      const box = await shown.getByText(text).first().boundingBox();
      expect(box!.y + box!.height, text).toBeLessThan(viewport.height);
    }
  });

  test('clauses are filtered by status and level, and it is said that some are hidden', async () => {
    const { page: shown } = await chromium.open(renderReportPage(full));
    const visibleRows = (): Promise<number> => shown.locator('tr.clause:visible').count();
    const count = (wanted: (row: (typeof full.clauses)[number]) => boolean): number =>
      full.clauses.filter(wanted).length;
    expect(await visibleRows()).toBe(full.clauses.length);
    await shown.getByLabel('Status').selectOption('violated');
    expect(await visibleRows()).toBe(count(({ status }) => status === 'violated'));
    expect(await visibleRows()).toBeGreaterThan(0);
    expect(await shown.getByText('Some clauses are hidden').isVisible()).toBe(true);
    await shown.getByLabel('Status').selectOption('all');
    await shown.getByLabel('Level').selectOption('may');
    expect(await visibleRows()).toBe(count(({ level }) => level === 'may'));
  });

  test('a clause has an address of its own', async () => {
    const { page: shown } = await chromium.open(renderReportPage(full), '#EOS-FENCE-03');
    await expect
      .poll(() =>
        shown
          .locator('#EOS-FENCE-03')
          .evaluate(
            (row) => row.getBoundingClientRect().top >= 0 && row.getBoundingClientRect().top < 900,
          ),
      )
      .toBe(true);
  });

  test('hostile texts are text', async () => {
    const { page: shown } = await chromium.open(renderReportPage(hostile));
    const text = await shown.locator('main').innerText();
    expect(text).toContain('</script><img src=x onerror="alert(1)">');
  });
});
