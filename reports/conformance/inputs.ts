/** What a report is made of: evidence with the file that it came from, and the catalogue that it is held against. */

import type { ClauseResults, ClauseStatement } from '../evidence/clause.ts';
import type { Coverage } from '../evidence/coverage.ts';
import type { Environment } from '../evidence/environment.ts';
import type { Finding } from '../evidence/finding.ts';
import type { Judgement } from '../evidence/judgement.ts';
import type { MutationResult } from '../evidence/mutation.ts';
import type { RunResult } from '../evidence/run-result.ts';

export interface Located<Value> {
  /** As the user would name it. */
  readonly file: string;
  readonly value: Value;
}

export interface LocatedFinding extends Located<Finding> {
  /** The counterexample as a page, relative to the report; null: none is written. */
  readonly page: string | null;
}

export interface ConformanceInputs {
  readonly runs: readonly Located<RunResult>[];
  readonly clauseResults: readonly Located<ClauseResults>[];
  readonly judgements: readonly Located<Judgement>[];
  readonly coverages: readonly Located<Coverage>[];
  readonly mutations: readonly Located<MutationResult>[];
  readonly findings: readonly LocatedFinding[];
  readonly environments: readonly Located<Environment>[];
  /** Findings that a run names and that are not there to be read. */
  readonly missingFindings: readonly string[];
}

export interface ClaimStatement {
  readonly name: string;
  readonly statement: string;
  readonly source: string;
  readonly witness: { readonly situation: string };
}

export interface Catalogue {
  readonly claims: readonly ClaimStatement[];
  readonly clauses: readonly ClauseStatement[];
}
