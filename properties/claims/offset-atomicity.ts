/**
 * OffsetAtomicity: the offsets that a transaction sends for a group are part of it. A group's offset on a partition is a
 * register: each fetch returns what one of the writes that may have taken effect by then has written, and not one that
 * was certainly followed by another in effect. What an aborted transaction sent is no such write.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import {
  mayArriveLater,
  mayHaveCommitted,
  offsetWrites,
  type OffsetWrite,
} from '../history/offset-writes.ts';
import {
  citeCompletion,
  failed,
  NEVER,
  processesOf,
  returnedOk,
  type ClientTransaction,
  type FetchOffsets,
  type GroupHistory,
  type Operation,
  type Send,
} from '../history/operations.ts';
import type { WholeClaim } from './claim.ts';
import { halfCommitted, lost, passedOver, undecided, unwritten } from './offset-arguments.ts';
import { partitionPoint } from '../history/partition-point.ts';

export const offsetAtomicity: WholeClaim = {
  name: 'OffsetAtomicity',
  statement:
    "A group's committed offset moves if and only if a transaction that sent it, or a plain commit, takes effect; it never moves by itself, and never past an input whose output was aborted.",
  source: 'KIP-98 (sendOffsetsToTransaction), KIP-447, OffsetMetadataManager',
  needs: ['offset-fetches'],
  keeps: 'every offset that was written for a group: a fetch may go back to an old one',
  violation,
  witness: {
    situation:
      "a group's offsets were fetched after a transaction that had processed its inputs or sent its offsets was aborted or cut short",
    advice:
      'raise --scenarios, and keep crash-producer, lose-request or crash-group-coordinator in --faults, so that more pipelines are cut short',
    needs: [],
    reached,
  },
};

function violation(history: HistoryIndex): Violation | null {
  for (const group of history.groups) {
    const found = new Register(history, group).violation();
    if (found !== null) return found;
  }
  return null;
}

/** The offsets of one group, fetch by fetch. */
class Register {
  readonly #history: HistoryIndex;
  readonly #group: GroupHistory;
  readonly #writes: readonly OffsetWrite[];
  readonly #byPartition: ReadonlyMap<string, PartitionWrites>;
  /** Position of the first write. */
  readonly #firstWrite: number;
  /** Writes that a fetch has shown to be in effect, since nothing else wrote that offset; and their transactions. */
  readonly #shown = new Map<OffsetWrite | ClientTransaction, FetchOffsets>();

  constructor(history: HistoryIndex, group: GroupHistory) {
    this.#history = history;
    this.#group = group;
    this.#writes = offsetWrites(history, group);
    this.#byPartition = writesByPartition(this.#writes);
    this.#firstWrite = Math.min(
      group.offsetSends[0]?.invokedAt ?? NEVER,
      group.commits[0]?.invokedAt ?? NEVER,
    );
  }

  violation(): Violation | null {
    const fetches = this.#group.fetches.toSorted(
      (one, other) => one.completedAt - other.completedAt,
    );
    for (const fetch of fetches) {
      const found = this.#judge(fetch);
      if (found !== null) return found;
    }
    return this.#torn();
  }

  #judge(fetch: FetchOffsets): Violation | null {
    const { completion, invocation } = fetch;
    if (completion?.type !== 'ok') {
      const isUnstable =
        completion?.type === 'failed' && completion.error === 'UNSTABLE_OFFSET_COMMIT';
      return invocation.final && isUnstable ? this.#undecided(fetch) : null;
    }
    for (const { partition, offset } of completion.offsets ?? []) {
      const found = this.#judgeOffset(fetch, partition, offset);
      if (found !== null) return found;
    }
    return null;
  }

  #judgeOffset(fetch: FetchOffsets, partition: string, offset: number): Violation | null {
    const group = this.#group;
    const writes = this.#byPartition.get(partition);
    const writers = (writes?.byOffset.get(offset) ?? []).filter(
      ({ visibleFrom }) => visibleFrom < fetch.completedAt,
    );
    const last = writers.at(-1);
    if (last === undefined) {
      if (offset !== this.#initial(partition)) {
        return unwritten(this.#history, group, fetch, partition, offset);
      }
      const write = this.#inEffectAfter(-1, fetch, writes);
      return write === undefined ? null : lost(group, fetch, offset, write, null);
    }
    const supersedes = ({ until }: OffsetWrite): OffsetWrite | undefined =>
      this.#inEffectAfter(until, fetch, writes);
    const newer = supersedes(last);
    if (newer !== undefined && writers.every((write) => supersedes(write) !== undefined)) {
      return lost(group, fetch, offset, newer, last);
    }
    if (writers.length === 1) this.#show(last, fetch);
    return fetch.invocation.final ? this.#passed(fetch, last, writes?.inOrder ?? []) : null;
  }

  /** The first write behind a position that was certainly in effect when the fetch was asked for. */
  #inEffectAfter(
    position: number,
    fetch: FetchOffsets,
    writes: PartitionWrites | undefined,
  ): OffsetWrite | undefined {
    const inOrder = writes?.inOrder ?? [];
    for (let index = firstAfter(inOrder, position); index < inOrder.length; index += 1) {
      const write = inOrder[index]!;
      if (write.from >= fetch.invokedAt) return undefined;
      if (this.#isInEffect(write, fetch)) return write;
    }
    return undefined;
  }

  #show(write: OffsetWrite, fetch: FetchOffsets): void {
    if (this.#shown.has(write)) return;
    this.#shown.set(write, fetch);
    const { transaction } = write;
    if (transaction !== null && !this.#shown.has(transaction)) this.#shown.set(transaction, fetch);
  }

  /** Offsets of a transaction are certain only where the fetch waits for its marker. */
  #isInEffect(write: OffsetWrite, { invokedAt, invocation }: FetchOffsets): boolean {
    if (write.transaction !== null && !invocation.requireStable) return false;
    return Math.min(write.effectiveFrom, this.#shownFrom(write)) < invokedAt;
  }

  /** A transaction is in effect as a whole. */
  #shownFrom(write: OffsetWrite): number {
    const own = this.#shown.get(write)?.completedAt ?? NEVER;
    if (write.transaction === null || !returnedOk(write.operation)) return own;
    return Math.min(own, this.#shown.get(write.transaction)?.completedAt ?? NEVER);
  }

  /** What the group had committed before the history: what the first fetch says, if no write came before it; else nothing. */
  #initial(partition: string): number {
    for (const { completion, completedAt, invokedAt } of this.#group.fetches) {
      if (invokedAt > this.#firstWrite) break;
      if (completion?.type !== 'ok' || completedAt > this.#firstWrite) continue;
      const told = completion.offsets?.find((offset) => offset.partition === partition);
      if (told !== undefined) return told.offset;
    }
    return -1;
  }

  /** An input below the group's offset, all of whose outputs were in transactions that were not committed. */
  #passed(
    fetch: FetchOffsets,
    mover: OffsetWrite,
    writes: readonly OffsetWrite[],
  ): Violation | null {
    if (writes.some(({ transaction }) => transaction === null)) return null;
    const processes = processesOf(this.#group);
    const abandoned = new Map<number, Send>();
    const kept = new Set<number>();
    for (const send of this.#history.sends) {
      const { input, process } = send.invocation;
      if (input?.partition !== mover.partition || input.offset >= mover.offset) continue;
      if (!processes.has(process)) continue;
      const transaction = this.#history.transactionOf(send);
      if (transaction === undefined || mayHaveCommitted(transaction)) kept.add(input.offset);
      else abandoned.set(input.offset, send);
    }
    for (const [input, send] of abandoned) {
      const transaction = this.#history.transactionOf(send);
      if (transaction === undefined || kept.has(input)) continue;
      return passedOver(this.#group, fetch, mover, send, transaction, input);
    }
    return null;
  }

  /** A transaction whose offsets were seen to be in effect, and an acknowledged record of it that is missing in the end. */
  #torn(): Violation | null {
    for (const write of this.#writes) {
      const { transaction } = write;
      const fetch = transaction === null ? undefined : this.#shown.get(transaction);
      if (transaction === null || fetch === undefined) continue;
      for (const send of transaction.sends) {
        const read = this.#history.finalReads.committed.get(send.invocation.partition);
        if (
          !returnedOk(send) ||
          read === undefined ||
          this.#history.committedReads.isReadInTheEnd(send)
        )
          continue;
        return halfCommitted(this.#group, write, fetch, send, citeCompletion(read.poll));
      }
    }
    return null;
  }

  #undecided(fetch: FetchOffsets): Violation {
    const sent = this.#group.offsetSends;
    const unsettled = sent.filter((send) => mayArriveLater(this.#history, send));
    return undecided(this.#group, fetch, unsettled.at(-1) ?? sent.at(-1));
  }
}

/** Writes of one partition in order, all of them and by the offset that they wrote. */
interface PartitionWrites {
  readonly inOrder: OffsetWrite[];
  readonly byOffset: Map<number, OffsetWrite[]>;
}

function writesByPartition(writes: readonly OffsetWrite[]): ReadonlyMap<string, PartitionWrites> {
  const byPartition = new Map<string, PartitionWrites>();
  for (const write of writes) {
    let found = byPartition.get(write.partition);
    if (found === undefined) {
      found = { inOrder: [], byOffset: new Map() };
      byPartition.set(write.partition, found);
    }
    found.inOrder.push(write);
    const same = found.byOffset.get(write.offset);
    if (same === undefined) found.byOffset.set(write.offset, [write]);
    else same.push(write);
  }
  return byPartition;
}

/** Index of the first write that began behind a position. */
function firstAfter(writes: readonly OffsetWrite[], position: number): number {
  return partitionPoint(writes.length, (index) => writes[index]!.from <= position);
}

function reached(history: HistoryIndex): boolean {
  for (const group of history.groups) {
    const processes = processesOf(group);
    const asked = group.fetches.findLast(returnedOk)?.invokedAt ?? -1;
    for (const transaction of history.transactions) {
      if (!processes.has(transaction.process) || transaction.toldCommitted !== null) continue;
      if (workOf(transaction).some((work) => !failed(work) && work.invokedAt < asked)) return true;
    }
  }
  return false;
}

/** What of a transaction concerns the offsets of its group: those that it sent, and the outputs of what it read. */
function workOf({ offsetSends, sends }: ClientTransaction): readonly Operation[] {
  return [...offsetSends, ...sends.filter(({ invocation }) => invocation.input !== undefined)];
}
