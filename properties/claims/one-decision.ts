/**
 * OneDecision: a transaction is decided once, and committed by its own client's commit alone. What its client was told,
 * what readers returned of it and what they passed over agree, early and late, whatever requests came before or after.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import { attemptsBetween } from '../history/attempts.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import {
  NEVER,
  returnedOk,
  type ClientTransaction,
  type End,
  type Poll,
  type Send,
  citeInvocation,
  citeCompletion,
} from '../history/operations.ts';
import { acknowledgedOffset, passedOver } from '../history/sightings.ts';
import type { WholeClaim } from './claim.ts';

export const oneDecision: WholeClaim = {
  name: 'OneDecision',
  statement:
    'Everything that clients see of a transaction speaks for one decision: what its client was told, what readers of committed records returned of it, and what they passed over; and none is committed before its client asked for it.',
  source: 'KIP-98 (the Prepare record is the decision), TransactionCoordinator.endTransaction',
  needs: ['producers'],
  keeps: 'the sends of every transaction: a reader may contradict what its client was told',
  violation,
  witness: {
    situation:
      'an EndTxn was attempted at least twice on the wire and its client was told in the end how the transaction ended',
    advice:
      'raise --scenarios, and keep lose-response, delay-request or crash-coordinator in --faults, so that clients ask again for an end',
    needs: ['wire-attempts', 'transactions'],
    reached,
  },
};

/** Where something was seen, and what it says. */
interface Sign {
  readonly at: number;
  readonly text: string;
}

function violation(history: HistoryIndex): Violation | null {
  for (const transaction of history.transactions) {
    const committed = signOfCommit(history, transaction);
    if (committed === null) continue;
    const aborted = signOfAbort(history, transaction);
    if (aborted !== null) return twoDecisions(transaction, committed, aborted);
  }
  return null;
}

function signOfCommit(history: HistoryIndex, transaction: ClientTransaction): Sign | null {
  const { toldCommitted } = transaction;
  if (toldCommitted !== null) return told(toldCommitted, 'committed');
  for (const send of transaction.sends) {
    const poll = history.committedReads.firstPollOf(send);
    if (poll !== undefined) return returned(send, poll);
  }
  return null;
}

function signOfAbort(history: HistoryIndex, transaction: ClientTransaction): Sign | null {
  const { toldAborted } = transaction;
  if (toldAborted !== null) return told(toldAborted, 'aborted');
  for (const send of transaction.sends) {
    const poll = returnedOk(send) ? passedOver(history, send) : undefined;
    if (poll !== undefined) return passed(send, poll);
  }
  return signOfNoCommit(history, transaction);
}

/** Somebody else's request decided it: it was committed by then, and its client had asked for no commit. */
function signOfNoCommit(history: HistoryIndex, transaction: ClientTransaction): Sign | null {
  for (const send of transaction.sends) {
    const poll = history.committedReads.firstPollOf(send);
    if (poll === undefined || transaction.mayHaveCommittedBefore(poll.completedAt)) continue;
    const text = `When a reader returned ${send.invocation.value} (${citeCompletion(poll)}), ${transaction.process} had asked for no commit of it, or had been refused.`;
    return { at: transaction.begin.invokedAt, text };
  }
  return null;
}

function told(end: End, outcome: 'committed' | 'aborted'): Sign {
  const text = `${end.invocation.process} was told that it is ${outcome} (${citeCompletion(end)}).`;
  return { at: end.completedAt, text };
}

function returned(send: Send, poll: Poll): Sign {
  const { value, partition } = send.invocation;
  return {
    at: poll.completedAt,
    text: `A reader of committed records returned ${value} of it from ${partition} (${citeCompletion(poll)}).`,
  };
}

function passed(send: Send, poll: Poll): Sign {
  const { value, partition } = send.invocation;
  return {
    at: send.completedAt,
    text: `${value} of it was acknowledged at offset ${acknowledgedOffset(send)} of ${partition} (${citeCompletion(send)}), and a reader of committed records passed over it (${citeCompletion(poll)}).`,
  };
}

function twoDecisions(transaction: ClientTransaction, committed: Sign, aborted: Sign): Violation {
  const [first, second] = committed.at < aborted.at ? [committed, aborted] : [aborted, committed];
  return {
    message: `${transaction.name} was both committed and not, for all that clients saw`,
    events: [first.at, second.at],
    why: [
      `${transaction.process} began ${transaction.name} (${citeInvocation(transaction.begin)}).`,
      `Of its commit speaks: ${committed.text}`,
      `Against it speaks: ${aborted.text}`,
      'A transaction has one decision, and this one has two: a contradiction.',
    ],
  };
}

function reached(history: HistoryIndex): boolean {
  if (history.attempts.length === 0) return false;
  return history.transactions.some((transaction) => {
    const end = transaction.toldCommitted ?? transaction.toldAborted;
    if (end === null) return false;
    const asked = transaction.ends[0]?.invokedAt ?? NEVER;
    const during = [asked, end.completedAt] as const;
    return [...attemptsBetween(history, transaction.process, 'EndTxn', during)].length >= 2;
  });
}
