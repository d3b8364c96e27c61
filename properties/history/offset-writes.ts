/**
 * Writes of a group's offsets, each with what the history says of when it can have taken effect. A group keeps one offset
 * for each partition, that of the record written last: the order is that of the requests, not that of the markers
 * (OffsetMetadataManager.replayEndTransactionMarker).
 */

import { attemptsDuring, wentUnanswered } from './attempts.ts';
import type { HistoryIndex } from './history-index.ts';
import {
  failed,
  NEVER,
  returnedOk,
  type ClientTransaction,
  type CommitOffsets,
  type GroupHistory,
  type Operation,
  type SendOffsets,
} from './operations.ts';

export interface OffsetWrite {
  readonly operation: SendOffsets | CommitOffsets;
  /** Null: a plain commit. */
  readonly transaction: ClientTransaction | null;
  readonly partition: string;
  readonly offset: number;
  /** The record was written between these two positions, if at all; `until` is `NEVER` while a request may still arrive. */
  readonly from: number;
  readonly until: number;
  /** Before this position nobody can have seen it: of a transaction, before its commit was asked for. */
  readonly visibleFrom: number;
  /** From this position on it is certainly in effect; `NEVER`: it may have had none. */
  readonly effectiveFrom: number;
}

/** Every write that may have taken effect, in order of invocation: none of transactions that were aborted. */
export function offsetWrites(history: HistoryIndex, group: GroupHistory): readonly OffsetWrite[] {
  return [
    ...group.offsetSends.flatMap((operation) => writesInTransaction(history, operation)),
    ...group.commits.flatMap((operation) => plainWrites(history, operation)),
  ].toSorted((one, other) => one.from - other.from);
}

/** Whether a request of it may still have been under way when its client was answered, or gave up. */
export function mayArriveLater(history: HistoryIndex, operation: SendOffsets): boolean {
  return settledAt(history, operation, 'TxnOffsetCommit') === NEVER;
}

function writesInTransaction(
  history: HistoryIndex,
  operation: SendOffsets,
): readonly OffsetWrite[] {
  const { process, transaction: ordinal, offsets } = operation.invocation;
  const transaction = history.transaction(process, ordinal);
  if (transaction === undefined || failed(operation) || !mayHaveCommitted(transaction)) return [];
  const ended = transaction.toldCommitted?.completedAt ?? NEVER;
  const commits = transaction.ends.filter(
    (end) => end.invocation.call === 'commit' && !failed(end),
  );
  const known = returnedOk(operation) ? knownCommittedAt(history, transaction) : NEVER;
  return offsets.map(({ partition, offset }) => ({
    operation,
    transaction,
    partition,
    offset,
    from: operation.invokedAt,
    // Once the transaction has ended no request of it is let in any more.
    until: Math.min(settledAt(history, operation, 'TxnOffsetCommit'), ended),
    visibleFrom: commits[0]!.invokedAt,
    effectiveFrom: known,
  }));
}

function plainWrites(history: HistoryIndex, operation: CommitOffsets): readonly OffsetWrite[] {
  if (failed(operation)) return [];
  return operation.invocation.offsets.map(({ partition, offset }) => ({
    operation,
    transaction: null,
    partition,
    offset,
    from: operation.invokedAt,
    until: settledAt(history, operation, 'OffsetCommit'),
    visibleFrom: operation.invokedAt,
    effectiveFrom: returnedOk(operation) ? operation.completedAt : NEVER,
  }));
}

/** Whether its client asked for a commit that could have happened, and was not told that it was aborted. */
export function mayHaveCommitted(transaction: ClientTransaction): boolean {
  return transaction.toldAborted === null && transaction.mayHaveCommittedBefore(NEVER);
}

/** Where the history first shows that the transaction was committed: its client was told, or a record of it was read. */
function knownCommittedAt(history: HistoryIndex, transaction: ClientTransaction): number {
  const { toldCommitted } = transaction;
  if (toldCommitted !== null) return toldCommitted.completedAt;
  for (const send of transaction.sends) {
    if (!history.committedReads.isReadInTheEnd(send)) continue;
    const read = history.finalReads.committed.get(send.invocation.partition);
    if (read !== undefined) return read.poll.completedAt;
  }
  return NEVER;
}

/** Where the last request of an operation was certainly over; one that went unanswered may arrive at any time. */
function settledAt(
  history: HistoryIndex,
  operation: Operation,
  api: 'TxnOffsetCommit' | 'OffsetCommit',
): number {
  if (!returnedOk(operation)) return NEVER;
  for (const attempt of attemptsDuring(history, operation, api)) {
    if (wentUnanswered(attempt)) return NEVER;
  }
  return operation.completedAt;
}
