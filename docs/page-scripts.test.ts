/** The committed scripts of pages are those of their sources. `npm run update-docs` bundles them again. */

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bundled, PAGE_SCRIPTS } from './page-scripts.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

test.each(PAGE_SCRIPTS)('$bundle is up to date', async ({ entry, bundle }) => {
  await expect(await bundled(ROOT, entry)).toMatchFileSnapshot(join(ROOT, bundle));
});
