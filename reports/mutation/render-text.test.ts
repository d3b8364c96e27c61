import { expect, test } from 'vitest';
import type { MutantResult, MutationResult } from '../evidence/mutation.ts';
import { mutantLine, renderMutation } from './render-text.ts';

const KILLED: MutantResult = {
  id: 'C01',
  name: 'end-without-epoch-check',
  status: 'killed',
  claims: ['ZombieFencing'],
  row: ['ZombieFencing', 'OneDecision'],
  gap: null,
  transactionVersion: 2,
  partitionVerification: true,
  scenarios: 8,
  cpuSeconds: 0.52,
  steps: 6,
  stepsGenerated: 26,
};
const SURVIVED: MutantResult = {
  ...KILLED,
  id: 'P08',
  name: 'stale-epoch-data',
  status: 'survived',
  claims: [],
  transactionVersion: 1,
  partitionVerification: false,
  scenarios: 400,
  steps: null,
  stepsGenerated: null,
};
const NOT_RUN: MutantResult = { ...SURVIVED, id: 'T01', status: 'not-run', scenarios: 0 };

const RESULT: MutationResult = {
  kind: 'mutation',
  schemaVersion: 1,
  tool: { name: 'onceproof', version: '0.1.0' },
  seed: '1',
  scenariosPerMutant: 400,
  killed: 1,
  total: 2,
  partial: false,
  cpuSeconds: 1.5,
  mutants: [KILLED, SURVIVED],
  reference: [
    { transactionVersion: 2, partitionVerification: true, scenarios: 8, alarms: [] },
    { transactionVersion: 1, partitionVerification: false, scenarios: 400, alarms: ['NoLoss'] },
  ],
};

test('the score, each mutant, the survivor once more, and alarms of the reference', () => {
  expect(renderMutation(RESULT, { columns: 100 })).toMatchInlineSnapshot(`
    "id   status    TV  scenarios  CPU s  steps      killed by / what was forgotten
    C01  killed    2   8          0.5    26 > 6     ZombieFencing: end-without-epoch-check
    P08  survived  1*  400        0.5    -          ZombieFencing, OneDecision: stale-epoch-data

    The reference itself under TV2, same seed, 8 scenarios: no alarm
    The reference itself under TV1*, same seed, 400 scenarios: alarms of NoLoss
    * partition verification off
    Counterexamples: median 6 steps, longest 6
    1 of 2 mutants killed by the claims of their rows alone
    - P08 stale-epoch-data survived ZombieFencing, OneDecision: raise --scenarios, or the suite does not
    see this defect.
    Seed 1, at most 400 generated scenarios a mutant, 1.5 CPU s in all
    "
  `);
});

test('a run that ended early says so', () => {
  const text = renderMutation({ ...RESULT, partial: true, reference: [] }, { columns: 100 });
  expect(text).toContain('1 of 2 mutants killed by the claims of their rows alone (partial');
});

test('one line a mutant', () => {
  expect([KILLED, SURVIVED, NOT_RUN].map(mutantLine)).toEqual([
    'C01 killed by ZombieFencing after 8 scenarios, 6 steps',
    'P08 SURVIVED 400 scenarios',
    'T01 was not run',
  ]);
});
