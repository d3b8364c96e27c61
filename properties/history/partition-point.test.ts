import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { partitionPoint } from './partition-point.ts';

test('is where an ordered list first reaches a number, as a search one by one finds it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), fc.nat(21), (numbers, wanted) => {
      const sorted = numbers.toSorted((left, right) => left - right);
      const first = sorted.findIndex((number) => number >= wanted);
      const found = partitionPoint(sorted.length, (index) => sorted[index]! < wanted);
      expect(found).toBe(first === -1 ? sorted.length : first);
    }),
  );
});
