/** Asks the reference, or a mutant of it, what the directed tests of clauses ask. */

import {
  CLAUSE_RESULTS_SCHEMA_VERSION,
  type ClauseResults,
  type DirectedResult,
} from '../../reports/evidence/clause.ts';
import { TOOL } from '../../reports/evidence/tool.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { mutantWithId } from '../mutants/mutants.ts';
import type { Clause } from './clause.ts';
import { runDirectedTest, type DirectedTest } from './directed-test.ts';

export interface CheckSettings {
  readonly transactionVersion: TransactionVersion;
  readonly mutant: string | null;
}

export function checkClauses(clauses: readonly Clause[], settings: CheckSettings): ClauseResults {
  const { transactionVersion, mutant } = settings;
  const overrides = mutant === null ? {} : mutantWithId(mutant).overrides;
  const tests = clauses.flatMap((clause) =>
    testsUnder(clause, transactionVersion).map((test): DirectedResult => {
      const { holds, steps, difference } = runDirectedTest(test, transactionVersion, overrides);
      return {
        name: test.name,
        clause: clause.id,
        component: test.component,
        status: holds ? 'holds' : 'violated',
        steps,
        difference,
      };
    }),
  );
  return {
    kind: 'clause-results',
    schemaVersion: CLAUSE_RESULTS_SCHEMA_VERSION,
    tool: TOOL,
    verdict: tests.every(({ status }) => status === 'holds') ? 'holds' : 'violated',
    mutant,
    transactionVersion,
    tests,
  };
}

/** The tests of a clause that are asked under a transaction version. */
export function testsUnder(clause: Clause, version: TransactionVersion): readonly DirectedTest[] {
  const applies = (versions: readonly TransactionVersion[] | undefined): boolean =>
    versions === undefined || versions.includes(version);
  return applies(clause.transactionVersions)
    ? clause.tests.filter((test) => applies(test.transactionVersions))
    : [];
}
