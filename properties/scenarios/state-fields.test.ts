/** A published state in words and field by field: two forms of one thing. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { componentsWith } from '../../impl/simulation/overrides.ts';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import type { TraceEvent } from '../../reports/evidence/trace.ts';
import { runScenario } from './run-scenario.ts';
import { ScenarioArbitrary } from './scenario-arbitrary.ts';

type StateEvent = Extract<TraceEvent, { kind: 'state' }>;

/** Of three dozen generated runs with every fault. */
const STATES = fc
  .sample(
    new ScenarioArbitrary({
      transactionVersion: 2,
      partitionVerification: true,
      faults: FAULT_KINDS,
      minSteps: 20,
      maxSteps: 40,
    }),
    { seed: 1, numRuns: 36 },
  )
  .map((scenario) => {
    const { trace } = runScenario(scenario, {
      components: componentsWith({}),
      trace: true,
      coordinatorObserver: null,
    });
    return trace.filter((event): event is StateEvent => event.kind === 'state');
  });

test('the words change when and only when a field does', () => {
  for (const states of STATES) {
    const latest = new Map<string, StateEvent>();
    for (const event of states) {
      const key = `${event.lane} ${event.of}`;
      const before = latest.get(key);
      expect(event.text).not.toBe(before?.text);
      if (event.fields !== undefined) expect(event.fields).not.toEqual(before?.fields);
      latest.set(key, event);
    }
  }
});

test('only a leader that is down has words alone', () => {
  const speechless = STATES.flat().filter(({ fields }) => fields === undefined);
  expect(new Set(speechless.map(({ text }) => text))).toEqual(new Set(['down']));
});
