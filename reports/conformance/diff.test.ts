/** What a diff calls each change of a claim or clause. */

import { describe, expect, test } from 'vitest';
import { conformanceDiffSchema } from '../evidence/conformance-diff.ts';
import type { ConformanceReport } from '../evidence/conformance-report.ts';
import { conformanceReport } from './build.ts';
import { conformanceDiff } from './diff.ts';
import { asked, at, CATALOGUE, claim, HOSTILE, inputs, run } from './evidence.fixture.ts';
import type { Status } from './status.ts';
import { renderDiffMarkdown, renderDiffPage } from './render-diff.ts';

function reportWith(status: Status, reached = 300): ConformanceReport {
  const changed = run({
    claims: [claim({ status, witness: { situation: 's', reached }, reason: null })],
  });
  return conformanceReport(inputs({ runs: [at('r', changed)] }), { ...CATALOGUE, clauses: [] });
}

const changeOf = (before: ConformanceReport, after: ConformanceReport) =>
  conformanceDiff(before, after).changes.map(({ change }) => change);

test.each<[Status, Status, string[]]>([
  ['holds', 'violated', ['new-fail']],
  ['inconclusive', 'violated', ['new-fail']],
  ['violated', 'violated', ['still-failing']],
  ['violated', 'holds', ['fixed']],
  ['violated', 'inconclusive', ['weaker-evidence']],
  ['holds', 'inconclusive', ['weaker-evidence']],
  ['holds', 'expected', ['weaker-evidence']],
  ['expected', 'holds', ['stronger-evidence']],
  ['inconclusive', 'holds', ['stronger-evidence']],
  ['holds', 'holds', []],
])('from %s to %s', (before, after, changes) => {
  const reached = (status: Status): number => (status === 'inconclusive' ? 0 : 300);
  const [one, other] = [before, after].map((status) => reportWith(status, reached(status)));
  expect(changeOf(one!, other!)).toEqual(changes);
});

describe('evidence', () => {
  test('that is half as strong is weaker, and what varies less is not told', () => {
    expect(changeOf(reportWith('holds', 300), reportWith('holds', 150))).toEqual([
      'weaker-evidence',
    ]);
    expect(changeOf(reportWith('holds', 300), reportWith('holds', 200))).toEqual([]);
    expect(changeOf(reportWith('holds', 100), reportWith('holds', 300))).toEqual([
      'stronger-evidence',
    ]);
  });

  test('of a directed test that was not made any more is weaker', () => {
    const [with_, without] = [[at('c', asked())], []].map((clauseResults) =>
      conformanceReport(inputs({ clauseResults }), CATALOGUE),
    );
    expect(changeOf(with_!, without!)).toEqual(['weaker-evidence']);
  });
});

test('clauses that only one report has are new or gone', () => {
  const [one, other] = [[], CATALOGUE.clauses].map((clauses) =>
    conformanceReport(inputs(), { ...CATALOGUE, clauses }),
  );
  expect(changeOf(one!, other!)).toEqual(['new']);
  expect(changeOf(other!, one!)).toEqual(['gone']);
});

test('a diff fits its schema, counts what is unchanged, and is told as text and as a page', () => {
  const [before, after] = [reportWith('holds'), reportWith('violated')];
  const diff = conformanceDiff(before, after);
  expect(conformanceDiffSchema.parse(diff)).toEqual(diff);
  expect(conformanceDiff(before, before)).toMatchObject({ changes: [], unchanged: 1 });
  expect(renderDiffMarkdown(diff)).toContain(
    '| new-fail | claim | NoDuplicates | holds | violated |',
  );
  const hostile = { ...diff, changes: [{ ...diff.changes[0]!, why: HOSTILE }] };
  expect(renderDiffPage(hostile)).not.toMatch(/<img|<script/);
  expect(renderDiffMarkdown(hostile)).not.toMatch(/<img/);
});
