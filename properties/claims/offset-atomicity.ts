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
import type { Claim } from './claim.ts';
import { halfCommitted, lost, passedOver, undecided, unwritten } from './offset-arguments.ts';

export const offsetAtomicity: Claim = {
  name: 'OffsetAtomicity',
  statement:
    "A group's committed offset moves if and only if a transaction that sent it, or a plain commit, takes effect; it never moves by itself, and never past an input whose output was aborted.",
  source: 'KIP-98 (sendOffsetsToTransaction), KIP-447, OffsetMetadataManager',
  needs: ['offset-fetches'],
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
  /** Writes that a fetch has shown to be in effect, since nothing else wrote that offset. */
  readonly #shown = new Map<OffsetWrite, FetchOffsets>();

  constructor(history: HistoryIndex, group: GroupHistory) {
    this.#history = history;
    this.#group = group;
    this.#writes = offsetWrites(history, group);
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
    const writes = this.#writes.filter((write) => write.partition === partition);
    const inEffect = writes.filter((write) => this.#isInEffect(write, fetch));
    const writers = writes.filter(
      (write) => write.offset === offset && write.visibleFrom < fetch.completedAt,
    );
    const last = writers.at(-1);
    if (last === undefined) {
      if (offset !== this.#initial(partition)) {
        return unwritten(this.#history, group, fetch, partition, offset);
      }
      const [write] = inEffect;
      return write === undefined ? null : lost(group, fetch, offset, write, null);
    }
    const supersedes = ({ until }: OffsetWrite): OffsetWrite | undefined =>
      inEffect.find(({ from }) => from > until);
    const newer = supersedes(last);
    if (newer !== undefined && writers.every((write) => supersedes(write) !== undefined)) {
      return lost(group, fetch, offset, newer, last);
    }
    if (writers.length === 1 && !this.#shown.has(last)) this.#shown.set(last, fetch);
    return fetch.invocation.final ? this.#passed(fetch, last, writes) : null;
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
    return Math.min(own, this.#shownBy(write.transaction)?.completedAt ?? NEVER);
  }

  #shownBy(transaction: ClientTransaction): FetchOffsets | undefined {
    for (const [write, fetch] of this.#shown) if (write.transaction === transaction) return fetch;
    return undefined;
  }

  /** What the group had committed before the history: what the first fetch says, if no write came before it; else nothing. */
  #initial(partition: string): number {
    const { offsetSends, commits, fetches } = this.#group;
    const firstWrite = Math.min(
      ...[...offsetSends, ...commits].map(({ invokedAt }) => invokedAt),
      NEVER,
    );
    for (const { completion, completedAt } of fetches) {
      if (completion?.type !== 'ok' || completedAt > firstWrite) continue;
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
      const fetch = transaction === null ? undefined : this.#shownBy(transaction);
      if (transaction === null || fetch === undefined) continue;
      for (const send of transaction.sends) {
        const read = this.#history.finalReads.committed.get(send.invocation.partition);
        if (!returnedOk(send) || read === undefined || read.offsets.has(send.invocation.value))
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

function reached(history: HistoryIndex): boolean {
  for (const group of history.groups) {
    const processes = processesOf(group);
    const asked = Math.max(
      ...group.fetches.filter(returnedOk).map(({ invokedAt }) => invokedAt),
      -1,
    );
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
