import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { componentsWith } from '../../impl/simulation/overrides.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { readScenario } from '../../reports/evidence/read.ts';
import {
  FAULT_KINDS,
  scenarioSchema,
  type FaultKind,
  type Scenario,
} from '../../reports/evidence/scenario.ts';
import { firstMalformation } from '../history/linter.ts';
import { ENABLED_CALLS } from './enabled-calls.ts';
import { runScenario } from './run-scenario.ts';
import { ScenarioArbitrary } from './scenario-arbitrary.ts';
import { shrinkCandidates } from './shrink-candidates.ts';

function drawn(
  transactionVersion: TransactionVersion,
  count: number,
  faults: readonly FaultKind[] = FAULT_KINDS,
): readonly Scenario[] {
  const arbitrary = new ScenarioArbitrary({
    transactionVersion,
    partitionVerification: true,
    faults,
    minSteps: 6,
    maxSteps: 40,
  });
  return fc.sample(arbitrary, { seed: 1, numRuns: count });
}

/** `kind RPC from whom` of every message fault that fired. */
function firedOn(scenario: Scenario): readonly string[] {
  const { trace } = runScenario(scenario, {
    components: componentsWith({}),
    trace: true,
    coordinatorObserver: null,
  });
  const sent = new Map(
    trace.flatMap((event) => (event.kind === 'sent' ? [[event.message, event] as const] : [])),
  );
  return trace.flatMap((event) => {
    if (event.kind !== 'lost' && event.kind !== 'held' && event.kind !== 'duplicated') return [];
    if (event.kind === 'lost' && event.reason !== 'fault') return [];
    const { api, leg, from, to } = sent.get(event.message)!;
    const client = (leg === 'request' ? from : to).replace(/[#\s].*/, '');
    return [`${event.kind} ${leg} ${api} ${/^[A-Z]/.test(client) ? 'client' : client}`];
  });
}

const OF_PRODUCERS = [
  'FindCoordinator client',
  'InitProducerId client',
  'Produce client',
  'EndTxn client',
  'AddPartitionsToTxn leader',
  'WriteTxnMarkers coordinator',
];
const OF_APPLICATIONS = [
  'TxnOffsetCommit client',
  'JoinGroup client',
  'SyncGroup client',
  'OffsetFetch client',
  'OffsetCommit client',
  'AddPartitionsToTxn group',
];
/** Sent by clients before transaction version 2 only. */
const OF_OLD_PRODUCERS = [...OF_PRODUCERS, 'AddPartitionsToTxn client'];
const OF_OLD_APPLICATIONS = [...OF_APPLICATIONS, 'AddOffsetsToTxn client'];
/** Kafka takes a copy for another commit. */
const NEVER_DUPLICATED = ['TxnOffsetCommit client', 'OffsetCommit client'];

/** What can happen to messages and never did. */
function missed(messages: readonly string[], scenarios: readonly Scenario[]): readonly string[] {
  const fired = new Set(scenarios.flatMap(firedOn));
  return ['lost request', 'lost response', 'held request', 'duplicated request'].flatMap((what) =>
    messages
      .filter((message) => what !== 'duplicated request' || !NEVER_DUPLICATED.includes(message))
      .map((message) => `${what} ${message}`)
      .filter((cell) => !fired.has(cell)),
  );
}

function isPipeline({ topology }: Scenario): boolean {
  return topology.producers.some(({ consumes }) => consumes !== undefined);
}

describe('generated scenarios', () => {
  test('are scenarios by the published schema', () => {
    for (const scenario of drawn(2, 500)) expect(scenarioSchema.parse(scenario)).toEqual(scenario);
  });

  test('draw what the producer machine enables: nothing but begin when ready', () => {
    expect(ENABLED_CALLS).toEqual({
      Ready: ['begin'],
      InTransaction: ['send', 'commit', 'abort'],
    });
  });

  test.each(FAULT_KINDS)('have no other fault than those asked for: %s', (kind) => {
    const armed = new Set(
      drawn(2, 100, [kind]).flatMap((scenario) =>
        runScenario(scenario, {
          components: componentsWith({}),
          trace: false,
          coordinatorObserver: null,
        }).faults.rows.map((row) => row.kind),
      ),
    );
    expect([...armed]).toEqual([kind]);
  });

  test('mostly take their steps', () => {
    const taken = drawn(2, 300).flatMap(
      (scenario) =>
        runScenario(scenario, {
          components: componentsWith({}),
          trace: false,
          coordinatorObserver: null,
        }).taken,
    );
    expect(taken.filter((step) => step).length / taken.length).toBeGreaterThan(0.8);
  });

  test('leave histories that the linter accepts', () => {
    for (const transactionVersion of [0, 1, 2] as const) {
      for (const scenario of drawn(transactionVersion, 200)) {
        const { history } = runScenario(scenario, {
          components: componentsWith({}),
          trace: false,
          coordinatorObserver: null,
        });
        expect(firstMalformation(history)).toBeNull();
      }
    }
  });

  test.each([
    [1, OF_OLD_PRODUCERS, OF_OLD_APPLICATIONS],
    [2, OF_PRODUCERS, OF_APPLICATIONS],
  ] as const)(
    'coverage goal at transaction version %i: every kind of fault hits every message that travels',
    (transactionVersion, producers, applications) => {
      const scenarios = drawn(transactionVersion, 3_000);
      expect(missed(producers, scenarios.slice(0, 1_500))).toEqual([]);
      expect(missed(applications, scenarios.filter(isPipeline))).toEqual([]);
    },
  );
});

describe('shrinking', () => {
  test('offers only scenarios that are simpler in one respect and no harder in another', () => {
    for (const scenario of drawn(1, 60)) {
      for (const smaller of shrinkCandidates(scenario)) {
        expect(() => readScenario(JSON.stringify(smaller), 'shrunk')).not.toThrow();
        expect(complexity(smaller)).toBeLessThan(complexity(scenario));
      }
    }
  });
});

/** Grows with everything that a reader has to take in. */
function complexity({ steps, choices, topology }: Scenario): number {
  const partitions = Object.values(topology.topics).reduce((total, count) => total + count, 0);
  return (
    steps.reduce((total, step) => total + 100 + JSON.stringify(step).length + digits(step), 0) +
    choices.reduce((total, choice) => total + 1 + choice, 0) +
    10 * (partitions + topology.producers.length) +
    topology.producers.reduce(
      (total, { consumes }) => total + (consumes?.partitions.length ?? 0),
      0,
    ) +
    topology.producers.filter(({ bumpsEpochAfterAbort }) => !bumpsEpochAfterAbort).length +
    (topology.usedProducerEpoch === undefined ? 0 : 1)
  );
}

function digits(step: Scenario['steps'][number]): number {
  const waits = step.wait ?? 0;
  const held = 'steps' in step ? step.steps : 0;
  const partition = 'partition' in step && step.partition !== undefined ? step.partition : '';
  return waits + held + (partition.codePointAt(0) ?? 0) + Number(partition.split('-').at(-1));
}
