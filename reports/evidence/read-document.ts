/** Reads a file of evidence whose kind is only known from the file itself. A history is read by `history-reader.ts`. */

import {
  CLAUSE_RESULTS_SCHEMA_VERSION,
  clauseResultsSchema,
  type ClauseResults,
} from './clause.ts';
import {
  CONFORMANCE_REPORT_SCHEMA_VERSION,
  conformanceReportSchema,
  type ConformanceReport,
} from './conformance-report.ts';
import { ENVIRONMENT_SCHEMA_VERSION, environmentSchema, type Environment } from './environment.ts';
import { COVERAGE_SCHEMA_VERSION, coverageSchema, type Coverage } from './coverage.ts';
import { EvidenceError } from './errors.ts';
import type { Finding } from './finding.ts';
import { JUDGEMENT_SCHEMA_VERSION, judgementSchema, type Judgement } from './judgement.ts';
import { MUTATION_SCHEMA_VERSION, mutationResultSchema, type MutationResult } from './mutation.ts';
import { check, parseJson, readFinding, type Evidence, type Format } from './read.ts';
import { RUN_RESULT_SCHEMA_VERSION, runResultSchema, type RunResult } from './run-result.ts';
import { TOOL } from './tool.ts';

export type EvidenceDocument =
  | RunResult
  | ClauseResults
  | Coverage
  | Judgement
  | MutationResult
  | Environment
  | Finding
  | ConformanceReport;

const advice = 'Give a file that onceproof wrote, unchanged.';
const FORMATS: readonly Format<Exclude<EvidenceDocument, Finding>>[] = [
  { kind: 'run', schemaVersion: RUN_RESULT_SCHEMA_VERSION, schema: runResultSchema, advice },
  {
    kind: 'clause-results',
    schemaVersion: CLAUSE_RESULTS_SCHEMA_VERSION,
    schema: clauseResultsSchema,
    advice,
  },
  {
    kind: 'mutation',
    schemaVersion: MUTATION_SCHEMA_VERSION,
    schema: mutationResultSchema,
    advice,
  },
  { kind: 'judgement', schemaVersion: JUDGEMENT_SCHEMA_VERSION, schema: judgementSchema, advice },
  { kind: 'coverage', schemaVersion: COVERAGE_SCHEMA_VERSION, schema: coverageSchema, advice },
  {
    kind: 'environment',
    schemaVersion: ENVIRONMENT_SCHEMA_VERSION,
    schema: environmentSchema,
    advice,
  },
  {
    kind: 'conformance-report',
    schemaVersion: CONFORMANCE_REPORT_SCHEMA_VERSION,
    schema: conformanceReportSchema,
    advice,
  },
];
const KINDS = [...FORMATS.map(({ kind }) => kind), 'finding'];

/** A file's JSON before it is known to fit its schema. */
export interface UncheckedDocument {
  readonly file: string;
  readonly text: string;
  readonly kind: string;
  /** As found. */
  readonly schemaVersion: unknown;
  readonly value: unknown;
}

export function parseDocument(text: string, file: string): UncheckedDocument {
  const format = { kind: 'file of evidence', schemaVersion: 0, schema: runResultSchema, advice };
  const value = parseJson(format, text, file, { firstLine: 1, isLast: true });
  const envelope: object = typeof value === 'object' && value !== null ? value : {};
  const kind = 'kind' in envelope ? envelope.kind : undefined;
  if (typeof kind !== 'string' || !KINDS.includes(kind)) {
    throw new EvidenceError(
      'wrong-kind',
      file,
      `${file}, at kind: expected one of ${KINDS.join(', ')}, found ${JSON.stringify(kind) ?? 'nothing'}. ${advice}`,
    );
  }
  const schemaVersion = 'schemaVersion' in envelope ? envelope.schemaVersion : undefined;
  return { file, text, kind, schemaVersion, value };
}

export function checkDocument(unchecked: UncheckedDocument): Evidence<EvidenceDocument> {
  const { file, text, kind } = unchecked;
  const format = FORMATS.find((each) => each.kind === kind);
  if (format === undefined) return readFinding(text, file);
  const value = check(format, unchecked.value, file, () => '');
  const { version } = value.tool;
  const warnings =
    version === TOOL.version
      ? []
      : [`${file} was written by ${TOOL.name} ${version}, this is ${TOOL.version}.`];
  return { value, warnings };
}
