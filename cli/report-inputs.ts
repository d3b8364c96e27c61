/** Finds the evidence that the user named: files, and folders with what commands leave there. */

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ConflictingEvidenceError } from '../reports/conformance/errors.ts';
import type { ConformanceInputs, Located, LocatedFinding } from '../reports/conformance/inputs.ts';
import type { ConformanceReport } from '../reports/evidence/conformance-report.ts';
import {
  checkDocument,
  parseDocument,
  type EvidenceDocument,
  type UncheckedDocument,
} from '../reports/evidence/read-document.ts';
import type { RunResult } from '../reports/evidence/run-result.ts';
import { UsageError } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** What commands write into an output folder. */
const FOLDER_FILES = [
  'run.json',
  'coverage.json',
  'clauses.json',
  'mutation.json',
  'judgement.json',
  'environment.json',
];

export type ReportInputs =
  | { readonly kind: 'evidence'; readonly inputs: ConformanceInputs }
  /** A report that was made before. */
  | { readonly kind: 'report'; readonly report: ConformanceReport };

export function loadReportInputs(paths: readonly string[], terminal: Terminal): ReportInputs {
  const documents = load(paths.flatMap(filesAt), terminal);
  const reports = valuesOf(documents, 'conformance-report');
  if (reports.length > 0) {
    if (documents.length === 1) return { kind: 'report', report: reports[0]!.value };
    throw new UsageError(
      `${reports[0]!.file}: expected evidence, or this report alone, found both. A report cannot be added to: give ` +
        'the evidence that it was made of.',
    );
  }
  const runs = valuesOf(documents, 'run');
  const named = runs.flatMap(findingFiles);
  const given = valuesOf(documents, 'finding');
  const missing = named.filter(({ path }) => path === null).map(({ name }) => name);
  const present = named.flatMap(({ path }) => (path === null ? [] : [path]));
  const unread = [...new Set(present)].filter((path) => given.every(({ file }) => file !== path));
  const findings = [...given, ...valuesOf(load(unread, terminal), 'finding')];
  return {
    kind: 'evidence',
    inputs: {
      runs,
      clauseResults: valuesOf(documents, 'clause-results'),
      judgements: valuesOf(documents, 'judgement'),
      coverages: valuesOf(documents, 'coverage'),
      mutations: valuesOf(documents, 'mutation'),
      environments: valuesOf(documents, 'environment'),
      findings: findings.map((finding): LocatedFinding => ({ ...finding, page: null })),
      missingFindings: missing,
    },
  };
}

function filesAt(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new UsageError(
      `Expected a file or folder of evidence, found nothing at "${path}". \`onceproof run\` leaves .onceproof.`,
    );
  }
  if (!found.isDirectory()) return [path];
  const files = FOLDER_FILES.map((name) => join(path, name)).filter((file) => existsSync(file));
  if (files.length > 0) return files;
  const holds = readdirSync(path).slice(0, 5).join(', ') || 'nothing';
  throw new UsageError(
    `${path}: expected ${FOLDER_FILES.join(' or ')} in the folder, found ${holds}. Give a folder that a run wrote.`,
  );
}

function load(files: readonly string[], terminal: Terminal): readonly Located<EvidenceDocument>[] {
  const unchecked = [...new Set(files)].map((file) => parseDocument(readText(file), file));
  refuseTwoVersions(unchecked);
  return unchecked.map((document) => {
    const { value, warnings } = checkDocument(document);
    for (const warning of warnings) terminal.err(`warning: ${warning}\n`);
    return { file: document.file, value };
  });
}

/** Said of both files at once: either may be the one that the user did not mean. */
function refuseTwoVersions(documents: readonly UncheckedDocument[]): void {
  for (const [index, one] of documents.entries()) {
    const other = documents
      .slice(0, index)
      .find(({ kind, schemaVersion }) => kind === one.kind && schemaVersion !== one.schemaVersion);
    if (other === undefined) continue;
    throw new ConflictingEvidenceError(
      `Expected evidence of one schema version, found two: ${other.file} has version ` +
        `${JSON.stringify(other.schemaVersion)} of a ${one.kind}, ${one.file} version ` +
        `${JSON.stringify(one.schemaVersion)}. Gather both with one version of onceproof.`,
    );
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`Expected a file of evidence, found "${path}": ${found}.`, { cause });
  }
}

function valuesOf<Kind extends EvidenceDocument['kind']>(
  documents: readonly Located<EvidenceDocument>[],
  kind: Kind,
): readonly Located<Extract<EvidenceDocument, { readonly kind: Kind }>>[] {
  return documents.flatMap(({ file, value }) =>
    value.kind === kind
      ? [{ file, value: value as Extract<EvidenceDocument, { readonly kind: Kind }> }]
      : [],
  );
}

/** A run names its findings as it wrote them; if it was moved since, they lie beside it. */
function findingFiles({
  file,
  value,
}: Located<RunResult>): readonly { readonly name: string; readonly path: string | null }[] {
  return value.findings.map((name) => {
    const beside = join(dirname(file), 'findings', basename(name));
    const path = existsSync(beside) ? beside : existsSync(name) ? name : null;
    return { name, path };
  });
}
