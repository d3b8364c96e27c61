/** The page of a counterexample as readers have it: in a browser, from a file, without a network. */

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { counterexample } from '../../reports/counterexample/document.ts';
import { renderVitest } from '../../reports/counterexample/exports/render-vitest.ts';
import { renderCounterexamplePage } from '../../reports/counterexample/page/page.ts';
import { HANGING_TRANSACTION } from '../../reports/evidence/hanging-transaction.fixture.ts';
import type { Finding } from '../../reports/evidence/finding.ts';
import { embedded } from '../../reports/page/embedded.ts';
import { accessibilityViolations } from './accessibility.ts';
import { Chromium, NO_CHROMIUM, type OpenPage } from './chromium.ts';

const DESKTOP = { viewport: { width: 1440, height: 900 } };

let chromium: Chromium;
beforeAll(async () => {
  chromium = await Chromium.launch();
});
afterEach(() => chromium.closePages());
afterAll(() => chromium.close());

function render(finding: Finding, all = false): string {
  const data = embedded('finding', finding) ?? 'finding.json';
  return renderCounterexamplePage(counterexample(finding), { file: 'finding.json', all, data });
}

/** Number of the event that is looked at. */
function currentEvent(page: Page): Promise<string | null> {
  return page.locator('.band.current').getAttribute('data-event');
}

function expectQuiet({ requests, complaints }: OpenPage): void {
  expect(requests, 'requests').toEqual([]);
  expect(complaints, 'console and dialogs').toEqual([]);
}

describe.skipIf(NO_CHROMIUM !== '')(`a counterexample in Chromium${NO_CHROMIUM}`, () => {
  const page = render(HANGING_TRANSACTION);

  test('asks for nothing over the network and complains of nothing', async () => {
    const opened = await chromium.open(page, '', DESKTOP);
    await opened.page.locator('#everything').check();
    await opened.page.locator('#help-button').click();
    await opened.page.keyboard.press('Escape');
    expectQuiet(opened);
  });

  test('steps by keys from event to event', async () => {
    const { page: shown } = await chromium.open(page, '', DESKTOP);
    expect(await currentEvent(shown), 'begins at the contradiction').toBe('53');
    const pressed: (string | null)[] = [];
    for (const key of [
      'k',
      'ArrowLeft',
      'j',
      'ArrowRight',
      'Home',
      'j',
      'End',
      'n',
      'p',
      '[',
      ']',
    ]) {
      await shown.keyboard.press(key);
      pressed.push(await currentEvent(shown));
    }
    expect(pressed).toEqual(['52', '50', '52', '53', '1', '8', '53', '20', '53', '44', '29']);
    expect(await shown.locator('#announcement').textContent()).toBe(
      'Event 29, step 16 of 31: Produce v1 to a-0, id 0 epoch 0 sequence 0 (held back)',
    );
  });

  test('steps by buttons and by the slider', async () => {
    const { page: shown } = await chromium.open(page, '', DESKTOP);
    await shown.getByRole('button', { name: 'First' }).click();
    expect(await shown.getByRole('button', { name: 'Previous' }).isDisabled()).toBe(true);
    await shown.getByRole('button', { name: 'Next' }).click();
    expect(await currentEvent(shown)).toBe('8');
    await shown.getByRole('slider').focus();
    await shown.keyboard.press('ArrowRight');
    expect(await currentEvent(shown)).toBe('9');
    await shown.getByRole('button', { name: 'Offending' }).click();
    expect(await currentEvent(shown)).toBe('20');
  });

  test('names the step in the URL, and opens at the step that a URL names', async () => {
    const { page: shown } = await chromium.open(page, '#e34', DESKTOP);
    expect(await currentEvent(shown)).toBe('34');
    await shown.keyboard.press('j');
    expect(new URL(shown.url()).hash).toBe('#e36');
    await shown.evaluate(() => {
      location.hash = '#e20';
    });
    await expect.poll(() => currentEvent(shown)).toBe('20');
  });

  test('goes to the events that the argument cites, also to one that the short view does not draw', async () => {
    const { page: shown } = await chromium.open(page, '', DESKTOP);
    await shown.locator('.argument a', { hasText: 'event 20' }).first().click();
    expect(await currentEvent(shown)).toBe('20');
    await shown.evaluate(() => {
      location.hash = '#e40';
    });
    await expect.poll(() => currentEvent(shown)).toBe('40');
    expect(await shown.locator('#everything').isChecked()).toBe(true);
  });

  test('shows what a step changes, before and after, and the whole state', async () => {
    const { page: shown } = await chromium.open(page, '#e34', DESKTOP);
    expect(await shown.locator('#state .diff').first().innerText()).toContain(
      'log __transaction_state-0 › [2]\tnone\tPrepareAbort {a-0}, id 0 epoch 1',
    );
    await shown.locator('#state summary').click();
    expect(await shown.locator('.whole-state .diff').innerText()).toContain('held back');
    await shown.keyboard.press('j');
    expect(await shown.locator('.whole-state').getAttribute('open'), 'stays open').not.toBeNull();
  });

  test('draws a message that is under way down to the present only', async () => {
    const { page: shown } = await chromium.open(page, '#e36', DESKTOP);
    expect(await shown.locator('.now-way').count()).toBe(1);
    const [present, end, arrival] = await shown.evaluate(() => [
      Number(document.querySelector<SVGElement>('.row[data-event="36"]')!.dataset['y']),
      document.querySelector<SVGCircleElement>('.now-end')!.cy.baseVal.value,
      Number(document.querySelector<SVGElement>('.row[data-event="44"]')!.dataset['y']),
    ]);
    expect(end).toBeGreaterThan(present!);
    expect(end).toBeLessThan(arrival!);
    await shown.keyboard.press('End');
    expect(await shown.locator('.now-way').count()).toBe(0);
  });

  test('shows its keys, and can be told to leave keys alone', async () => {
    const { page: shown } = await chromium.open(page, '', DESKTOP);
    await shown.keyboard.press('?');
    expect(await shown.getByRole('dialog').isVisible()).toBe(true);
    await shown.getByLabel('keys are on').uncheck();
    await shown.keyboard.press('Escape');
    await shown.keyboard.press('k');
    expect(await currentEvent(shown)).toBe('53');
  });

  test('copies the replay command, the trace and the finding as a test', async () => {
    const { page: shown } = await chromium.open(page, '', DESKTOP);
    await shown.evaluate(() => {
      const copied: string[] = [];
      Object.assign(globalThis, { copied });
      navigator.clipboard.writeText = (text) => Promise.resolve(void copied.push(text));
    });
    await shown.getByRole('button', { name: 'Copy replay command' }).click();
    await shown.getByRole('button', { name: 'Copy trace as JSON' }).click();
    await shown.keyboard.press('t');
    await expect.poll(() => shown.evaluate('globalThis.copied.length')).toBe(3);
    await expect.poll(() => shown.locator('#copied').textContent()).toMatch(/^Copied [\d,]+ char/);
    const [command, trace, text] = await shown.evaluate<string[]>('globalThis.copied');
    expect(command).toBe('npx onceproof replay finding.json');
    expect(JSON.parse(trace!)).toEqual(HANGING_TRANSACTION.trace);
    expect(text).toBe(
      renderVitest(counterexample(HANGING_TRANSACTION), HANGING_TRANSACTION.scenario),
    );
  });

  test('can be read without JavaScript', async () => {
    const opened = await chromium.open(page, '', { ...DESKTOP, javaScriptEnabled: false });
    expectQuiet(opened);
    const { page: shown } = opened;
    const text = await shown.locator('body').innerText();
    for (const { number, text: words } of counterexample(HANGING_TRANSACTION).rows) {
      expect(text).toContain(words);
      expect(await shown.locator(`#e${number}`).count()).toBe(1);
    }
    expect(await shown.locator('svg[role=img]').isVisible()).toBe(true);
    for (const control of ['#stepper', '#copies', '#views']) {
      expect(await shown.locator(control).isVisible(), control).toBe(false);
    }
  });

  test.each([
    ['light', DESKTOP.viewport],
    ['dark', DESKTOP.viewport],
    ['light', { width: 390, height: 844 }],
  ] as const)('has no accessibility violation: %s, %o', async (colorScheme, viewport) => {
    const options = { viewport, colorScheme, bypassCSP: true };
    const { page: shown } = await chromium.open(page, '#e44', options);
    await shown.locator('#state summary').click();
    expect(await accessibilityViolations(shown)).toEqual([]);
    await shown.locator('#help-button').click();
    expect(await accessibilityViolations(shown), 'with the help open').toEqual([]);
  });

  test('wears the colours that its reader chooses', async () => {
    const { page: shown } = await chromium.open(page, '', { ...DESKTOP, colorScheme: 'light' });
    const paper = (): Promise<string> =>
      shown.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await shown.getByLabel('Colours').selectOption('dark');
    const dark = await paper();
    expect(dark).not.toBe(light);
    await shown.emulateMedia({ colorScheme: 'dark' });
    await shown.getByLabel('Colours').selectOption('light');
    expect(await paper()).toBe(light);
    await shown.emulateMedia({ media: 'print' });
    expect(await paper(), 'on paper').toBe(light);
  });

  test.each([320, 390, 768, 1280])('does not scroll sideways at %d pixels', async (width) => {
    const { page: shown } = await chromium.open(page, '', { viewport: { width, height: 800 } });
    expect(await shown.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });

  test('prints lanes and words on paper, without controls', async () => {
    const { page: shown } = await chromium.open(page, '#e9', {
      viewport: { width: 794, height: 1123 },
    });
    await shown.emulateMedia({ media: 'print' });
    const frame = await shown.evaluate(() => {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } =
        document.getElementById('lanes')!;
      return { sideways: scrollWidth - clientWidth, hidden: scrollHeight - clientHeight };
    });
    expect(frame, 'nothing of the lanes is cut off').toEqual({ sideways: 0, hidden: 0 });
    for (const control of ['#stepper', '#copies', '#views', '.theme']) {
      expect(await shown.locator(control).isVisible(), control).toBe(false);
    }
    const pdf = await shown.pdf();
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });
});

describe.skipIf(NO_CHROMIUM !== '')(`hostile names and values in Chromium${NO_CHROMIUM}`, () => {
  const HOSTILE = `</script><script>alert(1)</script><img src=x onerror=alert(2)> "'\u202E\u0000&lt; javascript:alert(3)`;

  function everywhere<Value>(value: Value): Value {
    const replaced = JSON.stringify(value, (key, field: unknown) => {
      if (typeof field !== 'string') return field;
      return ['text', 'value', 'error', 'message', 'seed', 'mutant'].includes(key)
        ? `${field} ${HOSTILE}`
        : field.replace(/^(A#1|leader a-0)$/, `$1 ${HOSTILE}`);
    });
    return JSON.parse(replaced) as Value;
  }

  const { violation, history, trace } = HANGING_TRANSACTION;
  const finding: Finding = {
    ...everywhere({ ...HANGING_TRANSACTION, history, trace }),
    claim: `NoHangingTransaction ${HOSTILE}`,
    permitted: { anomaly: HOSTILE, source: HOSTILE },
    violation: { ...violation, message: HOSTILE, why: [HOSTILE, `${HOSTILE} (event 20)`] },
  };

  test('run nothing, load nothing and hide nothing', async () => {
    const clean = await chromium.open(render(HANGING_TRANSACTION), '', DESKTOP);
    const opened = await chromium.open(render(finding), '', DESKTOP);
    const { page } = opened;
    for (const key of ['Home', 'j', 'j', 'a', 'End', 'k', 'n']) await page.keyboard.press(key);
    expectQuiet(opened);
    const count = (shown: Page, selector: string): Promise<number> =>
      shown.locator(selector).count();
    expect(await count(page, 'script')).toBe(await count(clean.page, 'script'));
    expect(await count(page, 'img, iframe, object, embed')).toBe(0);
    expect(await page.locator('.story').innerText()).toContain('<img src=x onerror=alert(2)>');
    expect(await page.locator('.story').innerText()).toContain('‹U+202E›‹U+0000›&lt;');
    expect(await page.locator('body').innerHTML()).not.toContain('\u202E');
  });

  test('widen no page', async () => {
    const { page } = await chromium.open(render(finding), '', {
      viewport: { width: 390, height: 800 },
    });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });
});

describe.skipIf(NO_CHROMIUM !== '')(`a large finding in Chromium${NO_CHROMIUM}`, () => {
  const { trace } = HANGING_TRANSACTION;
  const time = trace.at(-1)!.time;
  const filler = Array.from({ length: 4_000 }, (_, index): Finding['trace'][number] => ({
    kind: 'state',
    time,
    lane: 'leader a-0',
    text: `LSO ${index}`,
    fields: { lastStableOffset: index, highWatermark: index },
  }));
  const finding: Finding = { ...HANGING_TRANSACTION, trace: [...trace, ...filler] };

  test('is embedded compressed, and steps all the same', async () => {
    const html = render(finding);
    expect(html).toContain('<script id="finding" type="application/gzip">');
    const opened = await chromium.open(html, '#e4000', DESKTOP);
    await expect.poll(() => currentEvent(opened.page)).toBe('4000');
    await opened.page.keyboard.press('j');
    expect(await currentEvent(opened.page)).toBe('4001');
    expectQuiet(opened);
  });
});
