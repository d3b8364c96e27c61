/**
 * Writes of a group's offsets, each with what the history says of when it can have taken effect. A group keeps one offset
 * for each partition, that of the record written last: the order is that of the requests, not that of the markers
 * (OffsetMetadataManager.replayEndTransactionMarker).
 */

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
  type WireAttempt,
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
  const unanswered = unansweredCommits(history);
  return [
    ...group.offsetSends.flatMap((operation) =>
      writesInTransaction(history, operation, unanswered),
    ),
    ...group.commits.flatMap((operation) => plainWrites(operation, unanswered)),
  ].toSorted((one, other) => one.from - other.from);
}

/** Whether a request of it may still have been under way when its client was answered, or gave up. */
export function mayArriveLater(history: HistoryIndex, operation: SendOffsets): boolean {
  return settledAt(operation, 'TxnOffsetCommit', unansweredCommits(history)) === NEVER;
}

function unansweredCommits(history: HistoryIndex): readonly WireAttempt[] {
  return history.attempts.filter(
    ({ request, errorCode }) =>
      (request.api === 'TxnOffsetCommit' || request.api === 'OffsetCommit') &&
      (errorCode === null || errorCode === undefined),
  );
}

function writesInTransaction(
  history: HistoryIndex,
  operation: SendOffsets,
  unanswered: readonly WireAttempt[],
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
    until: Math.min(settledAt(operation, 'TxnOffsetCommit', unanswered), ended),
    visibleFrom: commits[0]!.invokedAt,
    effectiveFrom: known,
  }));
}

function plainWrites(
  operation: CommitOffsets,
  unanswered: readonly WireAttempt[],
): readonly OffsetWrite[] {
  if (failed(operation)) return [];
  return operation.invocation.offsets.map(({ partition, offset }) => ({
    operation,
    transaction: null,
    partition,
    offset,
    from: operation.invokedAt,
    until: settledAt(operation, 'OffsetCommit', unanswered),
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
  for (const { invocation } of transaction.sends) {
    const read = history.finalReads.committed.get(invocation.partition);
    if (read?.offsets.has(invocation.value)) return read.poll.completedAt;
  }
  return NEVER;
}

/** Where the last request of an operation was certainly over; one that went unanswered may arrive at any time. */
function settledAt(
  { invocation, invokedAt, completedAt, completion }: Operation,
  api: 'TxnOffsetCommit' | 'OffsetCommit',
  unanswered: readonly WireAttempt[],
): number {
  if (completion?.type !== 'ok') return NEVER;
  const isOpen = unanswered.some(
    ({ request, sentAt }) =>
      request.process === invocation.process &&
      request.api === api &&
      sentAt > invokedAt &&
      sentAt < completedAt,
  );
  return isOpen ? NEVER : completedAt;
}
