/** A clause as reports and scripts get it: data without the scripts of its tests. */

import type { ClauseStatement } from '../../reports/evidence/clause.ts';
import { TRANSACTION_VERSIONS } from '../../protocol/transaction-version.ts';
import { AREAS, areaOf, type Clause } from './clause.ts';
import { KIPS } from './kips.ts';

export function statementOf(clause: Clause): ClauseStatement {
  const { id, level, requirement, kips, kafka, claims, tests } = clause;
  const transactionVersions = [...(clause.transactionVersions ?? TRANSACTION_VERSIONS)];
  return {
    id,
    area: AREAS[areaOf(id)],
    level,
    requirement,
    kips: kips.map((kip) => ({ id: kip, ...KIPS[kip] })),
    kafka,
    transactionVersions,
    claims: [...claims],
    tests: tests.map((test) => ({
      name: test.name,
      transactionVersions: transactionVersions.filter((version) =>
        (test.transactionVersions ?? TRANSACTION_VERSIONS).includes(version),
      ),
    })),
  };
}
