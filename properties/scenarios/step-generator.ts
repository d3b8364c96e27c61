/**
 * Draws the steps of a scenario. It follows each producer instance through the states it would be in if every call
 * succeeded, and draws the next step from what is enabled there; a fault is followed more often by the steps that
 * make it matter, for the same producer.
 */

import type * as fc from 'fast-check';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { FaultKind, Step, Topology } from '../../reports/evidence/scenario.ts';
import { ENABLED_CALLS, type ClientCall, type WaitingState } from './enabled-calls.ts';
import { partitionsOfTopology } from './partitions.ts';

interface GeneratorOptions {
  readonly topology: Topology;
  readonly transactionVersion: TransactionVersion;
  readonly faults: readonly FaultKind[];
  readonly steps: number;
  readonly faultBudget: number;
}

/** An instance as the generator expects it to be. */
interface ExpectedInstance {
  readonly name: string;
  readonly producer: string;
  readonly transactional: boolean;
  state: WaitingState;
  sends: number;
}

type Api = Extract<Step, { do: 'lose-request' }>['api'];
type MessageFaultKind = Extract<
  FaultKind,
  'lose-request' | 'lose-response' | 'delay-request' | 'duplicate-request'
>;

/**
 * Of each RPC among the faults on messages: every RPC that travels is to be hit, the two that decide most of all. A
 * test holds this to its word.
 */
const API_WEIGHTS: Readonly<Record<Api, number>> = {
  FindCoordinator: 1,
  InitProducerId: 2,
  AddPartitionsToTxn: 3,
  Produce: 4,
  EndTxn: 5,
  WriteTxnMarkers: 3,
};

export class StepGenerator {
  readonly #random: fc.Random;
  readonly #options: GeneratorOptions;
  readonly #partitions: readonly string[];
  readonly #apis = Object.keys(API_WEIGHTS) as Api[];
  readonly #apiWeights = Object.values(API_WEIGHTS);
  readonly #steps: Step[] = [];
  readonly #instances: ExpectedInstance[] = [];
  readonly #started = new Map<string, number>();
  /** The instance that the last fault concerned: the next steps go to it. */
  #focus: ExpectedInstance | null = null;
  #focusSteps = 0;

  constructor(random: fc.Random, options: GeneratorOptions) {
    this.#random = random;
    this.#options = options;
    this.#partitions = partitionsOfTopology(options.topology);
  }

  steps(): Step[] {
    const { faults, faultBudget, steps } = this.#options;
    let budget = faults.length === 0 ? 0 : faultBudget;
    this.#start(this.#options.topology.producers[0]!.name);
    while (this.#steps.length < steps) {
      const remaining = steps - this.#steps.length;
      if (budget > 0 && this.#chance(budget, Math.max(remaining >> 1, 1))) {
        budget -= 1;
        this.#fault(this.#pick(faults));
      } else this.#clientStep();
    }
    return this.#steps;
  }

  #clientStep(): void {
    const { producers } = this.#options.topology;
    const idle = producers.filter(({ name }) => !this.#isLive(name));
    if (idle.length > 0 && this.#chance(1, this.#instances.length === 0 ? 1 : 4)) {
      this.#start(this.#pick(idle).name);
      return;
    }
    if (this.#chance(1, 12)) {
      this.#push({ do: 'poll' });
      return;
    }
    const instance = this.#nextInstance();
    if (instance === null) this.#start(this.#pick(producers).name);
    else if (instance.transactional) this.#call(instance);
    else this.#send(instance);
  }

  /** Draws one of the calls that the producer machine enables here. */
  #call(instance: ExpectedInstance): void {
    const enabled = ENABLED_CALLS[instance.state];
    const weights = enabled.map((call) => callWeight(call, instance.sends));
    switch (this.#weighted(enabled, weights)) {
      case 'begin':
        return this.#begin(instance);
      case 'send':
        return this.#send(instance);
      case 'commit':
        return this.#end(instance, 'commit');
      case 'abort':
        return this.#end(instance, 'abort');
    }
  }

  #nextInstance(): ExpectedInstance | null {
    if (this.#focus !== null && this.#focusSteps > 0 && this.#instances.includes(this.#focus)) {
      this.#focusSteps -= 1;
      return this.#focus;
    }
    return this.#instances.length === 0 ? null : this.#pick(this.#instances);
  }

  #begin(instance: ExpectedInstance): void {
    instance.state = 'InTransaction';
    instance.sends = 0;
    this.#push({ do: 'begin', instance: instance.name });
  }

  #end(instance: ExpectedInstance, call: 'commit' | 'abort'): void {
    instance.state = 'Ready';
    this.#push({ do: call, instance: instance.name });
  }

  #send(instance: ExpectedInstance): void {
    instance.sends += 1;
    this.#push({ do: 'send', instance: instance.name, partition: this.#pick(this.#partitions) });
  }

  #start(producer: string): void {
    const ordinal = (this.#started.get(producer) ?? 0) + 1;
    this.#started.set(producer, ordinal);
    const instance: ExpectedInstance = {
      name: `${producer}#${ordinal}`,
      producer,
      transactional: this.#options.topology.producers.some(
        ({ name, transactional }) => name === producer && transactional,
      ),
      state: 'Ready',
      sends: 0,
    };
    this.#instances.push(instance);
    this.#push({ do: 'start', producer });
  }

  #fault(kind: FaultKind): void {
    switch (kind) {
      case 'zombie':
        this.#zombie();
        return;
      case 'crash-producer':
        this.#crashProducer();
        return;
      case 'crash-coordinator':
        this.#crashCoordinator();
        return;
      case 'crash-leader':
        this.#amid({ do: kind, partition: this.#pick(this.#partitions) }, 12);
        return;
      case 'time-out-transaction':
        this.#push({ do: kind });
        return;
      default:
        this.#messageFault(kind);
    }
  }

  /** A second instance takes over; the first lives on and may be used again. */
  #zombie(): void {
    const candidates = this.#instances.filter(({ transactional }) => transactional);
    if (candidates.length === 0) return;
    const old = this.#pick(candidates);
    this.#start(old.producer);
    this.#attend(this.#chance(1, 2) ? old : this.#instances.at(-1)!);
  }

  #crashProducer(): void {
    if (this.#instances.length === 0) return;
    const victim = this.#nextInstance()!;
    this.#instances.splice(this.#instances.indexOf(victim), 1);
    this.#push({ do: 'crash-producer', instance: victim.name });
    if (this.#chance(3, 4)) {
      this.#start(victim.producer);
      this.#attend(this.#instances.at(-1)!);
    }
  }

  #messageFault(kind: MessageFaultKind): void {
    const api = this.#weighted(this.#apis, this.#apiWeights);
    switch (api) {
      case 'WriteTxnMarkers':
        return this.#faultOnMarkers(kind);
      case 'FindCoordinator':
      case 'InitProducerId':
        return this.#faultAtStart(kind, api);
      case 'AddPartitionsToTxn':
        if (this.#options.transactionVersion === 2 || this.#chance(1, 2)) {
          return this.#arm(kind, { api, from: 'leader' });
        }
        return this.#faultOfInstance(kind, api);
      case 'Produce':
      case 'EndTxn':
        return this.#faultOfInstance(kind, api);
    }
  }

  /** A marker under way matters most when its coordinator is not there to hear of it. */
  #faultOnMarkers(kind: MessageFaultKind): void {
    const alone = !this.#options.faults.includes('crash-coordinator') || this.#chance(1, 2);
    // Held until the next transaction is under way.
    const steps = alone ? this.#random.nextInt(0, 6) : this.#random.nextInt(2, 5);
    this.#arm(kind, { api: 'WriteTxnMarkers', from: 'coordinator' }, steps);
    if (!alone) this.#crashCoordinator();
  }

  /**
   * A coordinator's crash matters most in the middle of a decision; and what only the dead one knew matters most
   * where its client is not there to repeat the question.
   */
  #crashCoordinator(): void {
    const deciding = this.#instances.find(
      ({ state, sends }) => state === 'InTransaction' && sends > 0,
    );
    if (deciding !== undefined && this.#chance(2, 3)) {
      this.#end(deciding, this.#chance(2, 3) ? 'commit' : 'abort');
    }
    this.#amid({ do: 'crash-coordinator' }, deciding === undefined ? 12 : 6);
    if (deciding === undefined) return;
    this.#attend(deciding);
    if (this.#options.faults.includes('crash-producer') && this.#chance(1, 4)) {
      this.#crashProducer();
    }
  }

  /** The message belongs to an instance that is yet to start; it starts next. */
  #faultAtStart(kind: MessageFaultKind, api: Api): void {
    const candidates = this.#options.topology.producers.filter(
      ({ name, transactional }) => !transactional || this.#mayOverlap || !this.#isLive(name),
    );
    if (candidates.length === 0) return;
    const producer = this.#pick(candidates).name;
    const ordinal = (this.#started.get(producer) ?? 0) + 1;
    this.#arm(kind, { api, from: `${producer}#${ordinal}` });
    this.#start(producer);
    this.#attend(this.#instances.at(-1)!);
  }

  #faultOfInstance(kind: MessageFaultKind, api: Api): void {
    const instance = this.#nextInstance();
    if (instance === null) return;
    this.#attend(instance);
    this.#arm(kind, { api: instance.transactional ? api : 'Produce', from: instance.name });
  }

  #arm(
    kind: MessageFaultKind,
    message: { readonly api: Api; readonly from: string },
    steps = this.#random.nextInt(0, 6),
  ): void {
    if (kind === 'lose-request' || kind === 'lose-response') this.#push({ do: kind, ...message });
    else this.#push({ do: kind, ...message, steps });
  }

  #attend(instance: ExpectedInstance): void {
    this.#focus = instance;
    this.#focusSteps = this.#random.nextInt(2, 6);
  }

  /** Whether an instance may start while an older one of its transactional id lives on. */
  get #mayOverlap(): boolean {
    return this.#options.faults.includes('zombie');
  }

  #isLive(producer: string): boolean {
    return this.#instances.some((instance) => instance.producer === producer);
  }

  #push(step: Step): void {
    this.#steps.push(this.#chance(1, 4) ? { ...step, wait: this.#random.nextInt(0, 7) } : step);
  }

  /** A crash while all is quiet loses nothing: most of them come while messages and flushes are under way. */
  #amid(step: Step, events: number): void {
    this.#steps.push(
      this.#chance(1, 4) ? step : { ...step, wait: this.#random.nextInt(0, events) },
    );
  }

  #weighted<Item>(items: readonly Item[], weights: readonly number[]): Item {
    let draw = this.#random.nextInt(
      1,
      weights.reduce((total, weight) => total + weight, 0),
    );
    const index = weights.findIndex((weight) => (draw -= weight) <= 0);
    return items[index]!;
  }

  /** True with probability `numerator / denominator`. */
  #chance(numerator: number, denominator: number): boolean {
    return this.#random.nextInt(1, denominator) <= numerator;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#random.nextInt(0, items.length - 1)]!;
  }
}

/** A transaction has some sends before it ends, more often by a commit than by an abort; few are empty. */
function callWeight(call: ClientCall, sends: number): number {
  switch (call) {
    case 'begin':
      return 1;
    case 'send':
      return 12;
    case 'commit':
      return sends === 0 ? 1 : 4 + 2 * sends;
    case 'abort':
      return sends === 0 ? 1 : 2 + sends;
  }
}
