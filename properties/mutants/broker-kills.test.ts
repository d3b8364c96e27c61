import { expect, test } from 'vitest';
import { BROKER_CASES, hunt, median, MEDIAN_STEPS } from './kills.fixture.ts';

const lengths: number[] = [];

test.each(BROKER_CASES)('%s is killed under TV%i', async (mutant, version) => {
  const { status, steps } = await hunt([mutant, version]);
  expect(status).toBe('killed');
  lengths.push(steps!);
});

test('counterexamples are short', () => {
  expect(median(lengths)).toBeLessThanOrEqual(MEDIAN_STEPS);
});
