/** Option values from text. Each refuses in one paragraph what it does not understand. */

import { UsageError } from './errors.ts';
import { nearestName } from './nearest-name.ts';

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A whole number from 1 to `max`. */
export function parseCount(option: string, text: string, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= max) return value;
  throw refusal(option, `a whole number from 1 to ${max}`, text, 'for example 2');
}

/** Milliseconds. */
export function parseDuration(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const milliseconds = Number(match?.[1]) * (UNITS_MS[match?.[2] ?? ''] ?? Number.NaN);
  if (milliseconds >= 1) return milliseconds;
  throw refusal(option, 'a duration with its unit (ms, s, m, h)', text, 'for example 60s');
}

export function parseSeed(option: string, text: string): string {
  if (/^[0-9A-Za-z_-]{1,64}$/.test(text)) return text;
  throw refusal(option, 'up to 64 letters, digits, "-" and "_"', text, 'for example 5eed');
}

/** One of a list of names. `what` says of what, for example `claim`; `expected` stands for a list too long to print. */
export function parseName<Name extends string>(
  what: string,
  text: string,
  known: readonly Name[],
  expected = `one of ${known.join(', ')}`,
): Name {
  const name = known.find((candidate) => candidate === text);
  if (name !== undefined) return name;
  const nearest = nearestName(text, known);
  const advice = nearest === null ? '' : ` Did you mean ${nearest}?`;
  throw new UsageError(`Unknown ${what} "${text}": expected ${expected}.${advice}`);
}

/** Names between commas; `none` is the empty list. */
export function parseNames<Name extends string>(
  what: string,
  text: string,
  known: readonly Name[],
): Name[] {
  if (text === 'none') return [];
  const names = text.split(',').map((name) => parseName(what, name.trim(), known));
  return known.filter((name) => names.includes(name));
}

function refusal(option: string, expected: string, found: string, example: string): UsageError {
  return new UsageError(`${option}: expected ${expected}, found "${found}"; ${example}.`);
}
