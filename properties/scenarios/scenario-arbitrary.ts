/**
 * fast-check arbitrary of scenarios. Steps are drawn from what each producer can do next if its calls succeed, faults
 * from a budget and aimed at messages that are likely to come; what goes wrong in between decides whether a step is
 * enabled when its turn comes. Blind generation would waste most of its steps.
 */

import * as fc from 'fast-check';
import { MAX_PRODUCER_EPOCH } from '../../protocol/limits.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import {
  SCENARIO_SCHEMA_VERSION,
  type FaultKind,
  type Scenario,
  type Topology,
} from '../../reports/evidence/scenario.ts';
import { shrinkCandidates } from './shrink-candidates.ts';
import { StepGenerator } from './step-generator.ts';

export interface ScenarioScope {
  readonly transactionVersion: TransactionVersion;
  readonly partitionVerification: boolean;
  readonly faults: readonly FaultKind[];
  /** Client steps and faults, at least and at most. */
  readonly minSteps: number;
  readonly maxSteps: number;
}

export const DEFAULT_MIN_STEPS = 6;
export const DEFAULT_MAX_STEPS = 40;
/** Most faults of one generated scenario. */
export const MAX_FAULTS = 5;
const MAX_CHOICES = 80;

/** A client that gives up on a batch after one lost attempt, and one that tries again. */
const DELIVERY_TIMEOUTS_MS = [6_000, 40_000] as const;

/** One scenario in so many has applications that consume, transform and produce. */
const ONE_IN_A_PIPELINE = 4;

/** One scenario in so many has transactional ids whose epochs are nearly used up. */
const ONE_IN_USED = 10;
const NEAR_THE_LAST_EPOCH = 4;

/** Some applications are told that a call timed out before its request does. */
const MAX_BLOCK_MS = [4_000, 60_000, 60_000, 60_000] as const;

export class ScenarioArbitrary extends fc.Arbitrary<Scenario> {
  readonly #scope: ScenarioScope;

  constructor(scope: ScenarioScope) {
    super();
    this.#scope = scope;
  }

  override generate(random: fc.Random): fc.Value<Scenario> {
    const { transactionVersion, partitionVerification, faults, minSteps, maxSteps } = this.#scope;
    const topology = generateTopology(random);
    const steps = new StepGenerator(random, {
      topology,
      transactionVersion,
      faults,
      steps: random.nextInt(minSteps, maxSteps),
      faultBudget: random.nextInt(0, MAX_FAULTS),
    }).steps();
    const scenario: Scenario = {
      kind: 'scenario',
      schemaVersion: SCENARIO_SCHEMA_VERSION,
      transactionVersion,
      partitionVerification,
      topology,
      steps,
      choices: generateChoices(random),
    };
    return new fc.Value(scenario, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Scenario {
    return typeof value === 'object' && value !== null && 'steps' in value;
  }

  override shrink(value: Scenario): fc.Stream<fc.Value<Scenario>> {
    return fc.stream(shrinkCandidates(value)).map((smaller) => new fc.Value(smaller, undefined));
  }
}

/**
 * Clients are as Java's: one that does not bump its epoch loses acknowledged records before transaction version 2, which
 * is its own defect and not the protocol's. The corpus has such a client where the history needs it.
 */
function generateTopology(random: fc.Random): Topology {
  const hasPipeline = random.nextInt(1, ONE_IN_A_PIPELINE) === 1;
  const { topics, producers } = hasPipeline ? pipeline(random) : producersAlone(random);
  return {
    topics,
    producers,
    // Fewer than Kafka's 50, since each election visits them all: two ids share the only one, or A has one and B the other.
    transactionStatePartitions: random.nextInt(1, 2),
    transactionStateReplicationFactor: 3,
    requestTimeoutMs: 5_000,
    deliveryTimeoutMs: DELIVERY_TIMEOUTS_MS[random.nextInt(0, 1)]!,
    maxBlockMs: MAX_BLOCK_MS[random.nextInt(0, 3)]!,
    transactionTimeoutMs: 60_000,
    ...(random.nextInt(1, ONE_IN_USED) === 1
      ? { usedProducerEpoch: MAX_PRODUCER_EPOCH - random.nextInt(1, NEAR_THE_LAST_EPOCH) }
      : {}),
  };
}

type Participants = Pick<Topology, 'topics' | 'producers'>;

function producersAlone(random: fc.Random): Participants {
  const producers: Topology['producers'] = [
    { name: 'A', transactional: true, bumpsEpochAfterAbort: true },
  ];
  const second = random.nextInt(0, 9);
  if (second < 5) producers.push({ name: 'B', transactional: true, bumpsEpochAfterAbort: true });
  else if (second < 7) {
    producers.push({ name: 'I', transactional: false, bumpsEpochAfterAbort: true });
  }
  return { topics: random.nextInt(0, 3) === 0 ? { a: 1 } : { a: 2, b: 1 }, producers };
}

/**
 * An application reads for a group what a source writes; sometimes a second one, of another transactional id, does so for
 * the same group, and the generation alone keeps them apart (KIP-447).
 */
function pipeline(random: fc.Random): Participants {
  const partitions = random.nextInt(0, 1) === 0 ? ['in-0'] : ['in-0', 'in-1'];
  const fencesByGeneration = random.nextInt(0, 9) > 0;
  const application = (name: string): Topology['producers'][number] => ({
    name,
    transactional: true,
    bumpsEpochAfterAbort: true,
    consumes: { group: 'g', partitions, fencesByGeneration },
  });
  const producers = [application('A')];
  if (random.nextInt(0, 4) < 2) producers.push(application('B'));
  const transactional = random.nextInt(0, 2) === 0;
  producers.push({ name: transactional ? 'S' : 'I', transactional, bumpsEpochAfterAbort: true });
  return { topics: { a: random.nextInt(1, 2), in: partitions.length }, producers };
}

/** A third of the scenarios are first-in-first-out, a third deviate now and then, a third all the time. */
function generateChoices(random: fc.Random): number[] {
  const mode = random.nextInt(0, 2);
  if (mode === 0) return [];
  const inOrder = mode === 1 ? 7 : 2;
  const choices: number[] = [];
  const length = random.nextInt(1, MAX_CHOICES);
  for (let index = 0; index < length; index += 1) {
    choices.push(random.nextInt(0, 9) < inOrder ? 0 : random.nextInt(1, 4));
  }
  return choices;
}
