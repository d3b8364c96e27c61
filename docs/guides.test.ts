/** Runs every command of the guides and compares what it prints. `npm run update-docs` writes the output again. */

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { executed } from './console-blocks.ts';
import { UserShell } from './user-shell.ts';

const GUIDES = join(dirname(fileURLToPath(import.meta.url)), 'guides');
const NAMES = readdirSync(GUIDES).filter((name) => name.endsWith('.md'));

test.each(NAMES)('guides/%s prints what its commands print', { timeout: 600_000 }, async (name) => {
  const shell = new UserShell();
  try {
    const text = executed(readFileSync(join(GUIDES, name), 'utf8'), shell);
    await expect(text).toMatchFileSnapshot(join(GUIDES, name));
  } finally {
    shell.close();
  }
});

test.each(NAMES)('guides/%s links to what exists', (name) => {
  const text = readFileSync(join(GUIDES, name), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path!);
  expect(links.filter((path) => !existsSync(join(GUIDES, path)))).toEqual([]);
});
