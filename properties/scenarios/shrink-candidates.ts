/** Smaller scenarios than a given one, most ambitious first: the first stage of shrinking, driven by fast-check. */

import type { Scenario, Step } from '../../reports/evidence/scenario.ts';
import { isOfApplication } from '../../reports/evidence/scenario-coherence.ts';
import { partitionsOfTopology } from './partitions.ts';

export function* shrinkCandidates(scenario: Scenario): Generator<Scenario> {
  yield* withoutChoices(scenario);
  yield* withoutSteps(scenario);
  yield* withoutWaits(scenario);
  yield* withSimplerSteps(scenario);
  yield* withSimplerTopology(scenario);
  yield* withSimplerApplications(scenario);
}

function* withoutChoices(scenario: Scenario): Generator<Scenario> {
  const { choices } = scenario;
  if (choices.length === 0) return;
  yield { ...scenario, choices: [] };
  for (let keep = choices.length >> 1; keep > 0; keep >>= 1) {
    yield { ...scenario, choices: choices.slice(0, keep) };
  }
  if (choices.at(-1) === 0) {
    yield {
      ...scenario,
      choices: choices.slice(0, choices.findLastIndex((choice) => choice !== 0) + 1),
    };
  }
  for (const [index, choice] of choices.entries()) {
    if (choice > 0) yield { ...scenario, choices: choices.with(index, 0) };
    if (choice > 1) yield { ...scenario, choices: choices.with(index, choice - 1) };
  }
}

/** Blocks of halving size, the later ones first: what led to the violation mostly stands at the beginning. */
function* withoutSteps(scenario: Scenario): Generator<Scenario> {
  const { steps } = scenario;
  for (let size = steps.length >> 1; size > 0; size >>= 1) {
    for (let end = steps.length; end - size >= 0; end -= size) {
      yield { ...scenario, steps: steps.toSpliced(end - size, size) };
    }
  }
}

function* withoutWaits(scenario: Scenario): Generator<Scenario> {
  const { steps } = scenario;
  for (const [index, step] of steps.entries()) {
    if (step.wait === undefined) continue;
    const { wait, ...settled } = step;
    yield { ...scenario, steps: steps.with(index, settled as Step) };
    if (wait > 0) yield { ...scenario, steps: steps.with(index, { ...step, wait: wait - 1 }) };
  }
}

function* withSimplerSteps(scenario: Scenario): Generator<Scenario> {
  const { steps } = scenario;
  const [first] = partitionsOfTopology(scenario.topology);
  for (const [index, step] of steps.entries()) {
    if ('steps' in step && step.steps > 0) {
      yield { ...scenario, steps: steps.with(index, { ...step, steps: 0 }) };
      yield { ...scenario, steps: steps.with(index, { ...step, steps: step.steps >> 1 }) };
      yield { ...scenario, steps: steps.with(index, { ...step, steps: step.steps - 1 }) };
    }
    if (step.do === 'fail-append') continue;
    if ('partition' in step && step.partition !== undefined && step.partition !== first) {
      yield { ...scenario, steps: steps.with(index, { ...step, partition: first! }) };
    }
  }
}

function* withSimplerTopology(scenario: Scenario): Generator<Scenario> {
  const { steps, topology } = scenario;
  if (topology.usedProducerEpoch !== undefined) {
    const { usedProducerEpoch: _, ...unused } = topology;
    yield { ...scenario, topology: unused };
  }
  const named = new Set(steps.flatMap(producerOf));
  const producers = topology.producers.filter(({ name }) => named.has(name));
  if (producers.length > 0 && producers.length < topology.producers.length) {
    yield { ...scenario, topology: { ...topology, producers } };
  }
  const used = new Set([
    ...steps.flatMap((step) =>
      'partition' in step && step.partition !== undefined ? [step.partition] : [],
    ),
    ...topology.producers.flatMap(({ consumes }) => consumes?.partitions ?? []),
  ]);
  const topics = Object.entries(topology.topics).flatMap(([topic, count]): [string, number][] => {
    const needed = Array.from({ length: count }, (_, index) => index + 1).findLast((size) =>
      used.has(`${topic}-${size - 1}`),
    );
    return needed === undefined ? [] : [[topic, needed]];
  });
  const smaller = Object.fromEntries(topics);
  if (
    topics.length > 0 &&
    partitionsOfTopology({ ...topology, topics: smaller }).length <
      partitionsOfTopology(topology).length
  ) {
    yield { ...scenario, topology: { ...topology, topics: smaller } };
  }
  if (topology.producers.some(({ bumpsEpochAfterAbort }) => !bumpsEpochAfterAbort)) {
    yield {
      ...scenario,
      topology: {
        ...topology,
        producers: topology.producers.map((producer) => ({
          ...producer,
          bumpsEpochAfterAbort: true,
        })),
      },
    };
  }
}

/** Applications that read fewer partitions, or that are none since no step asks anything of them. */
function* withSimplerApplications(scenario: Scenario): Generator<Scenario> {
  const { steps, topology } = scenario;
  for (const [index, producer] of topology.producers.entries()) {
    const { consumes, ...alone } = producer;
    if (consumes === undefined) continue;
    const isIdle = steps.every(
      (step) => !(isOfApplication(step) && producerOf(step).includes(producer.name)),
    );
    const [first] = consumes.partitions;
    if (!isIdle && consumes.partitions.length === 1) continue;
    const simpler = isIdle ? alone : { ...alone, consumes: { ...consumes, partitions: [first!] } };
    const producers = topology.producers.with(index, simpler);
    yield { ...scenario, topology: { ...topology, producers } };
  }
}

/** The producer that a step starts, drives or picks a message of. */
function producerOf(step: Step): readonly string[] {
  if (step.do === 'start') return [step.producer];
  if ('instance' in step) return [step.instance.split('#')[0]!];
  return 'from' in step ? [step.from.split('#')[0]!] : [];
}
