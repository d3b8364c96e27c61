/** The one place where a report's verdict is decided. */

import type { ConformanceReport } from '../evidence/conformance-report.ts';
import { isHeld } from './status.ts';

type Judged = Pick<
  ConformanceReport,
  'claims' | 'clauses' | 'anomalies' | 'refinement' | 'partial'
>;
type Verdict = ConformanceReport['verdict'];

export function verdictOf(report: Judged): Verdict {
  const applicable = report.clauses.filter(
    ({ level, status }) => level === 'must' && status !== 'not-applicable',
  );
  const held = applicable.filter(({ status }) => isHeld(status)).length;
  const must = { held, total: applicable.length };
  const violated = [
    ...report.claims.filter(({ status }) => status === 'violated').map(({ name }) => name),
    ...applicable.filter(({ status }) => status === 'violated').map(({ id }) => id),
    ...report.anomalies
      .filter(({ verdict, status }) => verdict === 'forbidden' && status === 'found')
      .map(({ name }) => `anomaly ${name}`),
    ...(report.refinement.status === 'violated' ? ['Refinement'] : []),
  ];
  if (violated.length > 0) {
    return { value: 'non-conformant', reason: `Violated: ${violated.join(', ')}.`, must };
  }
  const isUnavailable = report.claims.some(({ status }) => status === 'unavailable');
  if (isUnavailable && held === 0) {
    const reason = 'The subject could not be set up: nothing is claimed about it.';
    return { value: 'unavailable', reason, must };
  }
  if (held === 0) {
    const reason = 'No must clause was exercised: nothing is claimed about the subject.';
    return { value: 'inconclusive', reason, must };
  }
  const open = must.total - held;
  if (open > 0 || report.partial) {
    const left =
      open > 0
        ? `${open} of ${must.total} must clauses were not exercised`
        : 'a run was interrupted or out of time';
    return { value: 'partial', reason: `Nothing was violated, but ${left}.`, must };
  }
  return {
    value: 'conformant',
    reason: `All ${must.total} must clauses that apply hold within the scope below.`,
    must,
  };
}
