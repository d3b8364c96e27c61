/**
 * JUnit XML. What was not exercised is an error, not a skip: a skip is easily taken for a pass. Only what does not
 * apply is skipped.
 */

import type {
  ConformanceReport,
  ReportedClaim,
  ReportedClause,
} from '../evidence/conformance-report.ts';
import { visible } from '../page/html.ts';
import type { Status } from './status.ts';
import { subjectText } from './subject.ts';
import { clauseEvidenceText, strengthText } from './wording.ts';

interface Case {
  readonly name: string;
  readonly classname: string;
  readonly status: Status;
  readonly message: string;
  readonly detail: string;
}

export function renderJunit(report: ConformanceReport): string {
  const suites = [
    suite('claims', report.claims.map(claimCase)),
    ...areasOf(report.clauses).map((area) =>
      suite(area, report.clauses.filter((clause) => clause.area === area).map(clauseCase)),
    ),
  ];
  const cases = [...report.claims, ...report.clauses];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(`onceproof: ${subjectText(report.subject)}`)}" ${countsOf(cases)} time="0">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

export function areasOf(clauses: readonly ReportedClause[]): readonly string[] {
  return [...new Set(clauses.map(({ area }) => area))];
}

function claimCase(claim: ReportedClaim): Case {
  return {
    name: claim.name,
    classname: 'claims',
    status: claim.status,
    message: claim.reason ?? `${claim.violations} scenarios violated it`,
    detail: [claim.statement, ...claim.evidence.map(strengthText)].join('\n'),
  };
}

function clauseCase(clause: ReportedClause): Case {
  const differences = clause.checks.flatMap(({ name, difference }) =>
    difference === null
      ? []
      : [`${name}: expected ${difference.expected}`, `${name}: found ${difference.found}`],
  );
  return {
    name: `${clause.id} (${clause.level})`,
    classname: clause.area,
    status: clause.status,
    message: clause.reason ?? clause.status,
    detail: [clause.requirement, ...differences, clauseEvidenceText(clause.evidence)].join('\n'),
  };
}

function suite(name: string, cases: readonly Case[]): string {
  return [
    `  <testsuite name="${xml(name)}" ${countsOf(cases)} time="0">`,
    ...cases.map(caseElement),
    '  </testsuite>',
  ].join('\n');
}

function countsOf(cases: readonly { readonly status: Status }[]): string {
  const count = (...statuses: Status[]): number =>
    cases.filter(({ status }) => statuses.includes(status)).length;
  return (
    `tests="${cases.length}" failures="${count('violated')}" ` +
    `errors="${count('inconclusive', 'unavailable')}" skipped="${count('not-applicable')}"`
  );
}

function caseElement({ name, classname, status, message, detail }: Case): string {
  const open = `    <testcase name="${xml(name)}" classname="${xml(classname)}" time="0">`;
  const output = `<system-out>${xml(detail)}</system-out>`;
  switch (status) {
    case 'holds':
    case 'expected':
      return `${open}${output}</testcase>`;
    case 'not-applicable':
      return `${open}<skipped message="${xml(message)}"/>${output}</testcase>`;
    case 'violated':
      return `${open}<failure message="${xml(message)}" type="violated">${xml(detail)}</failure></testcase>`;
    case 'inconclusive':
    case 'unavailable':
      return `${open}<error message="${xml(message)}" type="${status}">${xml(detail)}</error></testcase>`;
  }
}

/** Controls have no place in XML 1.0, escaped or not; `visible` names them. */
function xml(text: string): string {
  return visible(text)
    .replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\n', '&#10;');
}
