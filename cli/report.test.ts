/** `report` from files: what it finds, writes, exits with and refuses. */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkClauses } from '../properties/clauses/check.ts';
import { CLAUSES } from '../properties/clauses/clauses.ts';
import {
  claim,
  ENVIRONMENT,
  finding,
  mutation,
  run,
} from '../reports/conformance/evidence.fixture.ts';
import { conformanceReportSchema } from '../reports/evidence/conformance-report.ts';
import { runCommand, type Ran } from './run-command.fixture.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'onceproof-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const path = (...names: string[]): string => join(root, ...names);

function write(file: string, value: unknown): string {
  mkdirSync(join(path(file), '..'), { recursive: true });
  writeFileSync(path(file), typeof value === 'string' ? value : JSON.stringify(value));
  return path(file);
}

const report = (...words: string[]): Promise<Ran> => runCommand(['report', ...words], 10_000);

/** A folder as `run` and `clauses --check` leave it. */
function evidence(name: string, changes: Parameters<typeof run>[0] = {}): string {
  const result = run(changes);
  const { mutant } = result.scope;
  write(`${name}/run.json`, result);
  write(`${name}/clauses.json`, checkClauses(CLAUSES, { transactionVersion: 2, mutant }));
  write(`${name}/environment.json`, ENVIRONMENT);
  return path(name);
}

describe('a folder of evidence', () => {
  test('becomes every format, the same bytes each time', async () => {
    const folder = evidence('e');
    const first = await report(folder, '--out', path('one'));
    expect(first.out.trim().split('\n')).toHaveLength(6);
    expect(first.err).toMatch(/^partial, must \d+\/\d+\. Nothing was violated, but /);
    expect(first.code).toBe(2);
    await report(folder, '--out', path('two'));
    for (const name of readdirSync(path('one'))) {
      expect(readFileSync(path('one', name), 'utf8'), name).toBe(
        readFileSync(path('two', name), 'utf8'),
      );
    }
    expect(readdirSync(path('one')).toSorted()).toEqual([
      'badge.svg',
      'ctrf.json',
      'junit.xml',
      'report.html',
      'report.json',
      'report.md',
    ]);
  });

  test('goes to standard output in one format', async () => {
    const { out } = await report(evidence('e'), '--format', 'json');
    expect(conformanceReportSchema.parse(JSON.parse(out)).gathered).toBe(
      '2026-01-02T03:04:05.000Z',
    );
    expect((await report(path('e'))).out).toMatch(/^# the onceproof reference/);
  });

  test('with a violation exits 1, and its counterexample is a page beside the report', async () => {
    const folder = evidence('e', {
      claims: [claim({ status: 'violated', violations: 1 })],
      findings: ['elsewhere/findings/a.json', 'elsewhere/findings/lost.json'],
    });
    write('e/findings/a.json', finding());
    write('e/findings/of-an-earlier-run.json', finding());
    const { code } = await report(folder, '--out', path('out'));
    expect(code).toBe(1);
    const { findings, notChecked } = conformanceReportSchema.parse(
      JSON.parse(readFileSync(path('out', 'report.json'), 'utf8')),
    );
    expect(findings.map(({ page }) => page)).toEqual(['counterexamples/1-a.html']);
    expect(existsSync(path('out', 'counterexamples', '1-a.html'))).toBe(true);
    expect(notChecked).toContainEqual({
      what: 'finding elsewhere/findings/lost.json',
      why: 'a run names it, and it is not there',
    });
  });

  test('adds to other folders and files', async () => {
    const two = evidence('two', { seed: 'two' });
    const extra = write('m.json', mutation());
    const { out } = await report(evidence('one'), two, extra, '--format', 'json');
    const [first] = (JSON.parse(out) as { claims: { evidence: unknown[] }[] }).claims;
    expect(first!.evidence).toMatchObject([{ scenarios: 2_000, seeds: ['one', 'two'] }]);
  });
});

test('a report is rendered again, and cannot be added to', async () => {
  await report(evidence('e'), '--out', path('out'));
  const file = path('out', 'report.json');
  const again = await report(file, '--format', 'md');
  expect(again.out).toBe(readFileSync(path('out', 'report.md'), 'utf8'));
  const refused = await report(file, path('e'));
  expect(refused.code).toBe(4);
  expect(refused.err).toContain('expected evidence, or this report alone, found both');
});

test('a diff exits 1 for what fails, 2 for what is weaker, 0 for nothing of the kind', async () => {
  const held = evidence('held');
  const violated = evidence('violated', { claims: [claim({ status: 'violated', violations: 1 })] });
  const weaker = evidence('weaker', {
    claims: [claim({ witness: { situation: 's', reached: 10 } })],
  });
  const broken = await report('--diff', held, violated);
  expect(broken.code).toBe(1);
  expect(broken.out).toContain('| new-fail | claim |');
  expect((await report('--diff', violated, held)).code).toBe(0);
  expect((await report('--diff', held, weaker)).code).toBe(2);
  const same = await report('--diff', held, held);
  expect(same.code).toBe(0);
  expect(same.out).toMatch(/^# Nothing changed/);
  const files = await report('--diff', held, weaker, '--out', path('diff'));
  expect(files.out.trim().split('\n')).toHaveLength(3);
});

describe('bad input is refused in one paragraph, exit 4, nothing written', () => {
  test.each<[string, () => string[], RegExp]>([
    ['nothing there', () => [path('none')], /found nothing at ".*none"/],
    [
      'an empty folder',
      () => (mkdirSync(path('empty')), [path('empty')]),
      /run\.json or .* found nothing/,
    ],
    ['a file cut short', () => [write('cut.json', '{"kind": "run",')], /it looks truncated/],
    [
      'another kind',
      () => [write('k.json', { kind: 'recipe' })],
      /expected one of run, .* found "recipe"/,
    ],
    [
      'a future schema',
      () => [write('f.json', { ...run(), schemaVersion: 9 })],
      /expected schema version 1 of a run, found 9/,
    ],
    [
      'a wrong field',
      () => [write('w.json', { ...run(), scenarios: -1 })],
      /at scenarios: expected at least 0/,
    ],
    [
      'two schema versions',
      () => [write('a.json', run()), write('b.json', { ...run(), schemaVersion: 9 })],
      /a\.json has version 1 of a run, .*b\.json version 9/,
    ],
    [
      'two subjects',
      () => [evidence('a'), evidence('b', { scope: { ...run().scope, mutant: 'P01' } })],
      /a\/run\.json is about the onceproof reference under .* b\/run\.json about .* mutant P01|a.run\.json is about .*b.run\.json about/,
    ],
    ['no subject', () => [write('m.json', mutation())], /expected evidence about a subject/i],
    [
      'several formats on standard output',
      () => [evidence('e'), '--format', 'md,json'],
      /expected one format .* found md,json/,
    ],
    [
      'an unknown format',
      () => [evidence('e'), '--format', 'pdf'],
      /Unknown format "pdf": expected one of html, md/,
    ],
    ['no folder', () => [evidence('e'), '--out', ''], /--out: expected a folder, found nothing/],
    [
      'a file for a folder',
      () => [evidence('e'), '--out', write('file', '')],
      /--out: expected a folder that can be written/,
    ],
    [
      'one input to compare',
      () => ['--diff', evidence('e')],
      /--diff: expected two inputs, the earlier one first, found 1/,
    ],
    [
      'a badge of a diff',
      () => ['--diff', evidence('a'), evidence('b'), '--format', 'badge'],
      /Unknown format "badge"/,
    ],
  ])('%s', async (_, words, message) => {
    const { code, out, err } = await report(...words());
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect({ code, out }).toEqual({ code: 4, out: '' });
  });
});
