/**
 * Draws the steps of a scenario. It follows each producer instance through the states it would be in if every call
 * succeeded, and draws the next step from what is enabled there; a fault is followed more often by the steps that
 * make it matter, for the same producer.
 */

import type * as fc from 'fast-check';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { FaultKind, Step, Topology } from '../../reports/evidence/scenario.ts';
import { callsOf } from './client-calls.ts';
import { Draw } from './draw.ts';
import { ExpectedScript, type ExpectedInstance } from './expected-script.ts';
import { FaultGenerator } from './fault-generator.ts';
import { groupsOfTopology, partitionsOfTopology } from './partitions.ts';

interface GeneratorOptions {
  readonly topology: Topology;
  readonly transactionVersion: TransactionVersion;
  readonly faults: readonly FaultKind[];
  readonly steps: number;
  readonly faultBudget: number;
}

export class StepGenerator {
  readonly #draw: Draw;
  readonly #options: GeneratorOptions;
  readonly #partitions: readonly string[];
  /** What applications read; empty where there are none. */
  readonly #inputs: readonly string[];
  readonly #script: ExpectedScript;
  readonly #faults: FaultGenerator;

  constructor(random: fc.Random, options: GeneratorOptions) {
    const { topology, transactionVersion, faults } = options;
    this.#draw = new Draw(random);
    this.#options = options;
    this.#partitions = partitionsOfTopology(topology);
    this.#inputs = [...groupsOfTopology(topology).values()].flat();
    this.#script = new ExpectedScript(this.#draw, topology);
    this.#faults = new FaultGenerator(this.#draw, this.#script, {
      topology,
      transactionVersion,
      kinds: this.#inputs.length > 0 ? faults : faults.filter(isWithoutGroups),
    });
  }

  steps(): Step[] {
    const { faultBudget, steps } = this.#options;
    let budget = this.#faults.kinds.length === 0 ? 0 : faultBudget;
    if (this.#inputs.length > 0) this.#fillInputs();
    this.#script.start(this.#options.topology.producers[0]!.name);
    while (this.#script.steps.length < steps) {
      const remaining = steps - this.#script.steps.length;
      if (budget > 0 && this.#draw.chance(budget, Math.max(remaining >> 1, 1))) {
        budget -= 1;
        this.#faults.fault();
      } else this.#clientStep();
    }
    return this.#script.steps;
  }

  /** Nothing happens in a pipeline without input. */
  #fillInputs(): void {
    const source = this.#options.topology.producers.find(({ consumes }) => consumes === undefined);
    if (source === undefined) return;
    this.#script.start(source.name);
    const instance = this.#script.instances[0]!;
    if (instance.transactional) this.#begin(instance);
    for (let sends = this.#draw.between(1, 3); sends > 0; sends -= 1) this.#send(instance);
    if (instance.transactional) this.#script.end(instance, 'commit');
  }

  #clientStep(): void {
    const { producers } = this.#options.topology;
    const idle = producers.filter(({ name }) => !this.#script.isLive(name));
    const { instances } = this.#script;
    if (idle.length > 0 && this.#draw.chance(1, instances.length === 0 ? 1 : 4)) {
      this.#script.start(this.#draw.pick(idle).name);
      return;
    }
    if (this.#draw.chance(1, 12)) {
      this.#script.push({ do: 'poll' });
      return;
    }
    const instance = this.#script.nextInstance();
    if (instance === null) this.#script.start(this.#draw.pick(producers).name);
    else if (instance.transactional) this.#call(instance);
    else this.#send(instance);
  }

  /** Draws one of the calls that are enabled here. */
  #call(instance: ExpectedInstance): void {
    const { application } = instance;
    const calls = callsOf(instance, application !== null && this.#script.isUnreadBy(application));
    const call = this.#draw.weighted(calls);
    switch (call) {
      case 'begin':
        return this.#begin(instance);
      case 'send':
        return this.#send(instance);
      case 'commit':
      case 'abort':
        return this.#script.end(instance, call);
      case 'join':
        return this.#script.join(instance);
      case 'consume':
        return this.#script.consume(instance);
      case 'transform':
        return this.#transform(instance);
      case 'send-offsets':
        return this.#script.sendOffsets(instance);
      case 'commit-offsets':
        return this.#script.commitOffsets(instance);
    }
  }

  #begin(instance: ExpectedInstance): void {
    instance.state = 'InTransaction';
    instance.sends = 0;
    this.#script.pushOf(instance, { do: 'begin', instance: instance.name });
  }

  /** Where applications read, whoever only produces mostly feeds them. */
  #send(instance: ExpectedInstance): void {
    instance.sends += 1;
    const feeds =
      this.#inputs.length > 0 && instance.application === null && this.#draw.chance(3, 4);
    const partition = this.#draw.pick(feeds ? this.#inputs : this.#partitions);
    if (this.#inputs.includes(partition)) this.#script.fed();
    this.#script.push({ do: 'send', instance: instance.name, partition });
  }

  #transform(instance: ExpectedInstance): void {
    const outputs = this.#partitions.filter((partition) => !this.#inputs.includes(partition));
    this.#script.transform(instance, this.#draw.pick(outputs));
  }
}

function isWithoutGroups(kind: FaultKind): boolean {
  return kind !== 'crash-group-coordinator';
}
