import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DECISIONS } from '../../impl/producer/decisions.ts';
import { HANDLERS } from '../../impl/producer/handlers.ts';
import { componentsWith, type Overrides } from '../../impl/simulation/overrides.ts';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { corpusScenarios } from '../scenarios/corpus.ts';
import { partitionsOfTopology } from '../scenarios/partitions.ts';
import { Run } from '../scenarios/run-scenario.ts';
import { ScenarioArbitrary } from '../scenarios/scenario-arbitrary.ts';
import type { Disagreement } from './disagreement.ts';
import { producerActions, START } from './producer-actions.fixture.ts';
import type { ProducerAction } from './producer-bench.fixture.ts';
import { walkProducer } from './producer-bench.fixture.ts';
import { HIDDEN } from './producer-instance.ts';
import { ProducerLockStep } from './producer-lock-step.ts';

const VERSIONS = [0, 1, 2] as const;

/** The producers' walks of one scenario. */
function walk(scenario: Scenario, overrides: Overrides = {}): readonly ProducerLockStep[] {
  const walks: ProducerLockStep[] = [];
  const run: Run = new Run(scenario, {
    components: componentsWith(overrides),
    trace: false,
    coordinatorObserver: null,
    producerObserver: (name, { coordinatorSupportsEpochBump }, producer) => {
      const lockStep = new ProducerLockStep({
        name,
        transactionVersion: scenario.transactionVersion,
        supportsEpochBump: coordinatorSupportsEpochBump,
        partitions: partitionsOfTopology(scenario.topology),
        nowMs: () => run.scheduler.nowMs(),
        producer,
      });
      walks.push(lockStep);
      return lockStep;
    },
  });
  run.run();
  return walks;
}

function generated(
  transactionVersion: (typeof VERSIONS)[number],
  count: number,
): readonly Scenario[] {
  const scope = { partitionVerification: true, faults: FAULT_KINDS, minSteps: 6, maxSteps: 40 };
  const arbitrary = new ScenarioArbitrary({ ...scope, transactionVersion });
  return fc.sample(arbitrary, { numRuns: count, seed: 43 });
}

describe('the reference producer refines the specification', () => {
  test.each(VERSIONS)('in generated scenarios of transaction version %s', (version) => {
    let steps = 0;
    for (const scenario of generated(version, 400)) {
      for (const lockStep of walk(scenario)) {
        expect(lockStep.disagreement).toBeNull();
        steps += lockStep.steps;
      }
    }
    expect(steps).toBeGreaterThan(400 * 20);
  });

  test('in the historical scenarios', () => {
    for (const scenario of corpusScenarios()) {
      for (const { disagreement } of walk(scenario)) expect(disagreement).toBeNull();
    }
  });

  test('hides no field without a reason', () => {
    for (const reason of Object.values(HIDDEN)) expect(reason).toMatch(/\w{3,}/);
  });
});

type Replaced = NonNullable<Overrides['producer']>;

/** A batch gets no answer, is sent again, and is refused. */
const REFUSED_AFTER_SILENCE: readonly ProducerAction[] = [
  ...START,
  { do: 'call', call: 'beginTransaction' },
  { do: 'send', partition: 0 },
  { do: 'answer', broker: 0, errorCode: 'NONE' },
  { do: 'close', broker: 2 },
  { do: 'advance', ms: 100 },
  { do: 'answer', broker: 2, errorCode: 'INVALID_TXN_STATE' },
];

/** The first disagreement in this one, which is rare by chance, and in random workloads, at any transaction version. */
function firstDisagreement(producer: Replaced): Disagreement | null {
  const random = fc.sample(producerActions, { seed: 47, numRuns: 400 });
  for (const actions of [REFUSED_AFTER_SILENCE, ...random]) {
    for (const transactionVersion of VERSIONS) {
      const options = { transactionVersion, supportsEpochBump: true, overrides: { producer } };
      const { disagreement } = walkProducer(actions, options);
      if (disagreement !== null) return disagreement;
    }
  }
  return null;
}

describe('what differs is seen', () => {
  const decisions: readonly (readonly [string, NonNullable<Replaced['decisions']>])[] = [
    [
      'a transaction cannot be aborted after an error',
      {
        mayTransition: (from, to) =>
          DECISIONS.mayTransition(from, to) &&
          !(from === 'AbortableError' && to === 'AbortingTransaction'),
      },
    ],
    ['a sequence comes twice', { sequenceAfter: (sequence) => sequence }],
    ['the epoch is never bumped', { epochRecovery: () => 'reuse-sequence' }],
    ['a batch is sent before its partition is added', { mayDrain: () => true }],
    ['a transaction ends before its batches do', { withholdsEndTxn: () => false }],
    ['an empty transaction is ended at the coordinator', { endsLocally: () => false }],
    ['no transaction is ended at the coordinator', { endsLocally: () => true }],
    ['no batch is sent again after a refusal', { retryBatch: () => 'no' }],
    ['every batch is', { retryBatch: () => 'retry' }],
    ['every refusal of a batch is fatal', { batchFailure: () => 'fatal' }],
    ['none is', { batchFailure: () => 'abortable' }],
    [
      'a fenced producer tries again',
      {
        requestError: (table, errorCode) =>
          errorCode === 'PRODUCER_FENCED' ? 'retry' : DECISIONS.requestError(table, errorCode),
      },
    ],
    [
      'a busy coordinator is fatal',
      {
        requestError: (table, errorCode) =>
          errorCode === 'CONCURRENT_TRANSACTIONS'
            ? 'fatal'
            : DECISIONS.requestError(table, errorCode),
      },
    ],
    [
      'partitions stay across transactions',
      { partitionsAfterCompletion: (partitions) => partitions },
    ],
    ['no answer leaves a batch open', { isAmbiguous: () => false }],
  ];
  test.each(decisions)('%s', (_, override) => {
    const broken = { ...DECISIONS, ...override };
    expect(firstDisagreement({ decisions: broken })).toMatchObject({ component: 'producer' });
  });

  test('but not how long a client waits', () => {
    const broken = { ...DECISIONS, addPartitionsBackoffMs: () => 500 };
    expect(firstDisagreement({ decisions: broken })).toBeNull();
  });

  const handlers: readonly (readonly [string, NonNullable<Replaced['handlers']>])[] = [
    [
      'an unknown coordinator is fatal',
      {
        findCoordinatorAnswered: (producer, request, { nodeId }) => {
          producer.fatalError(FATAL);
          producer.requests.coordinatorFound(request, nodeId);
        },
      },
    ],
    [
      'an identity is taken for the epoch before',
      {
        initProducerIdAnswered: (producer, request, response) => {
          const producerEpoch = Math.max(response.producerEpoch - 1, 0);
          HANDLERS.initProducerIdAnswered(producer, request, { ...response, producerEpoch });
        },
      },
    ],
    ['partitions are taken for added', { addPartitionsAnswered: () => undefined }],
    ['offsets are taken for added', { addOffsetsAnswered: () => undefined }],
    [
      'a refusal of offsets is not noticed',
      {
        txnOffsetCommitAnswered: (producer, { operation }) => {
          if (operation !== null) producer.operations.succeed(operation);
        },
      },
    ],
    [
      'the identity of the next transaction is not noticed',
      {
        endTxnAnswered: (producer, request, response) =>
          HANDLERS.endTxnAnswered(producer, request, { ...response, producerId: -1 }),
      },
    ],
    [
      'a batch without an answer counts as written',
      {
        produceAnswered: (producer, batch, answer) => {
          if (answer === null) producer.sender.succeed(batch, 0);
          else HANDLERS.produceAnswered(producer, batch, answer);
        },
      },
    ],
    [
      'a batch that is sent again takes a new sequence',
      {
        retryBatch: (producer, batch) => {
          const entry = producer.sender.entryOf(batch.partition);
          entry.remove(batch);
          entry.assign(batch, DECISIONS.sequenceAfter(entry.nextSequence, 1));
          HANDLERS.retryBatch(producer, batch);
        },
      },
    ],
    ['a failed send is forgotten', { abortableError: () => undefined }],
    [
      'max.block.ms ends the transaction',
      {
        callTimedOut: (producer, operation) => {
          HANDLERS.callTimedOut(producer, operation);
          if (operation.name !== 'commitTransaction') return;
          producer.requests.failAll(FATAL);
          producer.completeTransaction(null);
        },
      },
    ],
  ];
  test.each(handlers)('%s', (_, override) => {
    const broken = { ...HANDLERS, ...override };
    expect(firstDisagreement({ handlers: broken })).toMatchObject({ component: 'producer' });
  });

  test('every decision and handler is broken here', () => {
    const brokenDecisions = new Set(decisions.flatMap(([, override]) => Object.keys(override)));
    const unseen = Object.keys(DECISIONS).filter((name) => !brokenDecisions.has(name));
    expect(unseen).toEqual(['addPartitionsBackoffMs']);
    const brokenHandlers = new Set(handlers.flatMap(([, override]) => Object.keys(override)));
    expect([...brokenHandlers].toSorted()).toEqual(Object.keys(HANDLERS).toSorted());
  });
});

const FATAL = { kind: 'fatal', errorCode: null, message: 'broken', outcome: 'failed' } as const;

describe('every known defect of the producer is a step that the model does not allow', () => {
  const ofProducers = MUTANTS.filter(({ overrides }) => overrides.producer !== undefined);

  test.each(ofProducers.map((mutant) => [mutant.id, mutant] as const))('%s', (_, mutant) => {
    const { overrides, transactionVersions } = mutant;
    const found = generated(transactionVersions[0]!, 1_500).some((scenario) =>
      walk(scenario, overrides).some(({ disagreement }) => disagreement !== null),
    );
    expect(found).toBe(true);
  });
});
