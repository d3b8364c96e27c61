/**
 * Runs every command of the README and compares what it prints. In a `console` block a line that begins with `$ ` is a
 * command, the lines after it are its standard output, and a line `...` stands for any number of lines. An `sh` block
 * sets up: `npm ci` has been done by whoever runs this, the rest is executed. `npm run update-docs` writes the output.
 */

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CATALOGUE } from '../properties/catalogue.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** Set-up that cannot run inside itself. */
const RUNS_THIS_TEST = 'npm test';
/** The whole default run, on a busy machine. */
const LONGEST_COMMAND_MS = 300_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onceproof-'));
  // An empty folder with `npx onceproof` on the path: what an earlier run left elsewhere must not show.
  const npx = join(folder, 'npx');
  const main = join(ROOT, 'dist', 'cli', 'main.js');
  writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${main}" "$@"\n`);
  chmodSync(npx, 0o755);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(command: string): { readonly out: string; readonly code: number | null } {
  const path = `${folder}${delimiter}${process.env['PATH']}`;
  const ended = spawnSync('sh', ['-c', command], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: path, COLUMNS: '100' },
    maxBuffer: 1 << 26,
  });
  return { out: ended.stdout, code: ended.status };
}

function blocks(language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...README.matchAll(pattern)].map((match) => match[1] ?? '');
}

/** The block as it should read: its own text where that still holds, else with the output as it is. */
function executed(block: string): string {
  const parts = block.split(/^(?=\$ )/m);
  return parts
    .map((part) => {
      const [first = '', ...rest] = part.split('\n');
      const { out, code } = run(first.slice(2));
      expect(code, `${first}: a usage or internal error`).toBeLessThan(3);
      return `${first}\n${matches(rest.join('\n'), out) ? rest.join('\n') : out}`;
    })
    .join('');
}

function matches(expected: string, out: string): boolean {
  const literal = expected
    .split(/^\.\.\.\n/m)
    .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('(?:.*\\n)*')}$`).test(out);
}

function claimsTable(): string {
  const rows = CATALOGUE.map(
    ({ claim, mutants }) =>
      `| ${claim.name} | ${claim.statement} | ${mutants.map(({ id }) => id).join(' ')} |`,
  );
  return ['| claim | what it says | mutants it can kill |', '|---|---|---|', ...rows].join('\n');
}

test(
  'the README prints what its commands print, and the catalogue as it is',
  { timeout: 600_000 },
  async () => {
    let text = README;
    for (const block of blocks('console')) text = text.replace(block, () => executed(block));
    text = text.replace(
      /(<!-- claims.*-->\n)[\s\S]*(<!-- \/claims -->)/,
      (_, start: string, end: string) => `${start}\n${claimsTable()}\n\n${end}`,
    );
    await expect(text).toMatchFileSnapshot('../README.md');
  },
);

const setUps = blocks('sh').flatMap((block) => block.trim().split('\n'));
test.each(setUps)('%s', { timeout: LONGEST_COMMAND_MS }, (command) => {
  const prefix = 'npm ci && ';
  expect(command.startsWith(prefix)).toBe(true);
  const rest = command.slice(prefix.length);
  if (rest !== RUNS_THIS_TEST) expect(run(rest).code).toBe(0);
});

test('the README is short', () => {
  expect(README.split('\n').length).toBeLessThan(150);
});
