import { describe, expect, test } from 'vitest';
import { compose, search } from 'onceproof/checker';
import { twoPhaseCommit } from './two-phase-commit.ts';

/** TLC, stateright and a search packed by hand count the same (`bench/packed-two-phase-commit.ts`). */
describe('two-phase commit', () => {
  test.each([
    { resources: 3, distinct: 288, generated: 1_146, depth: 11 },
    { resources: 5, distinct: 8_832, generated: 58_146, depth: 17 },
    { resources: 7, distinct: 296_448, generated: 2_744_706, depth: 23 },
  ])('with $resources resource managers has its golden counts', ({ resources, ...counts }) => {
    const result = search(compose(twoPhaseCommit(resources)));
    expect(result).toMatchObject({ verdict: 'holds', reasons: [], ...counts });
    expect(result.properties.map(({ name, status }) => [name, status])).toEqual([
      ['Consistent', 'holds'],
      ['AllCommitted', 'reached'],
    ]);
  });
});
