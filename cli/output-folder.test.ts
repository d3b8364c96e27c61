/** The folder that a run writes into: locked, whole files, stable names. */

import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HANGING_TRANSACTION } from '../reports/evidence/hanging-transaction.fixture.ts';
import { UsageError } from './errors.ts';
import { OutputFolder } from './output-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'onceproof-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

test('a folder is made, locked while in use, and free again afterwards', () => {
  const path = join(root, 'deep', 'out');
  const folder = OutputFolder.open(path);
  expect(() => OutputFolder.open(path)).toThrow(UsageError);
  expect(() => OutputFolder.open(path)).toThrow(`locked by process ${process.pid}`);
  folder.close();
  OutputFolder.open(path).close();
  expect(readdirSync(path)).toEqual([]);
});

test('a lock left by a run that is gone is taken over', () => {
  // Beyond the largest process id that Linux hands out.
  writeFileSync(join(root, 'lock'), '99999999 gone');
  OutputFolder.open(root).close();
  expect(readdirSync(root)).toEqual([]);
});

test('a folder that cannot be made is refused with the reason', () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  expect(() => OutputFolder.open(join(file, 'out'))).toThrow(
    /^--out: expected a folder that can be written, found/,
  );
});

test('a folder in which the results cannot be written at the end is refused at once', () => {
  writeFileSync(join(root, 'findings'), '');
  expect(() => OutputFolder.open(root)).toThrow(/^--out: expected a folder at "[^"]+findings"/);
  rmSync(join(root, 'findings'));
  mkdirSync(join(root, 'run.json'));
  expect(() => OutputFolder.open(root)).toThrow(/^--out: expected a file at "[^"]+run.json"/);
  expect(readdirSync(root)).toEqual(['run.json']);
});

test('a finding has the same name in every run and is found by the next one', () => {
  const folder = OutputFolder.open(root);
  expect(folder.earlierFindings()).toEqual([]);
  const first = folder.writeFinding(HANGING_TRANSACTION);
  const second = folder.writeFinding(HANGING_TRANSACTION);
  const other = folder.writeFinding({ ...HANGING_TRANSACTION, mutant: 'C04' });
  expect(second).toBe(first);
  expect(other).not.toBe(first);
  expect(folder.earlierFindings().toSorted()).toEqual([first, other].toSorted());
  expect(JSON.parse(readFileSync(first, 'utf8'))).toEqual(HANGING_TRANSACTION);
  folder.close();
});
