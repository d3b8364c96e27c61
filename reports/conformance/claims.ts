/**
 * Claims over several runs. Evidence is added first and the status recomputed: one run that reached the witness is
 * enough, and one that violated it too.
 */

import type { ReportedClaim, Strength } from '../evidence/conformance-report.ts';
import type { JudgedClaim, Judgement } from '../evidence/judgement.ts';
import type { ClaimResult, RunResult } from '../evidence/run-result.ts';
import type { ClaimStatement, ConformanceInputs } from './inputs.ts';
import type { Status } from './status.ts';

/** What one run says of one claim. */
interface Row {
  readonly run: RunResult;
  readonly claim: ClaimResult;
}

export function reportedClaim(statement: ClaimStatement, inputs: ConformanceInputs): ReportedClaim {
  const { name } = statement;
  const rows = inputs.runs.flatMap(({ value: run }) =>
    run.claims.filter((claim) => claim.name === name).map((claim) => ({ run, claim })),
  );
  const counted = withoutRepetitions(rows);
  const judged = judgedRows(name, inputs);
  const found = inputs.findings.filter(({ value }) => value.claim === name);
  const observed = judged.filter(({ claim }) => claim.witness.reached).length;
  const reached = sum(counted, ({ claim }) => claim.witness.reached) + observed;
  const violations = Math.max(
    found.length,
    sum(counted, ({ claim }) => claim.violations) +
      judged.filter(({ claim }) => claim.status === 'violated').length,
  );
  const statuses = [
    ...rows.map(({ claim }) => claim.status),
    ...judged.map(({ claim }) => claim.status),
    ...found.map(({ value }) => value.status),
  ];
  const status = addedStatus(statuses, reached);
  return {
    name,
    statement: statement.statement,
    source: statement.source,
    status,
    reason: reasonOf(name, status, [...rows, ...judged]),
    witness: { situation: statement.witness.situation, reached },
    violations,
    evidence: [
      ...(counted.length === 0 ? [] : [strengthOf(name, counted, reached, violations)]),
      ...(judged.length === 0 ? [] : [observationOf(name, judged, observed)]),
    ],
  };
}

/** The same seed under the same bounds draws the same scenarios again: only the longest such run counts. */
export function withoutRepetitions<Of extends { readonly run: RunResult }>(
  rows: readonly Of[],
): readonly Of[] {
  const longest = new Map<string, Of>();
  for (const row of rows) {
    const key = JSON.stringify([row.run.seed, row.run.scope]);
    const known = longest.get(key);
    if (known === undefined || known.run.scenarios < row.run.scenarios) longest.set(key, row);
  }
  return [...longest.values()];
}

function addedStatus(statuses: readonly Status[], reached: number): Status {
  if (statuses.includes('violated')) return 'violated';
  if (statuses.includes('expected')) return 'expected';
  const said = statuses.filter((status) => status !== 'not-applicable');
  if (statuses.length > 0 && said.length === 0) return 'not-applicable';
  if (said.length > 0 && said.every((status) => status === 'unavailable')) return 'unavailable';
  return reached > 0 && said.includes('holds') ? 'holds' : 'inconclusive';
}

function reasonOf(
  name: string,
  status: Status,
  rows: readonly { readonly claim: { readonly reason: string | null } }[],
): string | null {
  if (status === 'violated' || status === 'holds' || status === 'expected') return null;
  if (rows.length === 0)
    return `no evidence of it was given; \`npx onceproof run ${name}\` gathers some`;
  return rows.map(({ claim }) => claim.reason).find((reason) => reason !== null) ?? null;
}

/** What one judgement says of one claim. */
interface JudgedRow {
  readonly judgement: Judgement;
  readonly claim: JudgedClaim;
}

function judgedRows(name: string, { judgements }: ConformanceInputs): readonly JudgedRow[] {
  return judgements.flatMap(({ value: judgement }) =>
    judgement.claims.filter((claim) => claim.name === name).map((claim) => ({ judgement, claim })),
  );
}

/** Nobody drew the histories of a system: no share of others can be said from them. */
function observationOf(claim: string, rows: readonly JudgedRow[], witnessed: number): Strength {
  const operations = sum(rows, ({ judgement }) => judgement.scope.operations);
  return { kind: 'observed', claim, histories: rows.length, operations, witnessed };
}

function strengthOf(
  claim: string,
  rows: readonly Row[],
  reached: number,
  violations: number,
): Strength {
  return {
    kind: 'sampled',
    claim,
    scenarios: sum(rows, ({ run }) => run.scenarios),
    seeds: [...new Set(rows.map(({ run }) => run.seed))],
    witnessed: reached,
    bound: violations > 0 || reached === 0 ? null : Math.min(1, 3 / reached),
  };
}

export function sum<Value>(values: readonly Value[], count: (value: Value) => number): number {
  return values.reduce((total, value) => total + count(value), 0);
}
