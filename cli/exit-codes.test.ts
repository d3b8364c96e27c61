/** One function computes verdict and code. */

import { expect, test } from 'vitest';
import { exitCodeOf } from './exit-codes.ts';

test.each([
  ['holds', false, 0],
  ['violated', false, 1],
  ['inconclusive', false, 2],
  ['unavailable', false, 3],
  ['holds', true, 130],
  ['violated', true, 130],
] as const)('%s, interrupted %s: exit %d', (verdict, interrupted, code) => {
  expect(exitCodeOf({ verdict, interrupted })).toBe(code);
});
