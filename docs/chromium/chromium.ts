/** A real headless Chromium to look at pages with, if there is one; and what a page did in it. */

import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Path of the browser, from CHROMIUM or PATH. */
function findChromium(): string | null {
  const named = process.env['CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find(isExecutable) ?? null;
}

/** Why tests do not run, to append to their name; empty: they run. */
export const NO_CHROMIUM =
  findChromium() === null
    ? ` (needs Chromium: none of ${NAMES.join(', ')} is on PATH; install one or name it in CHROMIUM)`
    : '';
// The usual reporter counts skipped tests and does not name them.
if (NO_CHROMIUM !== '') process.stderr.write(`Skipped: pages in a browser${NO_CHROMIUM}.\n`);

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface OpenPage {
  readonly page: Page;
  /** Requests beside the page itself. */
  readonly requests: readonly string[];
  /** Console output, exceptions, dialogs, violations of the page's policy. */
  readonly complaints: readonly string[];
}

/** One browser, a fresh profile for each page. */
export class Chromium {
  readonly #browser: Browser;
  readonly #folder = mkdtempSync(join(tmpdir(), 'onceproof-chromium-'));
  readonly #contexts: BrowserContext[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(): Promise<Chromium> {
    const executablePath = findChromium();
    if (executablePath === null) throw new Error(NO_CHROMIUM);
    // Chromium refuses its sandbox to root, as whom containers often run.
    const chromiumSandbox = process.getuid?.() !== 0;
    return new Chromium(await chromium.launch({ executablePath, chromiumSandbox }));
  }

  /** Opens a page from a file, as whoever gets it by mail does. */
  async open(html: string, hash = '', options: BrowserContextOptions = {}): Promise<OpenPage> {
    const path = join(this.#folder, `${this.#contexts.length}.html`);
    writeFileSync(path, html);
    const context = await this.#browser.newContext(options);
    this.#contexts.push(context);
    const page = await context.newPage();
    const url = pathToFileURL(path).href;
    const requests: string[] = [];
    const complaints: string[] = [];
    context.on('request', (request) => {
      if (request.url().split('#')[0] !== url) requests.push(request.url());
    });
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(`${url}${hash}`);
    return { page, requests, complaints };
  }

  async closePages(): Promise<void> {
    await Promise.all(this.#contexts.map((context) => context.close()));
  }

  async close(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true });
  }
}
