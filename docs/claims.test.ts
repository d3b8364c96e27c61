/** CLAIMS.md is the catalogue: every claim with its source, its witness and the mutants that it has to notice. */

import { expect, test } from 'vitest';
import { CATALOGUE, type CatalogueEntry } from '../properties/catalogue.ts';

const HEAD = `# Claims

A claim is a predicate over what clients saw, so that one predicate judges the simulation, a recorded history and, one day, a
broker. It counts for something only where its *witness* was reached: the situation in which it could fail. Each is named in
the rows of known defects (mutants) that it has to notice; \`npx onceproof mutate\` makes the score.

This page is written by \`npm run update-docs\`.
`;

function section({ claim, mutants }: CatalogueEntry): string {
  const ids = mutants.map(({ id }) => id).join(' ');
  return `
## ${claim.name}

${claim.statement}

- Source: ${claim.source}
- Witness: ${claim.witness.situation}
- Mutants: ${ids === '' ? 'none' : ids}
`;
}

test('docs/CLAIMS.md is up to date', async () => {
  const text = `${HEAD}${CATALOGUE.map(section).join('')}`;
  await expect(text).toMatchFileSnapshot('CLAIMS.md');
});

test('every claim has a mutant that it must notice', () => {
  const without = CATALOGUE.filter(({ mutants }) => mutants.length === 0);
  expect(without.map(({ claim }) => claim.name)).toEqual([]);
});
