/**
 * LastStableOffset: what readers are told of how far a partition is stable. It is judged against what clients did
 * later: a transaction whose client asks for its commit, and is told that it happened, was undecided until it asked.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import {
  type EndOffset,
  type Ok,
  type Poll,
  type Send,
  citeInvocation,
  citeCompletion,
} from '../history/operations.ts';
import { acknowledgedOffset } from '../history/sightings.ts';
import type { Claim } from './claim.ts';

export const lastStableOffset: Claim = {
  name: 'LastStableOffset',
  statement:
    'The last stable offset that a reader is told is not above the high watermark, not above any record of a transaction whose commit is yet to be asked for, and never below what the same reader was told before.',
  source: 'KIP-98 (LSO), UnifiedLog.lastStableOffset; KIP-207 for ListOffsets',
  needs: ['stable-offsets'],
  keeps:
    'of each partition the answers that were higher than all before, and the records of transactions that are not decided',
  violation,
  witness: {
    situation: 'a reader was told a last stable offset below the high watermark',
    advice: 'raise --scenarios, so that readers meet more transactions while they are open',
    needs: ['stable-offsets'],
    reached,
  },
};

/** An answer that says, or is, a last stable offset. */
interface Answer {
  readonly operation: Poll | EndOffset;
  readonly stable: number;
}

function violation(history: HistoryIndex): Violation | null {
  const answers: Answer[] = [];
  for (const operation of history.endsTold) {
    const stable = stableOffset(operation);
    if (stable === undefined) continue;
    const { highWatermark } = operation.completion as Ok;
    if (highWatermark !== undefined && stable > highWatermark) {
      return aboveHighWatermark(operation, stable, highWatermark);
    }
    // After quiescence nothing is undecided, and every reader is a new one.
    if (operation.invokedAt < history.quiescentSince) answers.push({ operation, stable });
  }
  return answers.length === 0 ? null : (wentBack(answers) ?? passedUndecided(history, answers));
}

function stableOffset({ invocation, completion }: Poll | EndOffset): number | undefined {
  const { lastStableOffset: stable, offset } = completion as Ok;
  if (invocation.call === 'poll') return stable;
  return invocation.isolation === 'read_committed' ? offset : undefined;
}

function wentBack(answers: readonly Answer[]): Violation | null {
  /** By process and partition, in order, those that were higher than all before. */
  const told = new Map<string, Map<string, Answer[]>>();
  for (const answer of answers) {
    const { process, partition } = answer.operation.invocation;
    let ofProcess = told.get(process);
    if (ofProcess === undefined) told.set(process, (ofProcess = new Map<string, Answer[]>()));
    const rises = ofProcess.get(partition);
    if (rises === undefined) ofProcess.set(partition, [answer]);
    else if (answer.stable > rises.at(-1)!.stable) rises.push(answer);
    else if (answer.stable < rises.at(-1)!.stable) {
      const before = firstBeyond(rises, answer.stable);
      // Of two questions that overlapped the answers may come in either order.
      if (before !== undefined && before.operation.completedAt < answer.operation.invokedAt) {
        return regressed(before, answer);
      }
    }
  }
  return null;
}

function passedUndecided(history: HistoryIndex, answers: readonly Answer[]): Violation | null {
  const risen = risesByPartition(answers);
  for (const transaction of history.transactions) {
    const commit = transaction.toldCommitted;
    if (commit === null) continue;
    const asked = transaction.ends[0]?.invokedAt ?? commit.invokedAt;
    for (const send of transaction.sends) {
      const offset = acknowledgedOffset(send);
      if (offset === -1) continue;
      // The first answer beyond the record is the earliest of all.
      const first = firstBeyond(risen.get(send.invocation.partition) ?? [], offset);
      if (first !== undefined && first.operation.completedAt < asked) {
        return undecided(send, offset, first, asked, transaction.name);
      }
    }
  }
  return null;
}

/** By partition, the answers that were higher than all before. */
function risesByPartition(answers: readonly Answer[]): ReadonlyMap<string, readonly Answer[]> {
  const rises = new Map<string, Answer[]>();
  for (const answer of answers) {
    const { partition } = answer.operation.invocation;
    const list = rises.get(partition);
    if (list === undefined) rises.set(partition, [answer]);
    else if (answer.stable > list.at(-1)!.stable) list.push(answer);
  }
  return rises;
}

/** Of answers that rise, the first that is higher. */
function firstBeyond(rises: readonly Answer[], offset: number): Answer | undefined {
  let low = 0;
  let high = rises.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rises[middle]!.stable <= offset) low = middle + 1;
    else high = middle;
  }
  return rises[low];
}

function aboveHighWatermark(
  poll: Poll | EndOffset,
  stable: number,
  highWatermark: number,
): Violation {
  const { partition } = poll.invocation;
  return {
    message: `the last stable offset of ${partition} was told as ${stable}, above its high watermark ${highWatermark}`,
    events: [poll.invokedAt, poll.completedAt],
    why: [
      `A poll of ${partition} was told last stable offset ${stable} and high watermark ${highWatermark} (${citeCompletion(poll)}).`,
      'Beyond the high watermark a record can still be lost, hence nothing there is stable: a contradiction.',
    ],
  };
}

function regressed(before: Answer, after: Answer): Violation {
  const { process, partition } = after.operation.invocation;
  return {
    message: `the last stable offset of ${partition} went back from ${before.stable} to ${after.stable} for ${process}`,
    events: [before.operation.completedAt, after.operation.completedAt],
    why: [
      `${process} was told that ${partition} is stable up to offset ${before.stable} (${citeCompletion(before.operation)}).`,
      `It asked again (${citeInvocation(after.operation)}) and was told offset ${after.stable} (${citeCompletion(after.operation)}).`,
      'What was stable stays so, and here it does not: a contradiction.',
    ],
  };
}

function undecided(
  send: Send,
  offset: number,
  told: Answer,
  asked: number,
  transaction: string,
): Violation {
  const { process, partition, value } = send.invocation;
  return {
    message: `${partition} was told to be stable up to offset ${told.stable}, past ${value} of ${transaction}, which was undecided`,
    events: [send.completedAt, told.operation.completedAt],
    why: [
      `${process} sent ${value} in ${transaction} and was told that it is at offset ${offset} of ${partition} (${citeCompletion(send)}).`,
      `${told.operation.invocation.process} was told that ${partition} is stable up to offset ${told.stable} (${citeCompletion(told.operation)}).`,
      `Only after that did ${process} ask for an end of the transaction (event ${asked}), and was told that it is committed.`,
      'So the transaction was undecided, and what is undecided is not stable: a contradiction.',
    ],
  };
}

function reached(history: HistoryIndex): boolean {
  return history.endsTold.some(({ completion }) => {
    const { lastStableOffset: stable, highWatermark } = completion as Ok;
    return stable !== undefined && highWatermark !== undefined && stable < highWatermark;
  });
}
