/**
 * Runs every command of the README and compares what it prints (console-blocks.ts). An `sh` block sets up: `npm ci` has
 * been done by whoever runs this test, what follows it is executed. `npm run update-docs` writes the output again.
 */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { executed } from './console-blocks.ts';
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

test('the README prints what its commands print', { timeout: 600_000 }, async () => {
  await expect(executed(README, shell)).toMatchFileSnapshot('../README.md');
});

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
