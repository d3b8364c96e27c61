/** CTRF (ctrf.io), specification 0.0: a test for each claim and clause, what is ours alone under `extra`. */

import type {
  ConformanceReport,
  ReportedClaim,
  ReportedClause,
} from '../evidence/conformance-report.ts';
import type { Status } from './status.ts';
import { subjectText } from './subject.ts';
import { clauseEvidenceText, strengthText } from './wording.ts';

/** Nothing inconclusive is `passed` or `skipped`. */
const CTRF_STATUS = {
  holds: 'passed',
  expected: 'passed',
  violated: 'failed',
  inconclusive: 'other',
  unavailable: 'other',
  'not-applicable': 'skipped',
} as const satisfies Record<Status, string>;

export function renderCtrf(report: ConformanceReport): string {
  const tests = [...report.claims.map(claimTest), ...report.clauses.map(clauseTest)];
  const count = (status: string): number => tests.filter((test) => test.status === status).length;
  const [environment] = report.environment;
  const document = {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    ...(report.gathered === null ? {} : { timestamp: report.gathered }),
    generatedBy: `${report.tool.name} ${report.tool.version}`,
    results: {
      tool: { name: report.tool.name, version: report.tool.version },
      summary: {
        tests: tests.length,
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        pending: 0,
        other: count('other'),
        // Results are sums over runs: no one start and end would be theirs.
        start: 0,
        stop: 0,
        extra: { verdict: report.verdict, partial: report.partial },
      },
      tests,
      environment: {
        appName: subjectText(report.subject),
        appVersion: report.tool.version,
        ...(environment === undefined
          ? {}
          : { osPlatform: environment.platform, osRelease: environment.release }),
      },
      extra: { subject: report.subject, notChecked: report.notChecked },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function claimTest(claim: ReportedClaim) {
  return {
    name: claim.name,
    status: CTRF_STATUS[claim.status],
    rawStatus: claim.status,
    duration: 0,
    suite: ['claims'],
    ...(claim.reason === null ? {} : { message: claim.reason }),
    extra: { statement: claim.statement, evidence: claim.evidence.map(strengthText) },
  };
}

function clauseTest(clause: ReportedClause) {
  return {
    name: `${clause.id} ${clause.requirement}`,
    status: CTRF_STATUS[clause.status],
    rawStatus: clause.status,
    duration: 0,
    suite: ['clauses', clause.area],
    tags: [clause.level, ...clause.kips.map(({ id }) => id)],
    ...(clause.reason === null ? {} : { message: clause.reason }),
    extra: {
      id: clause.id,
      level: clause.level,
      checks: clause.checks,
      evidence: clauseEvidenceText(clause.evidence),
    },
  };
}
