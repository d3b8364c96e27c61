/**
 * The pictures of the guides: `npm run pictures` finds a counterexample, writes its page, and a report of another defect,
 * and takes both in Chromium. The counterexample is the transaction that commits late and leaves the next one hanging, of
 * which KIP-890 tells, on a leader that does not verify.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions } from 'playwright-core';
import { Chromium } from './chromium.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const PICTURES = join(ROOT, 'docs', 'pictures');

interface Shot extends BrowserContextOptions {
  readonly name: string;
  readonly isPrinted?: boolean;
}

const SHOTS: readonly Shot[] = [
  { name: 'light', viewport: { width: 1280, height: 760 } },
  { name: 'dark', viewport: { width: 1280, height: 560 }, colorScheme: 'dark' },
  { name: 'narrow', viewport: { width: 390, height: 844 } },
  { name: 'print', viewport: { width: 794, height: 700 }, isPrinted: true },
];

function counterexamplePage(folder: string): string {
  const onceproof = join(ROOT, 'dist', 'cli', 'main.js');
  const out = join(folder, 'out');
  const options = ['--mutant', 'P14', '--transaction-version', '1', '--seed', '1', '--out', out];
  // The run ends with the exit code of a violation.
  spawnSync(process.execPath, [onceproof, 'run', 'NoHangingTransaction', ...options]);
  const finding = join(out, 'findings', readdirSync(join(out, 'findings'))[0]!);
  const page = join(folder, 'page.html');
  execFileSync(process.execPath, [onceproof, 'inspect', finding, '--html', page]);
  return readFileSync(page, 'utf8').replaceAll(finding, 'finding.json');
}

/** While the message that will do the harm is held back. */
async function lateEvent(chromium: Chromium, page: string): Promise<string> {
  const { page: shown } = await chromium.open(page);
  const late = await shown.locator('.arrow.late').first().getAttribute('data-to');
  const before = shown.locator(`.row:has(~ .row[data-event="${late}"])`).last();
  return (await before.getAttribute('data-event')) ?? '';
}

/** Of a mutant, so that there is something to see. Without the environment, which is of whoever takes the picture. */
function reportPage(folder: string): string {
  const onceproof = (...words: string[]): void => {
    const main = join(ROOT, 'dist', 'cli', 'main.js');
    spawnSync(process.execPath, [main, ...words], { cwd: folder });
  };
  const mutant = ['--mutant', 'T08', '--out', 'evidence'];
  onceproof('run', ...mutant, '--faults', 'lose-request', '--scenarios', '2000', '--seed', '3');
  onceproof('clauses', '--check', ...mutant);
  rmSync(join(folder, 'evidence', 'environment.json'));
  onceproof('report', 'evidence', '--out', 'report');
  return readFileSync(join(folder, 'report', 'report.html'), 'utf8');
}

async function takePictures(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'onceproof-pictures-'));
  const chromium = await Chromium.launch();
  try {
    const page = counterexamplePage(folder);
    const event = await lateEvent(chromium, page);
    mkdirSync(PICTURES, { recursive: true });
    for (const { name, isPrinted, ...options } of SHOTS) {
      const { page: shown } = await chromium.open(page, `#e${event}`, options);
      if (isPrinted === true) await shown.emulateMedia({ media: 'print' });
      else
        await shown.locator(name === 'narrow' ? '.picture' : '.columns').scrollIntoViewIfNeeded();
      await shown.waitForTimeout(200);
      await shown.screenshot({ path: join(PICTURES, `counterexample-${name}.png`) });
    }
    const report = reportPage(folder);
    for (const { name, isPrinted, ...options } of SHOTS) {
      const { page: shown } = await chromium.open(report, '', options);
      if (isPrinted === true) await shown.emulateMedia({ media: 'print' });
      await shown.screenshot({ path: join(PICTURES, `report-${name}.png`) });
    }
  } finally {
    await chromium.closePages();
    await chromium.close();
    rmSync(folder, { recursive: true });
  }
}

await takePictures();
