import * as fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { componentsWith } from '../../impl/simulation/overrides.ts';
import type { Overrides } from '../../impl/simulation/overrides.ts';
import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import { runScenario } from '../scenarios/run-scenario.ts';
import { ScenarioArbitrary } from '../scenarios/scenario-arbitrary.ts';
import { CoordinatorLockStep } from './coordinator-lock-step.ts';
import type { Disagreement } from './disagreement.ts';

const CORPUS = new URL('../scenarios/corpus/', import.meta.url);

function generated(transactionVersion: TransactionVersion, count: number): readonly Scenario[] {
  const scope = {
    transactionVersion,
    partitionVerification: true,
    faults: FAULT_KINDS,
    minSteps: 6,
    maxSteps: 40,
  };
  return fc.sample(new ScenarioArbitrary(scope), { numRuns: count, seed: 17 });
}

function walk(scenario: Scenario, overrides: Overrides = {}): CoordinatorLockStep {
  const { transactionVersion } = scenario;
  const walks: CoordinatorLockStep[] = [];
  runScenario(scenario, {
    components: componentsWith(overrides),
    trace: false,
    coordinatorObserver: (cluster) => {
      const lockStep = new CoordinatorLockStep({ transactionVersion, cluster });
      walks.push(lockStep);
      return lockStep;
    },
  });
  return walks[0]!;
}

/** The first disagreement in generated scenarios. */
function firstDisagreement(
  overrides: Overrides,
  transactionVersion: TransactionVersion,
): Disagreement | null {
  for (const scenario of generated(transactionVersion, 120)) {
    const { disagreement } = walk(scenario, overrides);
    if (disagreement !== null) return disagreement;
  }
  return null;
}

function coordinator(override: Overrides['transactionCoordinator'] & object): Overrides {
  return { transactionCoordinator: override };
}

describe('the reference coordinator refines the specification', () => {
  test.each([0, 1, 2] as const)('in generated scenarios of transaction version %s', (version) => {
    let steps = 0;
    for (const scenario of generated(version, 120)) {
      const lockStep = walk(scenario);
      expect(lockStep.disagreement).toBeNull();
      steps += lockStep.steps;
    }
    expect(steps).toBeGreaterThan(120 * 20);
  });

  test.each(readdirSync(CORPUS))('in the historical scenario %s', (file) => {
    const scenario = JSON.parse(readFileSync(new URL(file, CORPUS), 'utf8')) as Scenario;
    expect(walk(scenario).disagreement).toBeNull();
  });
});

describe('a planted disagreement is caught', () => {
  const { endOutcome, nextEpochs, marker, logValue } = DECISIONS;

  test.each<[string, RegExp, TransactionVersion, Overrides]>([
    [
      'a wrong error',
      /the answer differs/,
      2,
      coordinator({
        decisions: {
          endOutcome: (state, result, version, age) => {
            const outcome = endOutcome(state, result, version, age);
            return outcome === 'INVALID_TXN_STATE' ? 'PRODUCER_FENCED' : outcome;
          },
        },
      }),
    ],
    [
      'a refusal that the request gives no cause for',
      /the answer differs/,
      2,
      coordinator({
        decisions: {
          endOutcome: (state, result, version, age) => {
            const outcome = endOutcome(state, result, version, age);
            return outcome === 'INVALID_TXN_STATE' ? 'INVALID_REQUEST' : outcome;
          },
        },
      }),
    ],
    [
      'an instance that keeps the epoch of the one before',
      /the record appended differs/,
      1,
      coordinator({
        decisions: {
          nextEpochs: (metadata, expected) => {
            const epochs = nextEpochs(metadata, expected);
            const { producerEpoch } = metadata;
            return epochs === null || producerEpoch < 0 ? epochs : { ...epochs, producerEpoch };
          },
        },
      }),
    ],
    [
      'a last epoch that a load should not know',
      /lastProducerEpoch/,
      2,
      coordinator({
        handlers: {
          loaded: (component, owned) => {
            for (const metadata of owned.transactions.values()) metadata.lastProducerEpoch = 0;
            HANDLERS.loaded(component, owned);
          },
        },
      }),
    ],
    [
      'a record with a partition too few',
      /the record appended differs/,
      2,
      coordinator({
        decisions: {
          logValue: (metadata, transit) => ({
            ...logValue(metadata, transit),
            transactionPartitions: transit.topicPartitions.slice(1),
          }),
        },
      }),
    ],
    [
      'a marker with another epoch',
      /the marker is not outstanding/,
      2,
      coordinator({
        decisions: {
          marker: (marking, partitions) => {
            const right = marker(marking, partitions);
            return { ...right, producerEpoch: right.producerEpoch + 1 };
          },
        },
      }),
    ],
    [
      'an answer ahead of the log',
      /answered too early/,
      1,
      coordinator({
        handlers: {
          writeOngoing: (component, pending, done) => {
            done('NONE');
            HANDLERS.writeOngoing(component, pending, () => {});
          },
        },
      }),
    ],
    [
      'a request without an answer',
      /not answered/,
      2,
      coordinator({
        handlers: {
          initProducerId: (component, request, reply) =>
            HANDLERS.initProducerId(component, request, (answer) => {
              if (answer.errorCode !== 'CONCURRENT_TRANSACTIONS') reply(answer);
            }),
        },
      }),
    ],
    [
      'a transaction completed before all its markers',
      /the record appended differs/,
      2,
      coordinator({ decisions: { isFullyMarked: (left, all) => left.length < all.length } }),
    ],
  ])('%s', (_, why, version, overrides) => {
    const disagreement = firstDisagreement(overrides, version);
    expect(disagreement?.why).toMatch(why);
    expect(disagreement?.subject).toMatch(/^[AB]$/);
  });
});
