import { describe, expect, test } from 'vitest';
import { CATALOGUE } from './catalogue.ts';
import { CLAIM_NAMES } from './claim-names.ts';
import { PERMITTED_ANOMALIES } from './permitted-anomalies.ts';

describe('the catalogue', () => {
  test('has every claim once, in the order of their names', () => {
    expect(CATALOGUE.map(({ claim }) => claim.name)).toEqual(CLAIM_NAMES);
  });

  test.each(CATALOGUE.map((entry) => [entry.claim.name, entry] as const))(
    '%s has a statement, a source, what it needs, a witness with advice, and mutants to kill',
    (_, { claim, mutants, checkedBy }) => {
      expect(claim.statement).toMatch(/^[A-Z].*\.$/);
      expect(claim.source).not.toBe('');
      // Errors are told of every kind of call, so that any history may have a dishonest one.
      if (claim.name !== 'HonestErrors') expect(claim.needs).not.toEqual([]);
      expect(claim.witness.situation).not.toBe('');
      expect(claim.witness.advice).not.toBe('');
      expect(mutants.length).toBeGreaterThan(0);
      expect(checkedBy).toContain('run');
    },
  );

  test('every permitted anomaly has a source and can break a claim that exists', () => {
    for (const { statement, source, explains } of PERMITTED_ANOMALIES) {
      expect(statement).toMatch(/^[A-Z].*\.$/);
      expect(source).toMatch(/KIP-\d+|KAFKA-\d+/);
      expect(explains.length).toBeGreaterThan(0);
      for (const name of explains) expect(CLAIM_NAMES).toContain(name);
    }
  });
});
