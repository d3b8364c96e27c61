/** What the reference shows its clients is judged like a file from outside: nothing is wrong with it. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { componentsWith } from '../../impl/simulation/overrides.ts';
import { HistoryReader } from '../../reports/evidence/history-reader.ts';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import { CLAIMS } from '../claims/all-claims.ts';
import { runScenario } from '../scenarios/run-scenario.ts';
import { ScenarioArbitrary } from '../scenarios/scenario-arbitrary.ts';
import { HistoryJudge } from './history-judge.ts';

const SCENARIOS = new ScenarioArbitrary({
  transactionVersion: 2,
  partitionVerification: true,
  faults: FAULT_KINDS,
  minSteps: 10,
  maxSteps: 40,
});

test('no claim and no check raises an alarm over the reference, through the file format', () => {
  fc.assert(
    fc.property(SCENARIOS, (scenario) => {
      const { history } = runScenario(scenario, {
        components: componentsWith({}),
        trace: false,
        coordinatorObserver: null,
      });
      const judge = new HistoryJudge('h.jsonl', CLAIMS);
      const reader = new HistoryReader('h.jsonl', (event) => judge.add(event));
      const header = { kind: 'history', schemaVersion: 1, subject: 'the reference' };
      for (const line of [header, ...history])
        reader.push(Buffer.from(`${JSON.stringify(line)}\n`));
      const { verdict, reasons } = judge.judgement(reader.end(), () => undefined);
      expect(verdict, reasons.join(' ')).not.toBe('violated');
    }),
    { numRuns: 100 },
  );
});
