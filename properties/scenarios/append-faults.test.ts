import { describe, expect, test } from 'vitest';
import { componentsWith } from '../../impl/simulation/overrides.ts';
import { scenarioSchema, type Step } from '../../reports/evidence/scenario.ts';
import { runScenario } from './run-scenario.ts';

const COMMITTED: readonly Step[] = [
  { do: 'begin', instance: 'A#1' },
  { do: 'send', instance: 'A#1', partition: 'a-0' },
  { do: 'commit', instance: 'A#1' },
];

function failing(errorCode: 'NOT_ENOUGH_REPLICAS' | 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'): Step {
  return { do: 'fail-append', partition: '__transaction_state-0', errorCode };
}

/** What the transaction log came to hold, probes apart, and what InitProducerId was told. */
function run(steps: readonly Step[], usedProducerEpoch?: number) {
  const scenario = scenarioSchema.parse({
    kind: 'scenario',
    schemaVersion: 1,
    transactionVersion: 2,
    topology: {
      topics: { a: 1 },
      producers: [{ name: 'A', transactional: true }],
      transactionStatePartitions: 1,
      ...(usedProducerEpoch !== undefined && { usedProducerEpoch }),
    },
    steps,
  });
  const { trace } = runScenario(scenario, {
    components: componentsWith({}),
    trace: true,
    coordinatorObserver: null,
  });
  return {
    logged: trace.flatMap((event) =>
      event.kind === 'appended' && event.log === '__transaction_state-0' ? [event.text] : [],
    ),
    answers: trace.flatMap((event) =>
      event.kind === 'sent' && event.leg === 'response' && event.api === 'InitProducerId'
        ? [event.text]
        : [],
    ),
  };
}

describe('an append to the transaction log that fails', () => {
  test('is answered COORDINATOR_NOT_AVAILABLE, and the client asks again (appendTransactionToLog)', () => {
    const { logged, answers } = run([
      failing('NOT_ENOUGH_REPLICAS'),
      { do: 'start', producer: 'A' },
    ]);
    const told = answers.filter((text) => text !== 'COORDINATOR_LOAD_IN_PROGRESS');
    expect(told.slice(0, 2)).toEqual(['COORDINATOR_NOT_AVAILABLE', 'NONE (1000,0)']);
    expect(logged[0]).toBe('A: Empty (1000,0) {}');
    expect(logged[1]).not.toBe('A: Empty (1000,0) {}');
  });

  test('may be in the log all the same, where too few replicas were there afterwards', () => {
    const failed = failing('NOT_ENOUGH_REPLICAS_AFTER_APPEND');
    const { logged, answers } = run([failed, { do: 'start', producer: 'A' }]);
    expect(answers).toContain('COORDINATOR_NOT_AVAILABLE');
    expect(logged.slice(0, 2)).toEqual(['A: Empty (1000,0) {}', 'A: Empty (1000,0) {}']);
  });
});

describe('a transactional id that was used before', () => {
  test('goes on at the next epoch under its producer id', () => {
    const { answers } = run([{ do: 'start', producer: 'A' }, ...COMMITTED], 7);
    expect(answers[0]).toBe('NONE (0,8)');
  });

  test('gets another producer id when it starts at the last epoch (KIP-360)', () => {
    const { answers } = run([{ do: 'start', producer: 'A' }], 32_766);
    expect(answers.filter((text) => text.startsWith('NONE'))[0]).toBe('NONE (1000,0)');
  });

  test('gets another producer id when a transaction ends there (KIP-890)', () => {
    const { logged } = run([{ do: 'start', producer: 'A' }, ...COMMITTED], 32_765);
    expect(logged).toContain('A: PrepareCommit (0,32767) {a-0} next producer id 1000');
    expect(logged).toContain('A: CompleteCommit (1000,0) {}');
  });
});
