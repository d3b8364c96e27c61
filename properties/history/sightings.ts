/** What readers saw of single records: who returned them first, and who passed over them. */

import type { HistoryIndex } from './history-index.ts';
import type { Poll, Send } from './operations.ts';

/** By value, the poll that returned it first. */
export function firstReads(polls: readonly Poll[]): ReadonlyMap<string, Poll> {
  const reads = new Map<string, Poll>();
  for (const poll of polls) {
    for (const { value } of poll.completion.records ?? []) {
      if (value !== null && !reads.has(value)) reads.set(value, poll);
    }
  }
  return reads;
}

/** By partition and offset, the acknowledged sends; of two at one offset, the later. */
export function acknowledgedSends(
  sends: readonly Send[],
): ReadonlyMap<string, ReadonlyMap<number, Send>> {
  const byPartition = new Map<string, Map<number, Send>>();
  for (const send of sends) {
    const offset = acknowledgedOffset(send);
    if (offset === -1) continue;
    const { partition } = send.invocation;
    const offsets = byPartition.get(partition);
    if (offsets === undefined) byPartition.set(partition, new Map([[offset, send]]));
    else offsets.set(offset, send);
  }
  return byPartition;
}

/** The offset that a send was acknowledged with; -1: it was not, or the leader no longer knew. */
export function acknowledgedOffset({ completion }: Send): number {
  return completion?.type === 'ok' ? (completion.offset ?? -1) : -1;
}

/**
 * A poll of read_committed that went past the offset of an acknowledged record without returning it: to that reader
 * the record is aborted. The last word is asked first, and then, of a record that nobody returned, every poll.
 */
export function passedOver(history: HistoryIndex, send: Send): Poll | undefined {
  const { partition, value } = send.invocation;
  const offset = acknowledgedOffset(send);
  if (offset === -1) return undefined;
  const last = history.finalReads.committed.get(partition);
  if (last !== undefined && last.position > offset) {
    return last.offsets.has(value) ? undefined : last.poll;
  }
  if (history.committedReads.has(value)) return undefined;
  return pollsThat(history, partition, offset).find(
    ({ invocation, completion }) =>
      invocation.from <= offset && offset < (completion.position ?? -1),
  );
}

/** Polls of read_committed of one partition, and the furthest position that one of them came to. */
interface PartitionPolls {
  readonly polls: Poll[];
  furthest: number;
}

const known = new WeakMap<HistoryIndex, ReadonlyMap<string, PartitionPolls>>();

/** Those of which one may have gone past an offset: none, if all ended before it. */
function pollsThat(history: HistoryIndex, partition: string, offset: number): readonly Poll[] {
  let byPartition = known.get(history);
  if (byPartition === undefined) known.set(history, (byPartition = collectPolls(history)));
  const found = byPartition.get(partition);
  return found === undefined || found.furthest <= offset ? [] : found.polls;
}

function collectPolls(history: HistoryIndex): ReadonlyMap<string, PartitionPolls> {
  const byPartition = new Map<string, PartitionPolls>();
  for (const poll of history.committedPolls) {
    const { partition } = poll.invocation;
    const position = poll.completion.position ?? -1;
    const found = byPartition.get(partition);
    if (found === undefined) byPartition.set(partition, { polls: [poll], furthest: position });
    else {
      found.polls.push(poll);
      found.furthest = Math.max(found.furthest, position);
    }
  }
  return byPartition;
}
