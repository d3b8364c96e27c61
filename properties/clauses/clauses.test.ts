/** Every clause is addressable and checked, every directed test holds of the reference and can fail. */

import { describe, expect, test } from 'vitest';
import { TRANSACTION_VERSIONS } from '../../protocol/transaction-version.ts';
import { clauseStatementSchema } from '../../reports/evidence/clause.ts';
import { checkClauses, testsUnder } from './check.ts';
import { AREAS, areaOf } from './clause.ts';
import { CLAUSES } from './clauses.ts';
import { runDirectedTest } from './directed-test.ts';
import { statementOf } from './statement.ts';

const DIRECTED = TRANSACTION_VERSIONS.flatMap((version) =>
  CLAUSES.flatMap((clause) =>
    testsUnder(clause, version).map((directed) => ({ name: directed.name, version, directed })),
  ),
);

describe('the clauses', () => {
  test('are at least 60, each with an id of its own in a known area', () => {
    expect(CLAUSES.length).toBeGreaterThanOrEqual(60);
    expect(new Set(CLAUSES.map(({ id }) => id)).size).toBe(CLAUSES.length);
    expect(CLAUSES.filter(({ id }) => !(areaOf(id) in AREAS))).toEqual([]);
  });

  test('are numbered within their area, in order', () => {
    const areas = Object.keys(AREAS);
    const listed = CLAUSES.map(({ id }) => id);
    const ordered = listed.toSorted(
      (a, b) => areas.indexOf(areaOf(a)) - areas.indexOf(areaOf(b)) || (a < b ? -1 : 1),
    );
    expect(listed).toEqual(ordered);
  });

  test('say one sentence, where it comes from and how it is checked', () => {
    const incomplete = CLAUSES.filter(
      ({ requirement, kips, kafka, claims, tests }) =>
        !/^[A-Z`].*[^.]\.$/.test(requirement) ||
        (kips.length === 0 && kafka === null) ||
        claims.length + tests.length === 0,
    );
    expect(incomplete.map(({ id }) => id)).toEqual([]);
  });

  test('are data that fits the published schema', () => {
    for (const clause of CLAUSES) clauseStatementSchema.parse(statementOf(clause));
  });

  test('are all asked about under some transaction version to which they apply', () => {
    const silent = CLAUSES.filter(
      (clause) =>
        clause.claims.length === 0 &&
        (clause.transactionVersions ?? TRANSACTION_VERSIONS).some(
          (version) => testsUnder(clause, version).length === 0,
        ),
    );
    expect(silent.map(({ id }) => id)).toEqual([]);
  });
});

describe('a directed test', () => {
  test('has a name of its own', () => {
    const names = CLAUSES.flatMap(({ tests }) => tests.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  test.each(DIRECTED)('$name holds under transaction version $version', ({ directed, version }) => {
    expect(runDirectedTest(directed, version).difference).toBeNull();
  });

  test.each(DIRECTED)('$name sees its defect under $version', ({ directed, version }) => {
    expect(runDirectedTest(directed, version, directed.brokenBy).holds).toBe(false);
  });

  test('says which step came out otherwise', () => {
    const directed = {
      name: 'x',
      component: 'transaction-coordinator',
      script: 'init => NONE 7.0\ninit => NONE 7.0',
      brokenBy: {},
    } as const;
    expect(runDirectedTest(directed, 2)).toEqual({
      holds: false,
      steps: 2,
      difference: { expected: 'init => NONE 7.0', found: 'init => NONE 7.1' },
    });
  });

  test('fails of a step that does not exist, rather than passing over it', () => {
    const directed = { name: 'x', script: 'nonsense => nothing', brokenBy: {} };
    for (const component of [
      'transaction-coordinator',
      'partition-leader',
      'group-coordinator',
      'producer',
      'consumer',
    ] as const) {
      const { difference } = runDirectedTest({ ...directed, component }, 2);
      expect(difference?.found).toMatch(/^nonsense => threw a step is one of/);
    }
  });
});

test('checking the clauses of a mutant finds the clauses that it breaks', () => {
  const results = checkClauses(CLAUSES, { transactionVersion: 2, mutant: 'C03' });
  expect(results.verdict).toBe('violated');
  const broken = results.tests.filter(({ status }) => status === 'violated');
  expect(broken.map(({ clause }) => clause)).toContain('EOS-FENCE-04');
  expect(checkClauses(CLAUSES, { transactionVersion: 2, mutant: null }).verdict).toBe('holds');
});
