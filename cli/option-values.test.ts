/** What option values are understood, and how the others are refused. */

import { describe, expect, test } from 'vitest';
import { UsageError } from './errors.ts';
import { nearestName } from './nearest-name.ts';
import { parseCount, parseDuration, parseName, parseNames, parseSeed } from './option-values.ts';

const KNOWN = ['NoDuplicates', 'ZombieFencing', 'crash-leader'] as const;

function refusal(parse: () => unknown): string {
  try {
    return `understood as ${JSON.stringify(parse())}`;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

describe('good values', () => {
  test.each([
    ['1', 1],
    ['20000', 20_000],
    ['1000000000', 1_000_000_000],
  ])('the count %s', (text, value) => {
    expect(parseCount('--scenarios', text, 1_000_000_000)).toBe(value);
  });

  test.each([
    ['60s', 60_000],
    ['1.5s', 1_500],
    ['250ms', 250],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])('the duration %s', (text, milliseconds) => {
    expect(parseDuration('--time', text)).toBe(milliseconds);
  });

  test('names come out in the catalogue order, once each; none is none', () => {
    expect(parseNames('claim', 'crash-leader, NoDuplicates,crash-leader', KNOWN)).toEqual([
      'NoDuplicates',
      'crash-leader',
    ]);
    expect(parseNames('fault', 'none', KNOWN)).toEqual([]);
  });
});

describe('bad values are refused in a sentence with what was expected, what was found, what to do', () => {
  test.each(['0', '-3', '1.5', 'many', '', ' 7', '1e3', '0x10', '2000000000'])(
    'the count "%s"',
    (text) => {
      expect(refusal(() => parseCount('--scenarios', text, 1_000_000_000))).toBe(
        `--scenarios: expected a whole number from 1 to 1000000000, found "${text}"; for example 2.`,
      );
    },
  );

  test.each(['60', '-1s', '0s', 's', '5 m', 'soon', ''])('the duration "%s"', (text) => {
    expect(refusal(() => parseDuration('--time', text))).toBe(
      `--time: expected a duration with its unit (ms, s, m, h), found "${text}"; for example 60s.`,
    );
  });

  test.each(['', 'a b', '../x', 'x'.repeat(65)])('the seed "%s"', (text) => {
    expect(refusal(() => parseSeed('--seed', text))).toContain(
      `found "${text}"; for example 5eed.`,
    );
  });

  test('a misspelt name, with the one that was probably meant', () => {
    expect(refusal(() => parseName('claim', 'NoDuplicate', KNOWN))).toBe(
      'Unknown claim "NoDuplicate": expected one of NoDuplicates, ZombieFencing, crash-leader. ' +
        'Did you mean NoDuplicates?',
    );
  });

  test('a name like no other, with the list alone', () => {
    expect(refusal(() => parseName('claim', 'x', KNOWN))).toBe(
      'Unknown claim "x": expected one of NoDuplicates, ZombieFencing, crash-leader.',
    );
  });
});

test.each([
  ['noduplicates', 'NoDuplicates'],
  ['ZombiFencing', 'ZombieFencing'],
  ['crash-leder', 'crash-leader'],
  ['qqqqqqqqqq', null],
])('%s is nearest to %s', (text, nearest) => {
  expect(nearestName(text, KNOWN)).toBe(nearest);
});
