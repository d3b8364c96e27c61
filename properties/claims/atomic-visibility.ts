/**
 * AtomicVisibility: all partitions of a transaction share one outcome. It is judged at quiescence only, because
 * Kafka does not promise that partitions show a commit at the same moment.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { FinalRead } from '../history/final-reads.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import {
  NEVER,
  failed,
  returnedOk,
  type ClientTransaction,
  type Operation,
  type Send,
  citeInvocation,
  citeCompletion,
} from '../history/operations.ts';
import type { WholeClaim } from './claim.ts';
import { partitionPoint } from '../history/partition-point.ts';

export const atomicVisibility: WholeClaim = {
  name: 'AtomicVisibility',
  statement:
    'In the final reads of committed records either all acknowledged records of a transaction are there or none is, as its client was told.',
  source: 'KIP-98 (atomic multi-partition writes), TransactionCoordinator.endTransaction',
  needs: ['transactions', 'final-committed-reads'],
  keeps: 'the sends of every transaction: only the final reads show what became of them',
  violation,
  witness: {
    situation:
      'a transaction of two or more partitions became visible although its producer crashed or was left without an answer between its begin and its end',
    advice:
      'raise --scenarios, and keep crash-producer, lose-request or lose-response in --faults, so that more transactions meet one',
    needs: [],
    reached,
  },
};

interface RecordSeen {
  readonly send: Send;
  /** The final read of committed records on the partition that it was sent to. */
  readonly read: FinalRead;
}

function violation(history: HistoryIndex): Violation | null {
  for (const transaction of history.transactions) {
    const found = torn(history, transaction);
    if (found !== null) return found;
  }
  return null;
}

function torn(history: HistoryIndex, transaction: ClientTransaction): Violation | null {
  const { committed } = history.finalReads;
  let visible: RecordSeen | null = null;
  let missing: RecordSeen | null = null;
  for (const send of transaction.sends) {
    const read = committed.get(send.invocation.partition);
    if (read === undefined) continue;
    if (history.committedReads.isReadInTheEnd(send)) visible ??= { send, read };
    // A send without acknowledgement may be missing: nobody was told that it is in the log.
    else if (returnedOk(send)) missing ??= { send, read };
  }
  if (missing !== null && transaction.toldCommitted !== null) {
    return incomplete(transaction, missing, transaction.toldCommitted);
  }
  if (visible !== null && transaction.toldAborted !== null) {
    return resurrected(transaction, visible, transaction.toldAborted);
  }
  return visible !== null && missing !== null ? divided(transaction, visible, missing) : null;
}

function placeOf({ send, read }: RecordSeen): string {
  const { value, partition } = send.invocation;
  return `The final read of committed records on ${partition} (${citeCompletion(read.poll)}) has ${value}.`;
}

function acknowledged({ send, read }: RecordSeen): string[] {
  const { value, partition, process } = send.invocation;
  return [
    `${process} was told that ${value} is in ${partition} (${citeCompletion(send)}).`,
    `The final read of committed records on ${partition} (${citeCompletion(read.poll)}) has no ${value}${stuck(send, read)}.`,
  ];
}

/** Says when the record was never passed, because something before it is still open. */
function stuck(send: Send, read: FinalRead): string {
  const offset = send.completion?.type === 'ok' ? (send.completion.offset ?? -1) : -1;
  return read.lastStableOffset < read.highWatermark && offset >= read.lastStableOffset
    ? `: it ends at the last stable offset ${read.lastStableOffset}, before the record's offset ${offset}`
    : '';
}

function incomplete(
  transaction: ClientTransaction,
  missing: RecordSeen,
  commit: Operation,
): Violation {
  return {
    message: `${missing.send.invocation.value} of ${transaction.name}, which was committed, is missing from ${missing.read.partition}`,
    events: [missing.send.completedAt, missing.read.poll.completedAt],
    why: [
      `${transaction.process} was told that ${transaction.name} is committed (${citeCompletion(commit)}).`,
      ...acknowledged(missing),
      'A committed transaction is visible as a whole, and this record of it is not: a contradiction.',
    ],
  };
}

function resurrected(
  transaction: ClientTransaction,
  visible: RecordSeen,
  abort: Operation,
): Violation {
  return {
    message: `${visible.send.invocation.value} of ${transaction.name}, which was aborted, is visible in ${visible.read.partition}`,
    events: [abort.completedAt, visible.read.poll.completedAt],
    why: [
      `${transaction.process} sent ${visible.send.invocation.value} in ${transaction.name} (${citeInvocation(visible.send)}).`,
      `It was told that the transaction is aborted (${citeCompletion(abort)}).`,
      placeOf(visible),
      'Nothing of an aborted transaction is visible, and this record of it is: a contradiction.',
    ],
  };
}

function divided(
  transaction: ClientTransaction,
  visible: RecordSeen,
  missing: RecordSeen,
): Violation {
  return {
    message: `${transaction.name} is torn: ${visible.send.invocation.value} is visible in ${visible.read.partition}, ${missing.send.invocation.value} is missing from ${missing.read.partition}`,
    events: [missing.send.completedAt, visible.read.poll.completedAt],
    why: [
      `${transaction.process} sent both in ${transaction.name} (${citeInvocation(visible.send)} and ${citeInvocation(missing.send)}); it was not told how that transaction ended.`,
      placeOf(visible),
      'So the transaction was committed.',
      ...acknowledged(missing),
      'So the transaction was not committed: a contradiction.',
    ],
  };
}

function reached(history: HistoryIndex): boolean {
  const faults = faultsOf(history);
  return history.transactions.some((transaction) => {
    const positions = faults.get(transaction.process);
    if (positions === undefined) return false;
    const endedAt = Math.max(...transaction.ends.map(({ completedAt }) => completedAt), -1);
    const until = endedAt === -1 ? NEVER : endedAt;
    return (
      firstAfter(positions, transaction.begin.invokedAt) < until &&
      visiblePartitions(history, transaction).size >= 2
    );
  });
}

/** By process: where it was left without an answer, and where it crashed, in order. */
function faultsOf(history: HistoryIndex): ReadonlyMap<string, readonly number[]> {
  const faults = new Map<string, number[]>();
  const add = (process: string, at: number): void => {
    const positions = faults.get(process);
    if (positions === undefined) faults.set(process, [at]);
    else positions.push(at);
  };
  for (const { request, errorCode, answeredAt, sentAt } of history.attempts) {
    if (errorCode === null) add(request.process, answeredAt);
    if (errorCode === undefined) add(request.process, sentAt);
  }
  for (const { process, at } of history.crashes) add(process, at);
  for (const positions of faults.values()) positions.sort((left, right) => left - right);
  return faults;
}

/** The first of these positions that comes after one; `NEVER`: none. */
function firstAfter(positions: readonly number[], position: number): number {
  const first = partitionPoint(positions.length, (index) => positions[index]! <= position);
  return positions[first] ?? NEVER;
}

function visiblePartitions(
  history: HistoryIndex,
  transaction: ClientTransaction,
): ReadonlySet<string> {
  const partitions = new Set<string>();
  for (const send of transaction.sends) {
    if (!failed(send) && history.committedReads.isReadInTheEnd(send))
      partitions.add(send.invocation.partition);
  }
  return partitions;
}
