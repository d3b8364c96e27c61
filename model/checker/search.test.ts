import { describe, expect, test } from 'vitest';
import { compose } from './composition.ts';
import { Search } from './search.ts';
import { twoPhaseCommit } from './two-phase-commit.fixture.ts';

describe('two-phase commit', () => {
  test.each([
    [3, 288, 1_146, 11],
    [5, 8_832, null, 17],
    [7, 296_448, 2_744_706, 23],
  ])('with %i resource managers has its golden counts', (resources, distinct, generated, depth) => {
    const result = new Search(compose(twoPhaseCommit(resources))).run();
    expect(result).toMatchObject({ verdict: 'holds', distinct, depth });
    if (generated !== null) expect(result.generated).toBe(generated);
  });
});
