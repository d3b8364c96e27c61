/**
 * HonestErrors: what a client is told is so. A definite failure has no effect, success is durable and complete, and an
 * error is of the class that its producer takes it for: what can be retried is retried, what is fatal ends it.
 */

import { ERROR_CODES } from '../../protocol/error-codes.ts';
import type { Violation } from '../../reports/evidence/finding.ts';
import { attemptsDuring } from '../history/attempts.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import {
  failed,
  returnedOk,
  type ClientTransaction,
  type End,
  type Operation,
  type Poll,
  type Send,
  citeInvocation,
  citeCompletion,
} from '../history/operations.ts';
import { acknowledgedOffset, passedOver } from '../history/sightings.ts';
import type { WholeClaim } from './claim.ts';
import { wrongClass } from './error-classes.ts';

export const honestErrors: WholeClaim = {
  name: 'HonestErrors',
  statement:
    'What a call told to have failed for certain is never seen; what it told to have succeeded is durable and complete; and a producer retries what can be retried and stops at what is fatal.',
  source: 'KIP-1050 (error classes), KafkaProducer.commitTransaction, KAFKA-13574',
  needs: [],
  keeps:
    'every send, and every transaction that ended: a reader may contradict what was told; requests, by which the answer is found that ended a call',
  violation,
  witness: {
    situation: 'a send, a commit or an abort was told an error that a broker had answered',
    advice: 'raise --scenarios, and keep zombie or time-out-transaction in --faults',
    needs: [],
    reached,
  },
};

function violation(history: HistoryIndex): Violation | null {
  for (const send of history.sends) {
    const found = dishonestSend(history, send);
    if (found !== null) return found;
  }
  for (const transaction of history.transactions) {
    const found = dishonestEnd(history, transaction);
    if (found !== null) return found;
  }
  return wrongClass(history);
}

function dishonestSend(history: HistoryIndex, send: Send): Violation | null {
  if (failed(send)) {
    const poll =
      history.committedReads.firstPollOf(send) ?? history.uncommittedReads.firstPollOf(send);
    if (poll === undefined || wasCopied(history, send)) return null;
    return failedAndRead(send, poll);
  }
  if (!returnedOk(send)) return null;
  const last = history.finalReads.uncommitted.get(send.invocation.partition);
  if (last === undefined || history.uncommittedReads.isReadInTheEnd(send)) return null;
  return last.position > acknowledgedOffset(send) ? writtenAndGone(send, last.poll) : null;
}

function dishonestEnd(history: HistoryIndex, transaction: ClientTransaction): Violation | null {
  const { toldCommitted, toldAborted } = transaction;
  if (toldCommitted !== null) {
    const left = transaction.sends.find(
      (send) => !returnedOk(send) || send.completedAt > toldCommitted.completedAt,
    );
    if (left !== undefined) return committedWithout(transaction, toldCommitted, left);
    return committedInVain(history, transaction, toldCommitted);
  }
  const refused = transaction.ends.find((end) => end.invocation.call === 'commit' && failed(end));
  if (toldAborted === null && refused === undefined) return null;
  for (const send of transaction.sends) {
    const { invocation } = send;
    const poll = history.committedReads.firstPollOf(send);
    if (poll === undefined) continue;
    if (toldAborted !== null) return abortedAndRead(transaction, toldAborted, invocation, poll);
    if (refused === undefined || transaction.mayHaveCommittedBefore(poll.completedAt)) continue;
    return refusedAndRead(transaction, refused, invocation, poll);
  }
  return null;
}

/** What the network repeated may take effect although every answer was an error: no client can know of it. */
function wasCopied(history: HistoryIndex, send: Send): boolean {
  for (const { request, copied } of attemptsDuring(history, send, 'Produce')) {
    if (copied && request.partition === send.invocation.partition) return true;
  }
  return false;
}

function failedAndRead(send: Send, poll: Poll): Violation {
  const { process, partition, value } = send.invocation;
  return {
    message: `the send of ${value} was told to have failed for certain, and ${value} is in ${partition}`,
    events: [send.completedAt, poll.completedAt],
    why: [
      `${process} sent ${value} to ${partition} (${citeInvocation(send)}) and was told that it failed for certain (${citeCompletion(send)}).`,
      readBy(poll, value),
      'What failed for certain was not written, and this record was: a contradiction.',
    ],
  };
}

function writtenAndGone(send: Send, poll: Poll): Violation {
  const { process, partition, value } = send.invocation;
  return {
    message: `the send of ${value} was told to have succeeded, and ${value} is not in ${partition}`,
    events: [send.completedAt, poll.completedAt],
    why: [
      `${process} sent ${value} to ${partition} (${citeInvocation(send)}) and was told that it is written at offset ${acknowledgedOffset(send)} (${citeCompletion(send)}).`,
      `The final read of all records of ${partition} went past that offset and has no ${value} (${citeCompletion(poll)}).`,
      'What was acknowledged is durable, and this record is gone: a contradiction.',
    ],
  };
}

function committedWithout(transaction: ClientTransaction, commit: End, left: Send): Violation {
  const { process, value } = left.invocation;
  const isLater = returnedOk(left) || left.completion === null;
  const instead = isLater
    ? 'by then it had not been told that it was written'
    : `it was told otherwise (${citeCompletion(left)})`;
  return {
    message: `the commit of ${transaction.name} was told to have succeeded without ${value}, whose send had not`,
    events: [left.invokedAt, commit.completedAt],
    why: [
      `${process} sent ${value} in ${transaction.name} (${citeInvocation(left)}); ${instead}.`,
      `It was told that the transaction is committed (${citeCompletion(commit)}).`,
      'A commit that succeeds has every record of its transaction, and this one leaves a record out: a contradiction.',
    ],
  };
}

function committedInVain(
  history: HistoryIndex,
  transaction: ClientTransaction,
  commit: End,
): Violation | null {
  for (const send of transaction.sends) {
    const poll = passedOver(history, send);
    if (poll === undefined) continue;
    const { process, partition, value } = send.invocation;
    return {
      message: `the commit of ${transaction.name} was told to have succeeded, and ${value} of it is not visible in ${partition}`,
      events: [send.completedAt, poll.completedAt],
      why: [
        `${process} was told that ${value} is at offset ${acknowledgedOffset(send)} of ${partition} (${citeCompletion(send)}), and that ${transaction.name} is committed (${citeCompletion(commit)}).`,
        `A reader of committed records went past that offset and did not return it (${citeCompletion(poll)}).`,
        'What was told to be committed is visible to whoever goes past it, and this record is not: a contradiction.',
      ],
    };
  }
  return null;
}

function abortedAndRead(
  transaction: ClientTransaction,
  abort: End,
  { process, value }: Send['invocation'],
  poll: Poll,
): Violation {
  return {
    message: `the abort of ${transaction.name} was told to have succeeded, and ${value} of it is visible in ${poll.invocation.partition}`,
    events: [abort.completedAt, poll.completedAt],
    why: [
      `${process} was told that ${transaction.name}, to which ${value} belongs, is aborted (${citeCompletion(abort)}).`,
      readBy(poll, value),
      'Nothing of what was told to be aborted is visible, and this record is: a contradiction.',
    ],
  };
}

function refusedAndRead(
  transaction: ClientTransaction,
  refused: End,
  { process, value }: Send['invocation'],
  poll: Poll,
): Violation {
  return {
    message: `the commit of ${transaction.name} was told to have failed for certain, and ${value} of it is visible in ${poll.invocation.partition}`,
    events: [refused.completedAt, poll.completedAt],
    why: [
      `${process} asked for the commit of ${transaction.name}, to which ${value} belongs (${citeInvocation(refused)}), and was told that it failed for certain (${citeCompletion(refused)}); by then it had asked for no other.`,
      readBy(poll, value),
      'What failed for certain had no effect, and this commit had: a contradiction.',
    ],
  };
}

function readBy(poll: Poll, value: string): string {
  const { isolation, partition } = poll.invocation;
  const reader = isolation === 'read_committed' ? 'committed' : 'all';
  return `A reader of ${reader} records returned ${value} from ${partition} (${citeCompletion(poll)}).`;
}

function reached(history: HistoryIndex): boolean {
  if (history.sends.some(toldAnErrorCode)) return true;
  return history.transactions.some(({ ends }) => ends.some(toldAnErrorCode));
}

/** A broker's, and no time-out of the client's own. */
function toldAnErrorCode({ completion }: Operation): boolean {
  return completion !== null && completion.type !== 'ok' && completion.error in ERROR_CODES;
}
