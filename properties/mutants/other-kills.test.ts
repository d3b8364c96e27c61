import { expect, test } from 'vitest';
import { hunt, KNOWN_SURVIVORS, median, MEDIAN_STEPS, OTHER_CASES } from './kills.fixture.ts';

const lengths: number[] = [];

test.each(OTHER_CASES)('%s is killed under TV%i', async (mutant, version) => {
  const { status, steps } = await hunt([mutant, version]);
  expect(status).toBe('killed');
  lengths.push(steps!);
});

test.each(KNOWN_SURVIVORS)('%s survives under TV%i, as its file says', async (mutant, version) => {
  expect(await hunt([mutant, version])).toMatchObject({ status: 'survived' });
});

test('counterexamples are short', () => {
  expect(median(lengths)).toBeLessThanOrEqual(MEDIAN_STEPS);
});
