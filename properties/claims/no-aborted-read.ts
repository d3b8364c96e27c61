/**
 * NoAbortedRead: what a reader of committed records returns was sent by somebody, to that partition, and belongs to
 * no transaction that was aborted, is undecided, or certainly failed. Adya's G1a and the garbage read.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import {
  failed,
  type ClientTransaction,
  type Operation,
  type Poll,
  type RecordRead,
  type Send,
  citeInvocation,
  citeCompletion,
} from '../history/operations.ts';
import type { Claim } from './claim.ts';

export const noAbortedRead: Claim = {
  name: 'NoAbortedRead',
  statement:
    'Readers of committed records never return a record of an aborted, undecided or failed transaction, nor one that nobody sent.',
  source: 'KIP-98 (read_committed), Fetcher and CompletedFetch of the Java consumer',
  needs: ['committed-reads'],
  violation,
  witness: {
    situation:
      'readers of uncommitted records returned a record that readers of committed records passed over',
    advice: 'raise --scenarios, so that more transactions are aborted or cut short',
    needs: ['final-committed-reads', 'final-uncommitted-reads'],
    reached,
  },
};

function violation(history: HistoryIndex): Violation | null {
  for (const poll of history.committedPolls) {
    const { records = [] } = poll.completion;
    const sends = history.sendsRead(poll);
    for (let index = 0; index < records.length; index += 1) {
      const found = unlawful(history, poll, records[index]!, sends[index]);
      if (found !== null) return found;
    }
  }
  return null;
}

function unlawful(
  history: HistoryIndex,
  poll: Poll,
  record: RecordRead,
  send: Send | undefined,
): Violation | null {
  if (
    send === undefined ||
    send.invokedAt > poll.completedAt ||
    send.invocation.partition !== poll.invocation.partition
  ) {
    return garbage(poll, record, send);
  }
  if (failed(send)) return failedSend(poll, record, send);
  const transaction = history.transactionOf(send);
  if (transaction === undefined) return null;
  const aborted = transaction.toldAborted;
  if (aborted !== null) return abortedRead(poll, record, transaction, aborted);
  if (transaction.mayHaveCommittedBefore(poll.completedAt)) return null;
  return undecidedRead(poll, record, transaction, send);
}

function readAt(poll: Poll, record: RecordRead): string {
  return `A reader of committed records returned ${record.value ?? 'a record without value'} from offset ${record.offset} of ${poll.invocation.partition} (${citeCompletion(poll)}).`;
}

function garbage(poll: Poll, record: RecordRead, send: Send | undefined): Violation {
  const { partition } = poll.invocation;
  const name = record.value ?? 'a record without value';
  return {
    message: `${name}, read at offset ${record.offset} of ${partition}, is a record that nobody had sent there`,
    events: [poll.invokedAt, poll.completedAt],
    why: [
      readAt(poll, record),
      send === undefined
        ? 'No send of the history carries it; every record that clients write has a value of its own, and control records are not for applications.'
        : `Its only send, by ${send.invocation.process}, went to ${send.invocation.partition} and began at ${citeInvocation(send)}.`,
      'So the record was readable without having been written: a contradiction.',
    ],
  };
}

function failedSend(poll: Poll, record: RecordRead, send: Send): Violation {
  return {
    message: `${record.value} is readable although its send was told to have failed`,
    events: [send.completedAt, poll.completedAt],
    why: [
      `${send.invocation.process} sent ${record.value} (${citeInvocation(send)}) and was told that it failed for certain (${citeCompletion(send)}).`,
      readAt(poll, record),
      'What certainly had no effect was read: a contradiction.',
    ],
  };
}

function abortedRead(
  poll: Poll,
  record: RecordRead,
  transaction: ClientTransaction,
  abort: Operation,
): Violation {
  return {
    message: `${record.value} of ${transaction.name}, which was aborted, was read as committed from ${poll.invocation.partition}`,
    events: [abort.completedAt, poll.completedAt],
    why: [
      `${transaction.process} sent ${record.value} in ${transaction.name} (begun at ${citeInvocation(transaction.begin)}).`,
      `It asked for an abort of that transaction (${citeInvocation(abort)}) and was told that it happened (${citeCompletion(abort)}).`,
      readAt(poll, record),
      'The transaction is aborted, yet a record of it was read as committed: a contradiction.',
    ],
  };
}

function undecidedRead(
  poll: Poll,
  record: RecordRead,
  transaction: ClientTransaction,
  send: Send,
): Violation {
  const refused = transaction.ends.find(
    (end) => end.invocation.call === 'commit' && end.invokedAt < poll.completedAt && failed(end),
  );
  return {
    message: `${record.value} of ${transaction.name} was read as committed from ${poll.invocation.partition}, but nobody could have committed it`,
    events: [refused?.completedAt ?? send.invokedAt, poll.completedAt],
    why: [
      `${transaction.process} sent ${record.value} in ${transaction.name} (${citeInvocation(send)}).`,
      readAt(poll, record),
      refused === undefined
        ? 'Until then it had not asked for a commit of that transaction.'
        : `Its commit (asked for at ${citeInvocation(refused)}) was told to have failed for certain (${citeCompletion(refused)}).`,
      'Only a commit makes a record readable as committed, and there was none: a contradiction.',
    ],
  };
}

function reached(history: HistoryIndex): boolean {
  const { committed } = history.finalReads;
  for (const poll of history.uncommittedPolls) {
    const visible = committed.get(poll.invocation.partition);
    if (visible === undefined || !poll.invocation.final) continue;
    const sends = history.sendsRead(poll);
    for (const [index, { offset, value }] of (poll.completion.records ?? []).entries()) {
      if (value === null || offset >= visible.position) continue;
      const send = sends[index];
      const isVisible =
        send === undefined ? visible.offsets.has(value) : history.isInFinalRead(send);
      if (!isVisible) return true;
    }
  }
  return false;
}
