/** How evidence adds up: what raises a status, what lowers it, what is refused. */

import { describe, expect, test } from 'vitest';
import { conformanceReportSchema } from '../evidence/conformance-report.ts';
import { conformanceReport } from './build.ts';
import { ConflictingEvidenceError } from './errors.ts';
import {
  asked,
  at,
  CATALOGUE,
  claim,
  clause,
  coverage,
  finding,
  inputs,
  judgement,
  mutation,
  observed,
  run,
} from './evidence.fixture.ts';
import { renderMarkdown } from './render-markdown.ts';
import { worstOf } from './status.ts';

const built = (changes: Parameters<typeof inputs>[0] = {}, catalogue = CATALOGUE) =>
  conformanceReport(inputs(changes), catalogue);

describe('a report', () => {
  test('of evidence in which everything holds is conformant, fits its schema and is the same each time', () => {
    const report = built();
    expect(report.verdict).toEqual({
      value: 'conformant',
      reason: 'All 1 must clauses that apply hold within the scope below.',
      must: { held: 1, total: 1 },
    });
    expect(conformanceReportSchema.parse(report)).toEqual(report);
    expect(JSON.stringify(built())).toBe(JSON.stringify(report));
    expect(report.gathered).toBe('2026-01-02T03:04:05.000Z');
  });

  test('says how to gather the same evidence', () => {
    expect(built().reproduce).toEqual([
      'npx onceproof run --transaction-version 2 --faults zombie,lose-request --scenarios 1000 --seed one',
      'npx onceproof clauses EOS-IDEM-01 --check --transaction-version 2',
      'npx onceproof mutate --only P01,P02 --scenarios 100 --seed 1',
    ]);
  });

  test('of a run that was interrupted is partial, and marked so', () => {
    const report = built({ runs: [at('r', run({ partial: true }))] });
    expect(report).toMatchObject({ partial: true, verdict: { value: 'partial' } });
    expect(report.notChecked).toContainEqual({
      what: 'the rest of r',
      why: 'the run was interrupted after 1000 scenarios',
    });
  });
});

describe('a claim over several runs', () => {
  const reached = (seed: string, count: number, scenarios = 1_000) =>
    at(
      seed,
      run({
        seed,
        scenarios,
        claims: [
          claim({
            status: count > 0 ? 'holds' : 'inconclusive',
            reason: count > 0 ? null : 'the situation was never reached',
            witness: { situation: 's', reached: count },
          }),
        ],
      }),
    );

  test('holds if one of them reached its witness, with the evidence of both', () => {
    const [found] = built({ runs: [reached('one', 0), reached('two', 300)] }).claims;
    expect(found).toMatchObject({ status: 'holds', reason: null });
    expect(found!.evidence).toEqual([
      {
        kind: 'sampled',
        claim: 'NoDuplicates',
        scenarios: 2_000,
        seeds: ['one', 'two'],
        witnessed: 300,
        bound: 0.01,
      },
    ]);
  });

  test('that none of them reached is inconclusive, and so is the report', () => {
    const report = built({ runs: [reached('one', 0), reached('two', 0)] });
    expect(report.claims[0]).toMatchObject({
      status: 'inconclusive',
      reason: 'the situation was never reached',
    });
    expect(report.verdict.value).toBe('inconclusive');
  });

  test('counts the scenarios of a seed once, in the longest run of it', () => {
    const [found] = built({ runs: [reached('one', 30, 100), reached('one', 300, 1_000)] }).claims;
    expect(found!.witness.reached).toBe(300);
    const faults = built({ runs: [reached('one', 3), reached('one', 3)] }).faults;
    expect(faults[0]).toMatchObject({ armed: 10, fired: 9 });
  });

  test('is violated if one of them violated it, whatever the others say', () => {
    const violated = run({ seed: 'two', claims: [claim({ status: 'violated', violations: 2 })] });
    const report = built({ runs: [reached('one', 300), at('v', violated)] });
    expect(report.claims[0]).toMatchObject({ status: 'violated', violations: 2 });
    expect(report.claims[0]!.evidence[0]).toMatchObject({ bound: null });
    expect(report.verdict).toMatchObject({
      value: 'non-conformant',
      reason: 'Violated: NoDuplicates.',
    });
  });

  test('is violated by a finding alone', () => {
    const report = built({ runs: [], findings: [{ ...at('f.json', finding()), page: null }] });
    expect(report.claims[0]).toMatchObject({ status: 'violated', violations: 1 });
    expect(report.findings[0]).toMatchObject({ replay: 'npx onceproof replay f.json' });
  });

  test('is expected where a permitted anomaly was recognised, and that is held', () => {
    const permitted = run({ claims: [claim({ status: 'expected', violations: 1 })] });
    const report = built({ runs: [at('p', permitted)] });
    expect(report.clauses[0]!.status).toBe('expected');
    expect(report.verdict.value).toBe('conformant');
  });

  test('without any evidence says which command gathers it', () => {
    expect(built({ runs: [], coverages: [] }).claims[0]!.reason).toBe(
      'no evidence of it was given; `npx onceproof run NoDuplicates` gathers some',
    );
  });
});

describe('a clause', () => {
  test('whose directed test was not made is inconclusive, although its claim holds', () => {
    const report = built({ clauseResults: [] });
    expect(report.clauses[0]).toMatchObject({ status: 'inconclusive' });
    expect(report.clauses[0]!.reason).toContain('npx onceproof clauses EOS-IDEM-01 --check');
    expect(report.verdict.value).toBe('inconclusive');
  });

  test('whose directed test failed is violated, and shows the step', () => {
    const [row] = asked().tests;
    const difference = { expected: 'init => NONE 7.0', found: 'init => NONE 8.0' };
    const failed = asked({
      verdict: 'violated',
      tests: [{ ...row!, status: 'violated', difference }],
    });
    const report = built({ clauseResults: [at('c', failed)] });
    expect(report.clauses[0]).toMatchObject({
      status: 'violated',
      reason: 'violated by directed test retry-is-recognised',
    });
    expect(report.clauses[0]!.checks[1]).toMatchObject({ difference });
    expect(report.verdict.reason).toBe('Violated: EOS-IDEM-01.');
  });

  test('is left open by a violated claim where its directed test holds, and violated where it has none', () => {
    const violated = run({ claims: [claim({ status: 'violated', violations: 1 })] });
    const clauses = [clause(), clause({ id: 'EOS-IDEM-02', tests: [] })];
    const report = built({ runs: [at('v', violated)] }, { ...CATALOGUE, clauses });
    expect(report.clauses.map(({ status }) => status)).toEqual(['inconclusive', 'violated']);
    expect(report.clauses[0]!.reason).toContain('this clause or another that it judges');
  });

  test('of another transaction version does not apply and is not counted', () => {
    const clauses = [clause(), clause({ id: 'EOS-IDEM-02', transactionVersions: [0, 1] })];
    const report = built({}, { ...CATALOGUE, clauses });
    expect(report.clauses[1]).toMatchObject({
      status: 'not-applicable',
      reason: 'it applies to transaction version 0 and 1',
    });
    expect(report.verdict.must).toEqual({ held: 1, total: 1 });
  });

  test('that should or may hold does not decide the verdict', () => {
    const clauses = [
      clause(),
      clause({ id: 'EOS-IDEM-02', level: 'should', tests: [], claims: [] }),
    ];
    expect(built({}, { ...CATALOGUE, clauses }).verdict.value).toBe('conformant');
  });
});

test('folding only moves upward', () => {
  const order = ['not-applicable', 'holds', 'expected', 'inconclusive', 'unavailable', 'violated'];
  for (const [index, worse] of order.entries()) {
    for (const better of order.slice(0, index + 1)) {
      expect(worstOf([better, worse] as Parameters<typeof worstOf>[0])).toBe(worse);
      expect(worstOf([worse, better] as Parameters<typeof worstOf>[0])).toBe(worse);
    }
  }
});

test('a cell that one run exercised is exercised, and what none did is listed as not checked', () => {
  const missed = at('m', coverage('missed', 0));
  const both = built({ coverages: [missed, at('e', coverage('exercised', 3))] });
  expect(both.coverage[0]!.cells[0]).toMatchObject({ status: 'exercised', times: 3, reason: null });
  expect(built({ coverages: [missed] }).notChecked).toContainEqual({
    what: 'transaction-coordinator: EndTxnRequest in Empty',
    why: 'needs a second crash',
  });
});

test('survivors are kept, and no mutation result is said to be none', () => {
  expect(built().mutation).toMatchObject({ killed: 1, total: 2 });
  const later = mutation({ mutants: [{ ...mutation().mutants[1]!, status: 'killed', steps: 3 }] });
  const two = built({ mutations: [at('m', mutation()), at('n', later)] });
  expect(two.mutation).toMatchObject({ killed: 2, total: 2 });
  const without = built({ mutations: [] });
  expect(without.mutation).toBeNull();
  expect(without.notChecked.map(({ what }) => what)).toContain('strength of the suite');
});

test('findings come worst first', () => {
  const located = (file: string, changes: Parameters<typeof finding>[0]) => ({
    ...at(file, finding(changes)),
    page: null,
  });
  const { steps } = finding().scenario;
  const short = { ...finding().scenario, steps: steps.slice(0, 2) };
  const permitted = { anomaly: 'late EndTxn', source: 'KAFKA-17754' };
  const report = built({
    findings: [
      located('expected', { status: 'expected', permitted }),
      located('long', {}),
      located('short', { scenario: short }),
    ],
  });
  expect(report.findings.map(({ file }) => file)).toEqual(['short', 'long', 'expected']);
});

describe('histories of a system', () => {
  const clauses = [clause({ tests: [] }), clause({ id: 'EOS-IDEM-02' })];
  const reported = (changes: Parameters<typeof observed>[0] = {}) =>
    conformanceReport(observed(changes), { ...CATALOGUE, clauses });

  test('are judged by claims alone: no directed test, no refinement, no bound', () => {
    const report = reported();
    expect(conformanceReportSchema.parse(report)).toEqual(report);
    expect(report.subject).toMatchObject({ kind: 'system', name: 'Some Broker 1.2' });
    expect(report.verdict).toMatchObject({ value: 'partial', must: { held: 1, total: 2 } });
    expect(report.clauses[1]).toMatchObject({
      status: 'inconclusive',
      reason: 'a history does not say whether it was exercised (NoDuplicates holds)',
    });
    expect(report.claims[0]!.evidence).toEqual([
      { kind: 'observed', claim: 'NoDuplicates', histories: 1, operations: 12, witnessed: 1 },
    ]);
    expect(report.reproduce).toEqual(['npx onceproof judge history.jsonl']);
    expect(report.notChecked.at(-1)!.what).toBe('everything that is not in the histories');
  });

  test('say what they did not look for, and are made again by the same claims', () => {
    const [absent] = judgement().anomalies;
    const anomalies = [{ ...absent!, status: 'not-asked' as const, reason: 'only claims' }];
    const report = reported({ anomalies });
    expect(report.notChecked).toContainEqual({
      what: 'anomaly lost-write in j.json',
      why: 'only claims',
    });
    expect(renderMarkdown(report)).toContain('| lost-write | not-asked | forbidden | - |');
    expect(report.reproduce).toEqual(['npx onceproof judge history.jsonl --claims NoDuplicates']);
    const some = conformanceReport(observed(), {
      clauses,
      claims: [...CATALOGUE.claims, { ...CATALOGUE.claims[0]!, name: 'NoLoss' }],
    });
    expect(some.reproduce).toEqual([
      'npx onceproof judge history.jsonl --claims NoDuplicates --anomalies',
    ]);
  });

  test('leave a clause of some transaction versions open', () => {
    const some = [clause({ transactionVersions: [2], tests: [] })];
    const report = conformanceReport(observed(), { ...CATALOGUE, clauses: some });
    expect(report.clauses[0]).toMatchObject({ status: 'inconclusive' });
    expect(report.clauses[0]!.reason).toContain('a history does not say which');
  });

  test('are violated by a claim, which the judge shows again, or by a forbidden anomaly', () => {
    const [held] = judgement().claims;
    const cited = { line: 7, event: null };
    const violation = { message: 'twice there', why: ['so'], events: [cited, cited] as const };
    const claims = [
      {
        ...held!,
        status: 'violated' as const,
        violation: { ...violation, events: [cited, cited] },
      },
    ] as ReturnType<typeof judgement>['claims'];
    const report = reported({ verdict: 'violated', claims });
    expect(report.verdict.reason).toBe('Violated: NoDuplicates, EOS-IDEM-01.');
    expect(report.findings[0]).toMatchObject({
      message: 'twice there',
      replay: 'npx onceproof judge history.jsonl',
    });
    const [absent] = judgement().anomalies;
    const found = reported({ anomalies: [{ ...absent!, status: 'found', count: 2 }] });
    expect(found.verdict.reason).toBe('Violated: anomaly lost-write.');
  });

  test('are not evidence about the reference', () => {
    const judgements = observed().judgements;
    expect(() => built({ judgements })).toThrow(/the onceproof reference .* Some Broker 1\.2/);
  });
});

describe('evidence that does not belong together is refused with both named', () => {
  const scope = run().scope;
  test.each([
    [
      'mutant',
      { ...scope, mutant: 'P01' },
      /a\/run.json is about the onceproof reference under .* b about .* mutant P01/,
    ],
    [
      'transaction version',
      { ...scope, transactionVersion: 1 },
      /transaction version 2.*transaction version 1/,
    ],
    [
      'verification',
      { ...scope, partitionVerification: false },
      /verification on.*verification off/,
    ],
  ])('another %s', (_, other, message) => {
    const runs = [...inputs().runs, at('b', run({ scope: other }))];
    expect(() => built({ runs })).toThrow(ConflictingEvidenceError);
    expect(() => built({ runs })).toThrow(message);
  });

  test('a claim that this version does not have', () => {
    const runs = [at('r', run({ claims: [claim({ name: 'NoWorries' })] }))];
    expect(() => built({ runs })).toThrow(/^r: expected claims that .* has, found NoWorries/);
  });

  test('and so is evidence about nothing', () => {
    const nothing = { runs: [], coverages: [], clauseResults: [] };
    expect(() => built(nothing)).toThrow(/found none/);
  });
});
