/** The script's faults on single messages: what is armed, what has fired, what is held and until when. */

import type { Message, MessageFaults, Network } from '../../impl/simulation/network.ts';
import type { BrokerId, TopicPartition } from '../../protocol/ids.ts';
import type { FaultKind, Step } from '../../reports/evidence/scenario.ts';

export type MessageFaultStep = Extract<
  Step,
  {
    do: 'lose-request' | 'lose-response' | 'delay-request' | 'delay-response' | 'duplicate-request';
  }
>;

interface Held {
  readonly message: Message;
  /** Script steps that must have been taken since it was held. */
  readonly steps: number;
  readonly heldAtStep: number;
}

export class ScriptedFaults implements MessageFaults {
  readonly #armed: MessageFaultStep[] = [];
  readonly #leaderOf: (partition: TopicPartition) => BrokerId | null;
  readonly #onFired: (kind: FaultKind) => void;
  #held: Held[] = [];
  /** What was held or copied and has not arrived: such a fault fires when it arrives too late. */
  readonly #pending = new Map<Message, FaultKind>();
  #step = 0;
  /** Of the request being duplicated. */
  #copySteps = 0;

  constructor(
    leaderOf: (partition: TopicPartition) => BrokerId | null,
    onFired: (kind: FaultKind) => void,
  ) {
    this.#leaderOf = leaderOf;
    this.#onFired = onFired;
  }

  arm(step: MessageFaultStep): void {
    this.#armed.push(step);
  }

  /** Nothing goes wrong from here on. */
  disarm(): void {
    this.#armed.length = 0;
  }

  /** The script is about to take its step `index`: lets go of what was held long enough. True if anything was. */
  releaseDue(index: number, network: Network): boolean {
    this.#step = index;
    if (this.#held.length === 0) return false;
    const due = this.#held.filter(({ steps, heldAtStep }) => index - heldAtStep > steps);
    if (due.length === 0) return false;
    this.#held = this.#held.filter((held) => !due.includes(held));
    for (const { message } of due) network.release(message);
    return true;
  }

  releaseAll(network: Network): void {
    for (const { message } of this.#held.splice(0)) network.release(message);
  }

  onRequest(message: Message): 'deliver' | 'lose' | 'hold' | 'duplicate' {
    if (this.#armed.length === 0) return 'deliver';
    const step = this.#take(message, false);
    if (step === null) return 'deliver';
    if (step.do === 'lose-request') return 'lose';
    if (step.do === 'delay-request') {
      this.#hold(message, step.steps, step.do);
      return 'hold';
    }
    if (step.do === 'duplicate-request') this.#copySteps = step.steps;
    return 'duplicate';
  }

  onResponse(message: Message): 'deliver' | 'lose' | 'hold' {
    if (this.#armed.length === 0) return 'deliver';
    const step = this.#take(message, true);
    if (step === null) return 'deliver';
    if (step.do !== 'delay-response') return 'lose';
    this.#held.push({ message, steps: step.steps, heldAtStep: this.#step });
    return 'hold';
  }

  onCopy(_original: Message, copy: Message): void {
    this.#hold(copy, this.#copySteps, 'duplicate-request');
  }

  /** A request that was held up and still came in time was merely slow. */
  onDelivered(message: Message, late: boolean): void {
    if (this.#pending.size === 0) return;
    const kind = this.#pending.get(message);
    if (kind === undefined) return;
    this.#pending.delete(message);
    if (late || !message.sender.isAlive) this.#onFired(kind);
  }

  #hold(message: Message, steps: number, kind: FaultKind): void {
    this.#held.push({ message, steps, heldAtStep: this.#step });
    this.#pending.set(message, kind);
  }

  #take(message: Message, ofResponse: boolean): MessageFaultStep | null {
    const index = this.#armed.findIndex(
      (step) => isOfResponse(step) === ofResponse && this.#matches(step, message),
    );
    if (index === -1) return null;
    const step = this.#armed.splice(index, 1)[0]!;
    // Of an answer every delay tells: what its receiver learns is out of date, or it has given up.
    if (step.do === 'lose-request' || isOfResponse(step)) this.#onFired(step.do);
    return step;
  }

  #matches(step: MessageFaultStep, message: Message): boolean {
    if (step.api !== message.request.api) return false;
    const sender = message.sender.name;
    if (step.from === 'leader') {
      return step.partition === undefined
        ? sender.startsWith('leader ')
        : sender === `leader ${step.partition}`;
    }
    if (step.from !== sender) return false;
    return step.partition === undefined || this.#leaderOf(step.partition) === message.broker;
  }
}

function isOfResponse(step: MessageFaultStep): boolean {
  return step.do === 'lose-response' || step.do === 'delay-response';
}
