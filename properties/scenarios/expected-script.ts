/** A script as it is being drawn, and the instances as they would be if every call so far succeeded. */

import type { Step, Topology } from '../../reports/evidence/scenario.ts';
import type { Draw } from './draw.ts';
import type { WaitingState } from './enabled-calls.ts';

/** An instance as the generator expects it to be. */
export interface ExpectedInstance {
  readonly name: string;
  readonly producer: string;
  readonly transactional: boolean;
  /** Null: it only produces. */
  readonly application: ExpectedApplication | null;
  state: WaitingState;
  sends: number;
}

export interface ExpectedApplication {
  joined: boolean;
  /** How many input records it has passed; null: it has to ask the group. */
  position: number | null;
  /** It has read something that it has not transformed. */
  consumed: boolean;
  /** Its transaction holds outputs. */
  transformed: boolean;
  offsetsSent: boolean;
}

export class ExpectedScript {
  readonly steps: Step[] = [];
  readonly instances: ExpectedInstance[] = [];
  readonly #draw: Draw;
  readonly #topology: Topology;
  readonly #started = new Map<string, number>();
  /** Input records so far; how many of them the group has committed, and how many were last processed. */
  #inputs = 0;
  #committed = 0;
  #processed = 0;
  /** The instance that the last fault concerned: the next steps go to it. */
  #focus: ExpectedInstance | null = null;
  #focusSteps = 0;

  constructor(draw: Draw, topology: Topology) {
    this.#draw = draw;
    this.#topology = topology;
  }

  /** A call that is mostly made once the instance's previous one has returned. */
  pushOf({ application }: ExpectedInstance, step: Step): void {
    if (application === null) this.push(step);
    else this.#pushOfApplication(step);
  }

  /** From here on the step is the script's. */
  push(step: Step): void {
    if (this.#draw.chance(1, 4)) step.wait = this.#draw.between(0, 7);
    this.steps.push(step);
  }

  /** A crash while all is quiet loses nothing: most of them come while messages and flushes are under way. */
  amid(step: Step, events: number): void {
    if (!this.#draw.chance(1, 4)) step.wait = this.#draw.between(0, events);
    this.steps.push(step);
  }

  /** Somebody sends a record that applications read. */
  fed(): void {
    this.#inputs += 1;
  }

  /** Whether there is something for it to read. */
  isUnreadBy({ position }: ExpectedApplication): boolean {
    return this.#inputs > (position ?? this.#committed);
  }

  /** The name of the instance that starts next. */
  nextName(producer: string): string {
    return `${producer}#${(this.#started.get(producer) ?? 0) + 1}`;
  }

  start(producer: string): void {
    const name = this.nextName(producer);
    this.#started.set(producer, (this.#started.get(producer) ?? 0) + 1);
    const config = this.#topology.producers.find((candidate) => candidate.name === producer);
    const consumes = config?.consumes !== undefined;
    this.instances.push({
      name,
      producer,
      transactional: config?.transactional ?? false,
      application: consumes
        ? {
            joined: false,
            position: null,
            consumed: false,
            transformed: false,
            offsetsSent: false,
          }
        : null,
      state: 'Ready',
      sends: 0,
    });
    this.push({ do: 'start', producer });
  }

  end(instance: ExpectedInstance, call: 'commit' | 'abort'): void {
    instance.state = 'Ready';
    const { application } = instance;
    if (application !== null) {
      if (application.offsetsSent && call === 'commit') this.#committed = this.#processed;
      application.transformed = false;
      application.offsetsSent = false;
      if (call === 'abort') {
        application.consumed = false;
        application.position = null;
      }
    }
    this.pushOf(instance, { do: call, instance: instance.name });
  }

  join(instance: ExpectedInstance): void {
    const { application } = instance;
    if (application !== null) {
      application.joined = true;
      application.consumed = false;
      application.position = null;
    }
    this.#pushOfApplication({ do: 'join', instance: instance.name });
  }

  consume(instance: ExpectedInstance): void {
    const { application } = instance;
    if (application !== null) {
      application.consumed ||= this.isUnreadBy(application);
      application.position = this.#inputs;
    }
    this.#pushOfApplication({ do: 'consume', instance: instance.name });
  }

  transform(instance: ExpectedInstance, partition: string): void {
    const { application } = instance;
    if (application !== null) {
      application.consumed = false;
      application.transformed = true;
      this.#processed = application.position ?? this.#processed;
    }
    this.#pushOfApplication({ do: 'transform', instance: instance.name, partition });
  }

  sendOffsets(instance: ExpectedInstance): void {
    if (instance.application !== null) instance.application.offsetsSent = true;
    this.#pushOfApplication({ do: 'send-offsets', instance: instance.name });
  }

  commitOffsets(instance: ExpectedInstance): void {
    this.#pushOfApplication({ do: 'commit-offsets', instance: instance.name });
  }

  /** Its calls block it: what comes while one is under way is mostly not enabled. */
  #pushOfApplication(step: Step): void {
    if (this.#draw.chance(1, 12)) step.wait = this.#draw.between(0, 7);
    this.steps.push(step);
  }

  isLive(producer: string): boolean {
    return this.instances.some((instance) => instance.producer === producer);
  }

  /** The next steps are this instance's. */
  attend(instance: ExpectedInstance): void {
    this.#focus = instance;
    this.#focusSteps = this.#draw.between(2, 6);
  }

  /** Whose turn it is; null: nobody lives. */
  nextInstance(): ExpectedInstance | null {
    if (this.#focus !== null && this.#focusSteps > 0 && this.instances.includes(this.#focus)) {
      this.#focusSteps -= 1;
      return this.#focus;
    }
    const busy = this.instances.filter(({ application }) => this.#hasWork(application));
    if (busy.length > 0 && this.#draw.chance(5, 6)) return this.#draw.pick(busy);
    return this.instances.length === 0 ? null : this.#draw.pick(this.instances);
  }

  /** An application that only waits for input leaves its turn to the source. */
  #hasWork(application: ExpectedApplication | null): boolean {
    if (application === null) return false;
    const { joined, consumed, transformed } = application;
    return !joined || consumed || transformed || this.isUnreadBy(application);
  }
}
