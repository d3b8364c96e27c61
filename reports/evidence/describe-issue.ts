/** One zod issue as people would say it: where in the value, what was expected, what was found. */

import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

export interface IssueDescription {
  /** For example `history[12].time`; empty for the whole value. */
  readonly where: string;
  /** Of the field at fault: that of a field which should not be there too. */
  readonly path: readonly string[];
  readonly expected: string;
  readonly found: string;
}

const FOUND_MAX_LENGTH = 80;

/** Describes the issue that is most to the point: inside a union, that of the alternative that was meant. */
export function describeIssue(issues: readonly Issue[], value: unknown): IssueDescription {
  const { issue, path } = mostTelling(issues, []);
  const beyond = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return {
    where: printPath(path),
    path: [...path, ...beyond].map(String),
    expected: expectation(issue),
    found: found(issue, path, value),
  };
}

function mostTelling(issues: readonly Issue[], prefix: Path): { issue: Issue; path: Path } {
  const issue = issues[0]!;
  const path = [...prefix, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return { issue, path };
  const meant = meantAlternative(issue.errors);
  return meant === undefined ? { issue, path } : mostTelling(meant, path);
}

/**
 * The alternative whose tags (`type`, `call`, `do`) all fit; else the one that fails at another tag than the rest do:
 * its outer tag fitted.
 */
function meantAlternative(alternatives: readonly Issue[][]): Issue[] | undefined {
  const tags = alternatives.map((issues) => issues.find(isWrongTag)?.path.join('.'));
  const fitting = tags.indexOf(undefined);
  if (fitting !== -1) return alternatives[fitting];
  const odd = tags.findIndex((tag) => tags.filter((other) => other === tag).length === 1);
  return alternatives[odd];
}

function isWrongTag(issue: Issue): boolean {
  if (issue.code === 'invalid_union') return issue.errors.length === 0;
  return issue.code === 'invalid_value' && issue.values.length === 1;
}

function printPath(path: Path): string {
  return path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`,
    )
    .join('');
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `a value of type ${issue.expected}`;
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_union':
      return unionExpectation(issue);
    case 'unrecognized_keys':
      return 'no other fields than those of the schema';
    case 'too_small':
      return `at least ${String(issue.minimum)}`;
    case 'too_big':
      return `at most ${String(issue.maximum)}`;
    default:
      return issue.message;
  }
}

function unionExpectation(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  if ('options' in issue && Array.isArray(issue.options)) return oneOf(issue.options);
  const literals = issue.errors.map((alternative) => alternative[0]);
  if (literals.every((literal) => literal?.code === 'invalid_value')) {
    return oneOf(literals.flatMap((literal) => [...literal.values]));
  }
  return 'one of the alternatives of the schema';
}

function oneOf(values: readonly unknown[]): string {
  const printed = values.map((value) => JSON.stringify(value)).join(', ');
  return values.length === 1 ? printed : `one of ${printed}`;
}

function found(issue: Issue, path: Path, value: unknown): string {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `"${key}"`).join(', ');
  const printed = print(valueAt(value, path));
  return printed.length <= FOUND_MAX_LENGTH
    ? printed
    : `${printed.slice(0, FOUND_MAX_LENGTH)}... (${printed.length} characters)`;
}

function print(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'nothing';
  } catch (error) {
    // What JSON.parse reads, JSON.stringify may be too deep to write.
    if (error instanceof RangeError) return 'lists or objects inside of each other, thousands deep';
    throw error;
  }
}

function valueAt(value: unknown, path: Path): unknown {
  let current: unknown = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<PropertyKey, unknown>)[key];
  }
  return current;
}
