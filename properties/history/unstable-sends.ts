/**
 * Sends whose records may stand where the last stable offset is to stop: those acknowledged at an offset that no last
 * stable offset has passed, and those of which nobody knows whether they are in the log.
 */

import type { ClientTransaction, RecordRead, Send } from './operations.ts';
import { acknowledgedOffset } from './sightings.ts';

export interface UnstableSend {
  readonly send: Send;
  /** Undefined: one of a superseded producer. */
  readonly transaction: ClientTransaction | undefined;
}

export class UnstableSends {
  /** By value, those without an answer. They may be in the log, or come there later. */
  readonly #unanswered = new Map<string, UnstableSend>();
  /** By partition, mostly in order of offset. */
  readonly #acknowledged = new Map<string, UnstableSend[]>();

  /** What is sent outside any transaction stops no last stable offset. */
  add(send: Send, transaction: ClientTransaction | undefined): void {
    if (send.invocation.transaction === null) return;
    this.#unanswered.set(send.invocation.value, { send, transaction });
  }

  /** If nobody knows its offset nobody will know when it is passed, and it is forgotten at once. */
  acknowledge(send: Send): void {
    const { value, partition } = send.invocation;
    const unstable = this.#unanswered.get(value);
    if (unstable === undefined) return;
    this.#unanswered.delete(value);
    if (acknowledgedOffset(send) === -1) return;
    const sends = this.#acknowledged.get(partition);
    if (sends === undefined) this.#acknowledged.set(partition, [unstable]);
    else sends.push(unstable);
  }

  /** What failed is not in the log. What is unknown stays. */
  refuse({ completion, invocation }: Send): void {
    if (completion?.type === 'failed') this.#unanswered.delete(invocation.value);
  }

  /** A last stable offset was told: what stands before it is stable, whether its client knows or a reader has seen it there. */
  pass(partition: string, lastStableOffset: number, records: readonly RecordRead[]): void {
    const sends = this.#acknowledged.get(partition);
    if (sends !== undefined) {
      let passed = 0;
      while (passed < sends.length && offsetOf(sends[passed]!) < lastStableOffset) passed += 1;
      if (passed > 0) sends.splice(0, passed);
    }
    if (this.#unanswered.size === 0) return;
    for (const { offset, value } of records) {
      if (value !== null && offset < lastStableOffset) this.#unanswered.delete(value);
    }
  }

  /** Of a value, if it is one of them. */
  sendOf(value: string): UnstableSend | undefined {
    const unanswered = this.#unanswered.get(value);
    if (unanswered !== undefined) return unanswered;
    for (const sends of this.#acknowledged.values()) {
      const found = sends.find(({ send }) => send.invocation.value === value);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function offsetOf({ send }: UnstableSend): number {
  return acknowledgedOffset(send);
}
