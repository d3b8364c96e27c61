import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberSet } from './number-set.ts';

test('has what was added and nothing else, in whatever order it came', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(400), { maxLength: 200 }), (numbers) => {
      const set = new NumberSet();
      const expected = new Set<number>();
      for (const number of numbers) {
        set.add(number);
        expected.add(number);
        const found = Array.from({ length: 402 }, (_, asked) => set.has(asked));
        expect(found).toEqual(found.map((_, asked) => expected.has(asked)));
      }
    }),
  );
});

test('takes little for numbers of which some are left out', () => {
  const set = new NumberSet();
  for (let number = 0; number < 1_000_000; number += 1) if (number % 1_000 !== 0) set.add(number);
  expect(set.kept).toBeLessThan(2_000);
  expect([set.has(999_000), set.has(999_001)]).toEqual([false, true]);
});
