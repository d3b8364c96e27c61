/**
 * Runs every command of the README and compares what it prints. In a `console` block a line that begins with `$ ` is a
 * command and the lines after it are its standard output. A comment before the block selects what is shown, as in
 * `<!-- show 1-3, /^Why/-/contradiction/ -->`: ranges of lines, by number or by the first match; `...` stands for the
 * rest. An `sh` block sets up: `npm ci` has been done by whoever runs this test, what follows it is executed.
 * `npm run update-docs` writes the output again.
 */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CATALOGUE } from '../properties/catalogue.ts';
import { UserShell } from './user-shell.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** Set-up that cannot run inside itself. */
const RUNS_THIS_TEST = 'npm test';
/** The whole default run, on a busy machine. */
const LONGEST_COMMAND_MS = 300_000;

let shell: UserShell;
beforeAll(() => {
  shell = new UserShell();
});
afterAll(() => shell.close());

/** What stands between the fences, with the selection before them. */
const CONSOLE = /(?:<!-- show (.*?) -->\n)?```console\n([\s\S]*?)```/g;

/** The block as it should read. */
function executed(block: string, selection: string | undefined): string {
  const commands = block.split('\n').filter((line) => line.startsWith('$ '));
  return commands
    .map((command) => {
      const { out, code } = shell.run(command.slice(2));
      expect(code, `${command}: a usage or internal error`).toBeLessThan(3);
      return `${command}\n${selection === undefined ? out : select(out, selection)}`;
    })
    .join('');
}

function select(out: string, selection: string): string {
  const lines = out.trimEnd().split('\n');
  const shown: string[] = [];
  let next = 0;
  for (const range of selection.split(', ')) {
    const [first = '', last = first] = range.split(/(?<=\/|\d)-(?=\/|\d)/);
    const from = position(lines, first, next);
    const to = from === -1 ? -1 : position(lines, last, from);
    // A range that is not there shows nothing; whoever updates the README sees it in the diff.
    if (to === -1) continue;
    if (from > next) shown.push('...');
    next = to + 1;
    shown.push(...lines.slice(from, next));
  }
  if (next < lines.length) shown.push('...');
  return `${shown.join('\n')}\n`;
}

/** From 0, or -1. A pattern is looked for from `start` on. */
function position(lines: readonly string[], where: string, start: number): number {
  if (!where.startsWith('/')) return Number(where) - 1;
  const pattern = new RegExp(where.slice(1, -1));
  return lines.findIndex((line, index) => index >= start && pattern.test(line));
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
    const executedReadme = README.replaceAll(
      CONSOLE,
      (whole, selection: string | undefined, block: string) =>
        whole.replace(block, () => executed(block, selection)),
    );
    const text = executedReadme.replace(
      /(<!-- claims.*-->\n)[\s\S]*(<!-- \/claims -->)/,
      (_, start: string, end: string) => `${start}\n${claimsTable()}\n\n${end}`,
    );
    await expect(text).toMatchFileSnapshot('../README.md');
  },
);

const setUps = [...README.matchAll(/```sh\n([\s\S]*?)\n```/g)].flatMap(
  (match) => match[1]?.split('\n') ?? [],
);
test.each(setUps)('%s', { timeout: LONGEST_COMMAND_MS }, (command) => {
  const prefix = 'npm ci && ';
  expect(command.startsWith(prefix)).toBe(true);
  const rest = command.slice(prefix.length);
  if (rest !== RUNS_THIS_TEST) expect(shell.run(rest).code).toBe(0);
});

test('the README is short', () => {
  expect(README.trimEnd().split('\n').length).toBeLessThan(150);
});
