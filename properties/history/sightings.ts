/** What readers saw of single records: who returned them first, who did in the end, and who passed over them. */

import type { HistoryIndex } from './history-index.ts';
import { zeros, type Numbers } from './number-column.ts';
import type { Poll, Send } from './operations.ts';
import { partitionPoint } from './partition-point.ts';

/** Read, and read in the end, from the partition that it was sent to; and read from another one. */
const READ = 1;
const READ_IN_THE_END = 2;
const READ_ELSEWHERE = 4;

/** Which records the polls of one isolation level returned, by ordinal of the send: nine bytes for each. */
export class Sightings {
  readonly #history: HistoryIndex;
  readonly #polls: readonly Poll[];
  /** The row that returned it first, plus one; 0: none. */
  readonly #firstRows: Numbers;
  readonly #flags: Numbers;

  constructor(history: HistoryIndex, polls: readonly Poll[]) {
    this.#history = history;
    this.#polls = polls;
    this.#firstRows = zeros('float64', history.sends.length);
    this.#flags = zeros('uint8', history.sends.length);
    for (const poll of polls) this.#collect(poll);
  }

  #collect({ invocation, firstRow, endRow }: Poll): void {
    const { recordsRead, sends } = this.#history;
    const flag = invocation.final ? READ | READ_IN_THE_END : READ;
    for (let row = firstRow; row < endRow; row += 1) {
      // What was read before it was sent counts as well.
      const ordinal = recordsRead.ordinalAt(row);
      const send = ordinal === -1 ? recordsRead.sendAt(row) : sends[ordinal];
      if (send === undefined || send.ordinal === -1) continue;
      if (this.#firstRows[send.ordinal] === 0) this.#firstRows[send.ordinal] = row + 1;
      const isThere = send.invocation.partition === invocation.partition;
      this.#flags[send.ordinal]! |= isThere ? flag : READ_ELSEWHERE;
    }
  }

  /** Whether it was ever returned from the partition that it was sent to. */
  isRead({ ordinal }: Send): boolean {
    return (this.#flags[ordinal]! & READ) !== 0;
  }

  /** Whether the final reads of the partition that it was sent to returned it. */
  isReadInTheEnd({ ordinal }: Send): boolean {
    return (this.#flags[ordinal]! & READ_IN_THE_END) !== 0;
  }

  isReadElsewhere({ ordinal }: Send): boolean {
    return (this.#flags[ordinal]! & READ_ELSEWHERE) !== 0;
  }

  /** The row that returned it first, from whatever partition; -1: none. */
  firstRowOf({ ordinal }: Send): number {
    return (this.#firstRows[ordinal] ?? 0) - 1;
  }

  /** The poll that returned it first. */
  firstPollOf(send: Send): Poll | undefined {
    const row = this.firstRowOf(send);
    return row === -1 ? undefined : this.pollOf(row);
  }

  /** The poll that returned this row. */
  pollOf(row: number): Poll | undefined {
    const polls = this.#polls;
    return polls[partitionPoint(polls.length, (index) => polls[index]!.endRow <= row)];
  }
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
  const { partition } = send.invocation;
  const offset = acknowledgedOffset(send);
  if (offset === -1) return undefined;
  const last = history.finalReads.committed.get(partition);
  if (last !== undefined && last.position > offset) {
    return history.committedReads.isReadInTheEnd(send) ? undefined : last.poll;
  }
  if (history.committedReads.firstRowOf(send) !== -1) return undefined;
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

/** Those of which one may have gone past an offset: none, if all ended before it. */
function pollsThat(history: HistoryIndex, partition: string, offset: number): readonly Poll[] {
  const found = history.derived(collectPolls).get(partition);
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
