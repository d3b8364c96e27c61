import { describe, expect, test } from 'vitest';
import { search } from './checker/search.ts';
import { explore } from './explore.ts';
import { INVARIANTS } from './invariants.ts';
import type { Scope, ScopeName } from './scopes.ts';
import { SCOPES } from './scopes.ts';
import { searched } from './searched-system.ts';
import { System } from './system.ts';

describe('the checker and the plain search agree', () => {
  test.each(Object.keys(SCOPES) as ScopeName[])('on scope %s', (name) => {
    const scope: Scope = { ...SCOPES[name], transactionVersion: 2 };
    const plain = explore(new System(scope), INVARIANTS);
    expect(search(searched(new System(scope), INVARIANTS))).toMatchObject({
      verdict: 'holds',
      distinct: plain.states,
      generated: plain.transitions + 1,
      depth: plain.depth + 1,
    });
  });

  test.each([
    ['hang', 1, 1],
    ['hang', 1, 0],
    ['hang', 0, 0],
    ['late', 1, 1],
    ['late', 1, 0],
  ] as const)(
    'on what is broken in scope %s, version %i, verification %i, and by how many steps',
    (name, transactionVersion, partitionVerification) => {
      const scope: Scope = { ...SCOPES[name], transactionVersion, partitionVerification };
      const found = search(searched(new System(scope), INVARIANTS));
      const plain = explore(new System(scope), []);
      expect(found).toMatchObject({ verdict: 'holds', distinct: plain.states });
      for (const invariant of INVARIANTS) {
        const { violation } = explore(new System(scope), [invariant]);
        const result = found.properties.find((property) => property.name === invariant.name)!;
        const steps = result.trace === null ? null : result.trace.length - 1;
        expect([result.status, steps], invariant.name).toEqual(
          violation === null ? ['holds', null] : ['expected', violation.actions.length],
        );
      }
    },
  );
});
