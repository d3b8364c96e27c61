/**
 * Sends whose records may stand where the last stable offset is to stop: those acknowledged at an offset that no last
 * stable offset has passed, and those of which nobody knows whether they are in the log. They are there to name a
 * culprit: of a partition only so many are kept, the first of those acknowledged, the last of those without an answer.
 */

import type { ClientTransaction, RecordRead, Send } from './operations.ts';
import { acknowledgedOffset } from './sightings.ts';

export interface UnstableSend {
  readonly send: Send;
  /** Undefined: one that was over when it was sent in. */
  readonly transaction: ClientTransaction | undefined;
}

/** Of each sort, a partition. */
const KEPT_MAX = 1_000;

interface Partition {
  /** By value, those without an answer. They may be in the log, or come there later. */
  readonly unanswered: Map<string, UnstableSend>;
  /** Mostly in order of offset. */
  readonly acknowledged: UnstableSend[];
}

export class UnstableSends {
  readonly #partitions = new Map<string, Partition>();

  /** What is sent outside any transaction stops no last stable offset. */
  add(send: Send, transaction: ClientTransaction | undefined): void {
    const { partition, value } = send.invocation;
    if (send.invocation.transaction === null) return;
    let sends = this.#partitions.get(partition);
    if (sends === undefined) {
      sends = { unanswered: new Map(), acknowledged: [] };
      this.#partitions.set(partition, sends);
    }
    sends.unanswered.set(value, { send, transaction });
    if (sends.unanswered.size <= KEPT_MAX) return;
    for (const oldest of sends.unanswered.keys()) {
      sends.unanswered.delete(oldest);
      return;
    }
  }

  /** If nobody knows its offset nobody will know when it is passed, and it is forgotten at once. */
  acknowledge(send: Send): void {
    const { value, partition } = send.invocation;
    const sends = this.#partitions.get(partition);
    const unstable = sends?.unanswered.get(value);
    if (sends === undefined || unstable === undefined) return;
    sends.unanswered.delete(value);
    if (acknowledgedOffset(send) === -1) return;
    if (sends.acknowledged.length < KEPT_MAX) sends.acknowledged.push(unstable);
  }

  /** What failed is not in the log. What is unknown stays. */
  refuse({ completion, invocation: { partition, value } }: Send): void {
    if (completion?.type === 'failed') this.#partitions.get(partition)?.unanswered.delete(value);
  }

  /** A last stable offset was told: what stands before it is stable, whether its client knows or a reader has seen it there. */
  pass(partition: string, lastStableOffset: number, records: readonly RecordRead[]): void {
    const sends = this.#partitions.get(partition);
    if (sends === undefined) return;
    const { acknowledged, unanswered } = sends;
    let passed = 0;
    while (passed < acknowledged.length && offsetOf(acknowledged[passed]!) < lastStableOffset) {
      passed += 1;
    }
    if (passed > 0) acknowledged.splice(0, passed);
    if (unanswered.size === 0) return;
    for (const { offset, value } of records) {
      if (value !== null && offset < lastStableOffset) unanswered.delete(value);
    }
  }

  /** Of a value, if it is one of them. */
  sendOf(partition: string, value: string): UnstableSend | undefined {
    const sends = this.#partitions.get(partition);
    return (
      sends?.unanswered.get(value) ??
      sends?.acknowledged.find(({ send }) => send.invocation.value === value)
    );
  }
}

function offsetOf({ send }: UnstableSend): number {
  return acknowledgedOffset(send);
}
