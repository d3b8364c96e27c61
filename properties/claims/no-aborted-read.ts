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
import type { WholeClaim } from './claim.ts';

export const noAbortedRead: WholeClaim = {
  name: 'NoAbortedRead',
  statement:
    'Readers of committed records never return a record of an aborted, undecided or failed transaction, nor one that nobody sent.',
  source: 'KIP-98 (read_committed), Fetcher and CompletedFetch of the Java consumer',
  needs: ['committed-reads'],
  keeps:
    'every record that was read, and how its transaction ended: an abort may be told later than the read',
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
  const { recordsRead } = history;
  for (const poll of history.committedPolls) {
    for (let row = poll.firstRow; row < poll.endRow; row += 1) {
      const send = recordsRead.sendAt(row);
      if (isLawful(history, poll, send)) continue;
      const record = { offset: recordsRead.offsetAt(row), value: recordsRead.valueAt(row) };
      return argue(history, poll, record, send);
    }
  }
  return null;
}

/** Sent to there before, and of no transaction, or of one that its client had asked to commit, and not seen aborted. */
function isLawful(history: HistoryIndex, poll: Poll, send: Send | undefined): send is Send {
  if (send === undefined || isElsewhere(send, poll) || failed(send)) return false;
  const transaction = history.transactionOf(send);
  if (transaction === undefined) return true;
  return transaction.toldAborted === null && transaction.mayHaveCommittedBefore(poll.completedAt);
}

/** It was not sent to this partition, or later. */
function isElsewhere({ invokedAt, invocation }: Send, poll: Poll): boolean {
  return invokedAt > poll.completedAt || invocation.partition !== poll.invocation.partition;
}

/** Of a record that is not lawful. */
function argue(
  history: HistoryIndex,
  poll: Poll,
  record: RecordRead,
  send: Send | undefined,
): Violation | null {
  if (send === undefined || isElsewhere(send, poll)) return garbage(poll, record, send);
  if (failed(send)) return failedSend(poll, record, send);
  const transaction = history.transactionOf(send);
  if (transaction === undefined) return null;
  const aborted = transaction.toldAborted;
  if (aborted !== null) return abortedRead(poll, record, transaction, aborted);
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
  const { finalReads, recordsRead, committedReads } = history;
  for (const read of finalReads.uncommitted.values()) {
    const visible = finalReads.committed.get(read.partition);
    if (visible === undefined) continue;
    for (const row of read.rows()) {
      if (recordsRead.offsetAt(row) >= visible.position) continue;
      const value = recordsRead.valueAt(row);
      if (value === null) continue;
      const send = recordsRead.sendAt(row);
      const isVisible =
        send === undefined
          ? visible.offsetOf(value) !== undefined
          : committedReads.isReadInTheEnd(send);
      if (!isVisible) return true;
    }
  }
  return false;
}
