import { describe, expect, test } from 'vitest';
import { Search } from './checker/search.ts';
import { explore } from './explore.ts';
import { INVARIANTS } from './invariants.ts';
import type { ScopeName } from './scopes.ts';
import { SCOPES } from './scopes.ts';
import { searched } from './searched-system.ts';
import { System } from './system.ts';

describe('the checker and the plain search agree', () => {
  test.each(Object.keys(SCOPES) as ScopeName[])('on scope %s', (name) => {
    const scope = { ...SCOPES[name], transactionVersion: 2 } as const;
    const plain = explore(new System(scope), INVARIANTS);
    const found = new Search(searched(new System(scope), INVARIANTS)).run();
    expect(found).toMatchObject({
      verdict: 'holds',
      distinct: plain.states,
      generated: plain.transitions + 1,
      depth: plain.depth + 1,
    });
  });
});
