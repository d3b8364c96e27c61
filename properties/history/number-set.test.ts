import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberSet } from './number-set.ts';

test('has what was added and nothing else, in whatever order it came', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30)), (numbers) => {
      const set = new NumberSet();
      const expected = new Set<number>();
      for (const number of numbers) {
        set.add(number);
        expected.add(number);
        for (let asked = 0; asked <= 32; asked += 1) {
          expect(set.has(asked)).toBe(expected.has(asked));
        }
      }
    }),
  );
});
