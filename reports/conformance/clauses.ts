/**
 * Clauses from claims and directed tests: the worst of a clause's checks is its status, and a check that nobody made
 * leaves it inconclusive.
 */

import type { ClauseStatement, DirectedResult } from '../evidence/clause.ts';
import type {
  ReportedClaim,
  ReportedClause,
  Strength,
  Subject,
} from '../evidence/conformance-report.ts';
import { sum } from './claims.ts';
import type { ConformanceInputs } from './inputs.ts';
import { worstOf, type Status } from './status.ts';

type Check = ReportedClause['checks'][number];

export interface ClauseContext {
  readonly subject: Subject;
  readonly claims: readonly ReportedClaim[];
  readonly inputs: ConformanceInputs;
}

export function reportedClause(
  { tests, claims, ...statement }: ClauseStatement,
  context: ClauseContext,
): ReportedClause {
  const { kind, transactionVersion } = context.subject;
  if (transactionVersion !== null && !statement.transactionVersions.includes(transactionVersion)) {
    const versions = statement.transactionVersions.join(' and ');
    const reason = `it applies to transaction version ${versions}`;
    return { ...statement, status: 'not-applicable', reason, checks: [], evidence: [] };
  }
  const judging = context.claims.filter(({ name }) => claims.includes(name));
  if (kind === 'system' && tests.length > 0) return ofSystem(statement, judging);
  const asked = tests.filter(
    (test) => transactionVersion !== null && test.transactionVersions.includes(transactionVersion),
  );
  const results = asked.map(({ name }) => resultsOf(name, context.inputs));
  const checks = [
    ...judging.map((claim) => claimCheck(claim, asked.length > 0)),
    ...asked.map(({ name }, index) => testCheck(name, results[index]!)),
  ];
  const isUnsure = transactionVersion === null && statement.transactionVersions.length < 3;
  const status = worstOf([
    ...checks.map((check) => check.status),
    // It may not apply at all.
    ...(isUnsure ? (['inconclusive'] as const) : []),
  ]);
  return {
    ...statement,
    status,
    reason: reasonOf(statement.id, status, checks, judging),
    checks,
    evidence: [...judging.flatMap(({ evidence }) => evidence), ...directedStrength(results)],
  };
}

/**
 * A history does not say whether the situation that a clause is about came up: that its claims hold is no evidence for
 * it. The reference is asked directly; a system cannot be, so far.
 */
function ofSystem(
  statement: Omit<ClauseStatement, 'tests' | 'claims'>,
  judging: readonly ReportedClaim[],
): ReportedClause {
  const checks = judging.map((claim) => claimCheck(claim, true));
  const said = judging.map(({ name, status }) => `${name} ${status}`).join(', ');
  const reason = `a history does not say whether it was exercised${said === '' ? '' : ` (${said})`}`;
  const evidence = judging.flatMap((claim) => claim.evidence);
  return { ...statement, status: 'inconclusive', reason, checks, evidence };
}

function resultsOf(name: string, { clauseResults }: ConformanceInputs): readonly DirectedResult[] {
  return clauseResults.flatMap(({ value }) => value.tests.filter((test) => test.name === name));
}

/**
 * A claim that was violated does not say by which of its clauses. Where a directed test can tell, that test does; the
 * claim then leaves the clause open.
 */
function claimCheck({ name, status }: ReportedClaim, isAskedDirectly: boolean): Check {
  const said = status === 'violated' && isAskedDirectly ? 'inconclusive' : status;
  return { by: 'claim', name, status: said, difference: null };
}

function testCheck(name: string, results: readonly DirectedResult[]): Check {
  const failed = results.find(({ status }) => status === 'violated');
  const status: Status =
    failed !== undefined ? 'violated' : results.length > 0 ? 'holds' : 'inconclusive';
  return { by: 'directed test', name, status, difference: failed?.difference ?? null };
}

/** The same test twice asks the same twice: it counts once. */
function directedStrength(results: readonly (readonly DirectedResult[])[]): readonly Strength[] {
  const made = results.flatMap((of) => of.slice(0, 1));
  if (made.length === 0) return [];
  return [{ kind: 'directed', tests: made.length, steps: sum(made, ({ steps }) => steps) }];
}

function reasonOf(
  id: string,
  status: Status,
  checks: readonly Check[],
  judging: readonly ReportedClaim[],
): string | null {
  if (status === 'holds' || status === 'expected') return null;
  if (status === 'violated') {
    const failed = checks.filter((check) => check.status === 'violated');
    return `violated by ${failed.map(({ by, name }) => `${by} ${name}`).join(', ')}`;
  }
  const unasked = checks.filter(
    ({ by, status: made }) => by === 'directed test' && made === 'inconclusive',
  );
  if (unasked.length > 0) {
    return `its directed test was not made; \`npx onceproof clauses ${id} --check --out FOLDER\` makes it`;
  }
  const broken = judging.filter((each) => each.status === 'violated');
  if (broken.length > 0) {
    const names = broken.map(({ name }) => name).join(', ');
    return `${names} violated, by this clause or another that it judges; its directed test holds`;
  }
  const claim = judging.find((each) => each.status === status);
  if (claim === undefined && checks.length > 0) {
    return 'it applies to some transaction versions only, and a history does not say which it was';
  }
  return claim === undefined ? 'nothing checks it' : `${claim.name}: ${claim.reason ?? status}`;
}
