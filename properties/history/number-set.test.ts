import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberSet } from './number-set.ts';

test('has what was added and nothing else, in whatever order it came', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(150), { maxLength: 120 }), (numbers) => {
      const set = new NumberSet();
      const expected = new Set<number>();
      for (const number of numbers) {
        set.add(number);
        expected.add(number);
        const found = Array.from({ length: 152 }, (_, asked) => set.has(asked));
        expect(found).toEqual(found.map((_, asked) => expected.has(asked)));
      }
    }),
  );
});
