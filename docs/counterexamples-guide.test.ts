/** The commands of COUNTEREXAMPLES work as they stand there, one after the other, and its pictures exist. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserShell } from './user-shell.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const GUIDE = readFileSync(join(HERE, 'COUNTEREXAMPLES.md'), 'utf8');
const COMMANDS = [...GUIDE.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  block!.trim().split('\n'),
);

let shell: UserShell;
beforeAll(() => {
  shell = new UserShell();
});
afterAll(() => shell.close());

describe('the guide to counterexamples', () => {
  test.each(COMMANDS)('%s', (command) => {
    // A run that finds what it is told to find ends with the exit code of a violation.
    expect(shell.run(command).code).toBe(command.includes(' run ') ? 1 : 0);
  });

  test('has the files written that its commands name', () => {
    for (const file of ['counterexample.html', 'hanging.test.ts', 'hanging.log']) {
      expect(existsSync(join(shell.folder, file)), file).toBe(true);
    }
  });

  test('states the size of a page', () => {
    const kilobytes = statSync(join(shell.folder, 'counterexample.html')).size / 1_000;
    expect(kilobytes).toBeGreaterThan(90);
    expect(kilobytes).toBeLessThan(150);
  });

  test('shows pictures that exist', () => {
    const pictures = [...GUIDE.matchAll(/\]\((pictures\/[^)]+)\)/g)].map(([, path]) => path!);
    expect(pictures).toHaveLength(4);
    expect(pictures.filter((path) => !existsSync(join(HERE, path)))).toEqual([]);
  });
});
