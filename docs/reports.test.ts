/** Runs the commands of REPORTS.md in an empty folder and compares what they print; the badge it shows is a real one. */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conformanceDiffSchema } from '../reports/evidence/conformance-diff.ts';
import { conformanceReportSchema } from '../reports/evidence/conformance-report.ts';
import { executed } from './console-blocks.ts';
import { UserShell } from './user-shell.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const PAGE = readFileSync(join(HERE, 'REPORTS.md'), 'utf8');

let shell: UserShell;
beforeAll(() => {
  shell = new UserShell();
});
afterAll(() => shell.close());

test('REPORTS.md prints what its commands print', { timeout: 600_000 }, async () => {
  const text = executed(PAGE, shell);
  await expect(text).toMatchFileSnapshot('REPORTS.md');
  const json = (file: string): unknown =>
    JSON.parse(readFileSync(join(shell.folder, file), 'utf8'));
  const report = conformanceReportSchema.parse(json('report/report.json'));
  expect(report.verdict.value).toBe('conformant');
  const { changes } = conformanceDiffSchema.parse(json('diff.json'));
  expect(changes).toContainEqual(
    expect.objectContaining({ name: 'NoAbortedRead', change: 'new-fail' }),
  );
  await expect(readFileSync(join(shell.folder, 'report/badge.svg'), 'utf8')).toMatchFileSnapshot(
    'badge.svg',
  );
});

test('every path that REPORTS.md links to exists', () => {
  const links = [...PAGE.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path!);
  for (const path of links) expect(readFileSync(join(HERE, path)).length).toBeGreaterThan(0);
});
