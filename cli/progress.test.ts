/** Progress: one live line on a terminal, a few plain lines elsewhere. */

import { expect, test } from 'vitest';
import { PLAIN } from '../reports/terminal/style.ts';
import type { CampaignProgress } from '../properties/campaign/run-campaign.ts';
import { campaignProgress } from './campaign-progress.ts';
import { ProgressPrinter } from './progress.ts';

function printed(canRedraw: boolean, updates: readonly Partial<CampaignProgress>[]): string[] {
  const written: string[] = [];
  const printer = new ProgressPrinter({
    out: () => undefined,
    err: (text) => void written.push(text),
    columns: 60,
    outStyle: PLAIN,
    errStyle: PLAIN,
    canRedraw,
  });
  for (const update of updates) printer.update(campaignProgress({ ...START, ...update }));
  printer.clear();
  return written;
}

const START: CampaignProgress = {
  scenarios: 0,
  scenariosPlanned: 20_000,
  elapsedMs: 0,
  timeMs: null,
  violations: 0,
  witnessesReached: 0,
  claims: 5,
};

/** A thousand scenarios a second, reported ten times a second. */
const steady = Array.from({ length: 200 }, (_, index) => ({
  scenarios: (index + 1) * 100,
  elapsedMs: (index + 1) * 100,
  witnessesReached: 5,
}));

test('a pipe gets one plain line early and one for each tenth, and no escape sequence', () => {
  const lines = printed(false, steady);
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe(
    ' 10 %  2000 scenarios, 1000/s, no violation, 5 of 5 witnesses reached, 2.0 s\n',
  );
  expect(lines.join('')).not.toContain('\u001b');
});

test('a slow run shows after two seconds that it runs, then every half minute', () => {
  const slow = Array.from({ length: 100 }, (_, index) => ({
    scenarios: index,
    elapsedMs: index * 1_000,
  }));
  expect(printed(false, slow)).toHaveLength(4);
});

test('a terminal gets one line, drawn over, never wrapped, and cleared at the end', () => {
  const writes = printed(true, steady);
  expect(writes.every((text) => text.startsWith('\r\u001b[K') && !text.includes('\n'))).toBe(true);
  expect(Math.max(...writes.map((text) => text.length))).toBeLessThan(60 + 4);
  expect(writes.at(-1)).toBe('\r\u001b[K');
});

test('a time budget counts as well', () => {
  const [line] = printed(false, [{ scenariosPlanned: null, timeMs: 10_000, elapsedMs: 5_000 }]);
  expect(line).toContain(' 50 %');
});
