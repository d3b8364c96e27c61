/** inconsistent-offsets: one offset of a partition holds one record, whoever looks, and whoever was told of it. */

import type { HistoryIndex } from '../history-index.ts';
import { citeCompletion, type Poll, type Send } from '../operations.ts';
import { Findings, type AnomalyCheck } from './anomaly-check.ts';

export const inconsistentOffsets: AnomalyCheck = {
  name: 'inconsistent-offsets',
  statement: 'One offset of a partition was seen with two different values.',
  verdict: 'forbidden',
  needs: ['committed-reads'],
  find,
};

interface Seen {
  readonly value: string;
  readonly by: Poll | Send;
}

/** Offsets further behind the last known one are no run any more. */
const GAP_MAX = 4_096;

/** What was seen first at each offset of a partition: nearly all of them, so they are kept in a row. */
class SeenLog {
  readonly partition: string;
  #first = 0;
  readonly #values: (string | undefined)[] = [];
  readonly #by: (Poll | Send)[] = [];
  readonly #elsewhere = new Map<number, Seen>();

  constructor(partition: string) {
    this.partition = partition;
  }

  /** What was seen there before, if that was another value. */
  see(offset: number, value: string, by: Poll | Send): Seen | null {
    if (this.#values.length === 0) this.#first = offset;
    const index = offset - this.#first;
    const apart = this.#elsewhere.size > 0 ? this.#elsewhere.get(offset) : undefined;
    const known = apart?.value ?? this.#values[index];
    if (known !== undefined) {
      return known === value ? null : { value: known, by: apart?.by ?? this.#by[index]! };
    }
    if (index < 0 || index > this.#values.length + GAP_MAX) {
      this.#elsewhere.set(offset, { value, by });
    } else {
      this.#values[index] = value;
      this.#by[index] = by;
    }
    return null;
  }
}

function find(history: HistoryIndex): Findings {
  const findings = new Findings();
  const logs = new Map<string, SeenLog>();
  const logOf = (partition: string): SeenLog => {
    let log = logs.get(partition);
    if (log === undefined) logs.set(partition, (log = new SeenLog(partition)));
    return log;
  };
  const note = (log: SeenLog, offset: number, value: string, by: Poll | Send): void => {
    const other = log.see(offset, value, by);
    if (other === null) return;
    findings.add(() => inconsistent(log.partition, offset, other, { value, by }));
  };
  for (const send of history.sends) {
    const offset = send.completion?.type === 'ok' ? send.completion.offset : undefined;
    if (offset === undefined || offset < 0) continue;
    note(logOf(send.invocation.partition), offset, send.invocation.value, send);
  }
  for (const poll of [...history.committedPolls, ...history.uncommittedPolls]) {
    const log = logOf(poll.invocation.partition);
    for (const { offset, value } of poll.completion.records ?? []) {
      if (value !== null) note(log, offset, value, poll);
    }
  }
  return findings;
}

function inconsistent(partition: string, offset: number, first: Seen, second: Seen) {
  return {
    message: `offset ${offset} of ${partition} was seen with ${first.value} and with ${second.value}`,
    events: [first.by.completedAt, second.by.completedAt] as [number, number],
    why: [
      how(partition, offset, first),
      how(partition, offset, second),
      'An offset holds one record for good, and this one held two: a contradiction.',
    ],
  };
}

function how(partition: string, offset: number, { value, by }: Seen): string {
  return by.invocation.call === 'send'
    ? `${by.invocation.process} was told that ${value} is at offset ${offset} of ${partition} (${citeCompletion(by)}).`
    : `${by.invocation.process} read ${value} at offset ${offset} of ${partition} (${citeCompletion(by)}).`;
}
