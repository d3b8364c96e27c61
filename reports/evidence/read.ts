/**
 * Reads evidence: text in, a checked value or an `EvidenceError` out. A file of another tool version is read with a
 * warning, one of another schema version is refused: its fields may mean something else.
 */

import type { z } from 'zod';
import { describeIssue } from './describe-issue.ts';
import { EvidenceError } from './errors.ts';
import { FINDING_SCHEMA_VERSION, findingSchema, type Finding } from './finding.ts';
import { jsonErrorPosition } from './json-position.ts';
import { incoherence } from './scenario-coherence.ts';
import { SCENARIO_SCHEMA_VERSION, scenarioSchema, type Scenario } from './scenario.ts';
import { TOOL } from './tool.ts';

export interface Evidence<Value> {
  readonly value: Value;
  /** Sentences for people; reading went on. */
  readonly warnings: readonly string[];
}

export interface Format<Value> {
  readonly kind: string;
  readonly schemaVersion: number;
  readonly schema: z.ZodType<Value>;
  /** How to get a good file. */
  readonly advice: string;
}

const FINDING: Format<Finding> = {
  kind: 'finding',
  schemaVersion: FINDING_SCHEMA_VERSION,
  schema: findingSchema,
  advice: 'Give a file that `onceproof run` wrote, unchanged.',
};
const SCENARIO: Format<Scenario> = {
  kind: 'scenario',
  schemaVersion: SCENARIO_SCHEMA_VERSION,
  schema: scenarioSchema,
  advice: 'docs/schemas/scenario.json says what a scenario may contain.',
};

/** `file` is how to call it in messages; the text is its content. */
export function readFinding(text: string, file: string): Evidence<Finding> {
  const finding = readDocument(FINDING, text, file);
  const beyond = finding.violation.events.find((event) => event >= finding.history.length);
  if (beyond !== undefined) {
    throw malformed(FINDING, file, 'at violation.events', {
      expected: `positions in a history of ${finding.history.length} events`,
      found: String(beyond),
    });
  }
  checkCoherence(FINDING, finding.scenario, file);
  return { value: finding, warnings: versionWarnings(finding, file) };
}

export function readScenario(text: string, file: string): Evidence<Scenario> {
  const scenario = readDocument(SCENARIO, text, file);
  checkCoherence(SCENARIO, scenario, file);
  return { value: scenario, warnings: [] };
}

function readDocument<Value>(format: Format<Value>, text: string, file: string): Value {
  const value = parseJson(format, text, file, { firstLine: 1, isLast: true });
  return check(format, value, file, () => '');
}

/** Where in the file a field stands, as far as it is said beside its path; empty: not at all. */
export type PlaceOf = (path: readonly string[]) => string;

export function check<Value>(
  format: Format<Value>,
  value: unknown,
  file: string,
  placeOf: PlaceOf,
): Value {
  checkEnvelope(format, value, file, placeOf);
  const parsed = format.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = describeIssue(parsed.error.issues, value);
  throw malformed(format, file, atPath(placeOf(issue.path), issue.where), issue);
}

/** `kind` and `schemaVersion` are judged before all else: with another format every other message misleads. */
function checkEnvelope(
  format: Format<unknown>,
  value: unknown,
  file: string,
  placeOf: PlaceOf,
): void {
  const envelope = typeof value === 'object' && value !== null ? value : {};
  const kind = 'kind' in envelope ? envelope.kind : undefined;
  if (kind !== format.kind) {
    const expected = `a ${format.kind}, whose "kind" is "${format.kind}"`;
    const message = sentence(format, file, atPath(placeOf(['kind']), 'kind'), {
      expected,
      found: show(kind),
    });
    throw new EvidenceError('wrong-kind', file, message);
  }
  const version = 'schemaVersion' in envelope ? envelope.schemaVersion : undefined;
  if (version !== format.schemaVersion) {
    const message =
      `${file}${prefixed(atPath(placeOf(['schemaVersion']), 'schemaVersion'))}: expected schema version ` +
      `${format.schemaVersion} of a ${format.kind}, found ${show(version)}. ` +
      `Use the version of ${TOOL.name} that wrote the file; this is ${TOOL.version}.`;
    throw new EvidenceError('unknown-schema-version', file, message);
  }
}

function checkCoherence(format: Format<unknown>, scenario: Scenario, file: string): void {
  const problem = incoherence(scenario);
  if (problem !== null) throw malformed(format, file, `at ${problem.where}`, problem);
}

export function parseJson(
  format: Format<unknown>,
  text: string,
  file: string,
  part: { firstLine: number; isLast: boolean },
): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const position = jsonErrorPosition(text);
    const before = text.slice(0, position).split('\n');
    const line = part.firstLine + before.length - 1;
    const isCut = part.isLast && text.slice(position).trim() === '';
    const place = `line ${line}, column ${before.at(-1)!.length + 1}`;
    const problem = isCut ? 'truncated' : 'not-json';
    const found = isCut ? cutFound(text) : show(text.slice(position, position + 20));
    const message = sentence(format, file, place, { expected: 'JSON', found });
    throw new EvidenceError(problem, file, message, { cause });
  }
}

function cutFound(text: string): string {
  return text.trim() === '' ? 'an empty file' : 'the end of the file (it looks truncated)';
}

export function malformed(
  format: Format<unknown>,
  file: string,
  place: string,
  what: { expected: string; found: string },
): EvidenceError {
  return new EvidenceError('malformed', file, sentence(format, file, place, what));
}

function sentence(
  format: Format<unknown>,
  file: string,
  place: string,
  what: { expected: string; found: string },
): string {
  return `${file}${prefixed(place)}: expected ${what.expected}, found ${what.found}. ${format.advice}`;
}

export function atPath(place: string, path: string): string {
  return [place, path === '' ? '' : `at ${path}`].filter((part) => part !== '').join(', ');
}

function prefixed(place: string): string {
  return place === '' ? '' : `, ${place}`;
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}

function versionWarnings(finding: Finding, file: string): string[] {
  const { version } = finding.tool;
  if (version === TOOL.version) return [];
  return [
    `${file} was written by ${TOOL.name} ${version}, this is ${TOOL.version}: a replay may take another course.`,
  ];
}
