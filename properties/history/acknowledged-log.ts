/** The acknowledged sends of each partition in the order of their offsets: what clients were told of its log. */

import type { HistoryIndex } from './history-index.ts';
import type { Send } from './operations.ts';
import { acknowledgedOffset } from './sightings.ts';

/** In order of offset; of two at one offset the one that was sent later comes later. */
export type AcknowledgedLog = readonly Send[];

const known = new WeakMap<HistoryIndex, ReadonlyMap<string, AcknowledgedLog>>();

/** By partition. Several claims and checks ask for it, of a history that is complete. */
export function acknowledgedLogs(history: HistoryIndex): ReadonlyMap<string, AcknowledgedLog> {
  let logs = known.get(history);
  if (logs === undefined) known.set(history, (logs = collect(history)));
  return logs;
}

function collect(history: HistoryIndex): ReadonlyMap<string, AcknowledgedLog> {
  const logs = new Map<string, Send[]>();
  for (const send of history.sends) {
    if (acknowledgedOffset(send) === -1) continue;
    const { partition } = send.invocation;
    const log = logs.get(partition);
    if (log === undefined) logs.set(partition, [send]);
    else log.push(send);
  }
  for (const log of logs.values()) {
    if (!isInOrder(log)) {
      log.sort((left, right) => acknowledgedOffset(left) - acknowledgedOffset(right));
    }
  }
  return logs;
}

function isInOrder(log: AcknowledgedLog): boolean {
  for (let index = 1; index < log.length; index += 1) {
    if (acknowledgedOffset(log[index]!) < acknowledgedOffset(log[index - 1]!)) return false;
  }
  return true;
}

/** Index of the first send at an offset or behind it. */
export function firstFrom(log: AcknowledgedLog, offset: number): number {
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (acknowledgedOffset(log[middle]!) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
