/** House rules that no other tool checks. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../properties/catalogue.ts';
import { CLAIM_NAMES } from '../properties/claim-names.ts';
import { CLAUSES } from '../properties/clauses/clauses.ts';
import { MUTANTS } from '../properties/mutants/mutants.ts';
import { corpusScenarios } from '../properties/scenarios/corpus.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const FILES = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && path !== 'package-lock.json');
const SOURCES = FILES.filter((path) => path.endsWith('.ts'));
/** Names what it forbids. */
const HERE = 'docs/tidy.test.ts';
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Paths of files for which a rule does not hold. */
function offenders(
  paths: readonly string[],
  isFine: (text: string, path: string) => boolean,
): string[] {
  return paths.filter((path) => !isFine(read(path), path));
}

describe('every file', () => {
  test('has a name that says what is in it', () => {
    const vague = [
      'utils',
      'util',
      'helpers',
      'helper',
      'common',
      'misc',
      'index',
      'types',
      'shared',
    ];
    const names = SOURCES.filter((path) => vague.includes(basename(path).split('.')[0] ?? ''));
    expect(names).toEqual([]);
  });

  test('has a name in kebab-case, with suffixes only where a rule reads them', () => {
    // A mutant's file begins with its row in the mutation table.
    const pattern =
      /^(?:[A-Z]\d\d-)?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:machine|fixture|test|config|global-setup))*\.ts$/;
    expect(SOURCES.filter((path) => !pattern.test(basename(path)))).toEqual([]);
  });

  test('opens with a paragraph on what it is for', () => {
    const header = /^(?:#!.*\n)?\/\*\*[\s\S]{10,}?\*\//;
    const files = SOURCES.filter((path) => !path.endsWith('.test.ts'));
    expect(offenders(files, (text) => header.test(text))).toEqual([]);
  });

  test('names no machine, no person and no session', () => {
    const local = /(?:\/home\/|\/Users\/|\/root\/|\/work\/|C:\\|localhost:\d)/;
    expect(
      offenders(
        FILES.filter((path) => path !== HERE),
        (text) => !local.test(text),
      ),
    ).toEqual([]);
  });

  test('leaves no reminder behind', () => {
    const reminder = new RegExp(`\\b(?:${['TO', 'DO'].join('')}|FIX${'ME'}|X${'XX'})\\b`);
    expect(offenders(SOURCES, (text) => !reminder.test(text))).toEqual([]);
  });

  test('exports names, one by one', () => {
    expect(offenders(SOURCES, (text) => !/^export \*/m.test(text))).toEqual([]);
  });

  test('is well formed: ends with a newline, no tabs, no carriage returns', () => {
    const isFine = (text: string): boolean => text.endsWith('\n') && !/[\t\r]/.test(text);
    expect(offenders(SOURCES, isFine)).toEqual([]);
  });
});

describe('what a catalogue lists', () => {
  const inFolder = (folder: string, suffix = '.ts'): string[] =>
    FILES.filter((path) => dirname(path) === folder && path.endsWith(suffix)).map((path) =>
      basename(path, suffix),
    );

  test('every mutant has a file named after its row and what was forgotten', () => {
    const files = inFolder('properties/mutants').filter((name) => /^[A-Z]\d\d-/.test(name));
    expect(MUTANTS.map(({ id, name }) => `${id}-${name}`).toSorted()).toEqual(files.toSorted());
  });

  test('every mutant has a source, a claim that kills it, and exactly one replaced entry', () => {
    const incomplete = MUTANTS.filter((mutant) => {
      const { source, killedBy, overrides } = mutant;
      const components: readonly object[] = Object.values(overrides);
      const kinds = components.flatMap((component) => Object.values(component) as object[]);
      const entries = kinds.flatMap((kind) => Object.keys(kind));
      return source === '' || killedBy.length === 0 || entries.length !== 1;
    });
    expect(incomplete.map(({ id }) => id)).toEqual([]);
  });

  test('every claim has a file and a test named after it, a source, a witness and mutants', () => {
    const kebab = (name: string): string => name.replaceAll(/\B[A-Z]/g, '-$&').toLowerCase();
    const files = inFolder('properties/claims');
    const incomplete = CATALOGUE.filter(({ claim, mutants }) => {
      const file = kebab(claim.name);
      const isComplete = claim.source !== '' && claim.witness.advice !== '' && mutants.length > 0;
      return !isComplete || !files.includes(file) || !files.includes(`${file}.test`);
    });
    expect(incomplete.map(({ claim }) => claim.name)).toEqual([]);
  });

  test('every claim judges a clause', () => {
    const named = CLAUSES.flatMap(({ claims }) => claims);
    expect(CLAIM_NAMES.filter((claim) => !named.includes(claim))).toEqual([]);
  });

  test('every scenario of the corpus is read, and says its name and what it is', () => {
    const files = inFolder('properties/scenarios/corpus', '.json');
    const scenarios = corpusScenarios();
    expect(scenarios.map(({ name = '' }) => name).toSorted()).toEqual(files.toSorted());
    expect(scenarios.filter(({ description = '' }) => description.length < 20)).toEqual([]);
  });
});

describe("Kafka's words", () => {
  test('identifiers do not abbreviate transaction and producer id', () => {
    // RPC names keep Kafka's own abbreviation: EndTxn, AddPartitionsToTxn, TxnOffsetCommit, WriteTxnMarkers.
    const abbreviated = /\b(?:txn(?!OffsetCommit)[A-Z]\w*|txns?|tids?|pids?)\b(?!['-])/;
    const code = (text: string): string =>
      text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g, '');
    // In cli/ a pid is what Unix calls one.
    const files = SOURCES.filter((path) => !path.startsWith('cli/') && path !== HERE);
    expect(offenders(files, (text) => !abbreviated.test(code(text)))).toEqual([]);
  });
});
