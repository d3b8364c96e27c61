/** The markup of a counterexample's page; `docs/chromium` has the tests in a browser. */

import { describe, expect, test } from 'vitest';
import { HANGING_TRANSACTION } from '../../evidence/hanging-transaction.fixture.ts';
import type { Finding } from '../../evidence/finding.ts';
import { embedded } from '../../page/embedded.ts';
import { counterexample } from '../document.ts';
import { layoutOf } from './layout.ts';
import { renderCounterexamplePage } from './page.ts';

function render(finding: Finding, file = 'finding.json'): string {
  const data = embedded('finding', finding) ?? 'large.finding.json';
  return renderCounterexamplePage(counterexample(finding), { file, all: false, data });
}

describe('the page', () => {
  const page = render(HANGING_TRANSACTION);

  test('weighs less than 150 KB', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(150_000);
  });

  test('is the same for the same finding', () => {
    expect(render(HANGING_TRANSACTION)).toBe(page);
  });

  test('has an event for every citation', () => {
    const cited = [...page.matchAll(/href="#(e\d+)"/g)].map(([, id]) => id);
    expect(cited.length).toBeGreaterThan(2);
    for (const id of cited) expect(page).toContain(`<li id="${id}"`);
  });

  test('carries no more than it says: the finding as it is', () => {
    const [, json] = /<script id="finding" type="application\/json">(.*?)<\/script>/.exec(page)!;
    expect(JSON.parse(json!)).toEqual(HANGING_TRANSACTION);
  });

  test('quotes a file name for the shell', () => {
    expect(render(HANGING_TRANSACTION, "it's $(rm) me.json")).toContain(
      'npx onceproof replay &#39;it&#39;\\&#39;&#39;s $(rm) me.json&#39;',
    );
  });

  test('of a finding too large to carry stands still and names the file beside it', () => {
    const event = HANGING_TRANSACTION.trace[0]!;
    const trace = [...HANGING_TRANSACTION.trace, ...Array.from({ length: 80_000 }, () => event)];
    const large = render({ ...HANGING_TRANSACTION, trace });
    expect(large).toContain('<a href="large.finding.json">');
    expect(large).not.toContain('<script');
    expect(large).toContain('script-src &#39;none&#39;');
    expect(Buffer.byteLength(large), 'its list tells the story only').toBeLessThan(3_000_000);
  });
});

describe('the lanes', () => {
  const { arrows, items, lanes } = layoutOf(counterexample(HANGING_TRANSACTION), false);
  const rowOf = (number: number) =>
    items.find((item) => item.kind === 'row' && item.row.number === number)!;

  test('draw a message that was held back from where it was held to where it arrives late', () => {
    const [held, late] = arrows.filter(({ row }) => row.text.startsWith('Produce'));
    expect(held).toMatchObject({ to: 29, isResumed: false });
    expect(late).toMatchObject({ start: held!.end, from: 29, to: 44, isResumed: true });
    expect(late!.end.y).toBe(rowOf(44).y);
  });

  test('have no line while a participant is down, and none before it starts', () => {
    const producer = lanes.find(({ lane }) => lane.id === 'A#1')!;
    expect(producer.down).toEqual([{ top: rowOf(31).y, bottom: expect.any(Number) as number }]);
    expect(producer.top).toBe(rowOf(8).y);
  });
});
