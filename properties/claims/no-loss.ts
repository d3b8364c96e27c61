/**
 * NoLoss: what a client was told to be written, outside any transaction or in one that was committed, is returned by
 * every reader that goes past it, and by the last ones in any case.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import { acknowledgedLogs } from '../history/acknowledged-log.ts';
import { unansweredProduce } from '../history/attempts.ts';
import type { FinalRead } from '../history/final-reads.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import {
  returnedOk,
  type End,
  type Poll,
  type Send,
  citeInvocation,
  citeCompletion,
} from '../history/operations.ts';
import { acknowledgedOffset } from '../history/sightings.ts';
import type { WholeClaim } from './claim.ts';

export const noLoss: WholeClaim = {
  name: 'NoLoss',
  statement:
    'An acknowledged record outside any transaction or in a committed one is returned by every reader of committed records that goes past its offset, and by the final reads.',
  source: 'KIP-98 (idempotent producer guarantees), KafkaProducer.send with acks=all',
  needs: ['acknowledgements', 'committed-reads'],
  keeps: 'every acknowledged record: the final reads must return it',
  violation,
  witness: {
    situation:
      'a record was acknowledged after an attempt to write it had gone unanswered, and the final reads return it',
    advice:
      'raise --scenarios, and keep lose-response, lose-request or crash-leader in --faults, so that clients send a batch again',
    needs: ['wire-attempts', 'final-committed-reads'],
    reached,
  },
};

/** Acknowledged, and not in a transaction of which anything but a commit was told. */
function mustBeReadable(history: HistoryIndex, send: Send): boolean {
  if (!returnedOk(send)) return false;
  if (send.invocation.transaction === null) return true;
  return commitOf(history, send) !== null;
}

function commitOf(history: HistoryIndex, send: Send): End | null {
  return history.transactionOf(send)?.toldCommitted ?? null;
}

function violation(history: HistoryIndex): Violation | null {
  const { committed } = history.finalReads;
  for (const send of history.sends) {
    const last = committed.get(send.invocation.partition);
    if (last === undefined || history.committedReads.isReadInTheEnd(send)) continue;
    if (mustBeReadable(history, send)) return lost(history, send, last.poll, endOf(send, last));
  }
  for (const poll of history.committedPolls) {
    const send = poll.invocation.final ? null : skipped(history, poll);
    if (send !== null) return lost(history, send, poll, wentPast(send, poll));
  }
  return null;
}

/** The first of the records that this poll went past and should have returned. */
function skipped(history: HistoryIndex, poll: Poll): Send | null {
  const log = acknowledgedLogs(history).get(poll.invocation.partition);
  if (log === undefined) return null;
  const { recordsRead } = history;
  const { position = -1 } = poll.completion;
  let row = poll.firstRow;
  for (let index = log.firstFrom(poll.invocation.from); index < log.length; index += 1) {
    const offset = log.offsetAt(index);
    if (offset >= position) return null;
    // Both are in order, mostly: the record is the next one, or somewhere else in the poll.
    while (row < poll.endRow && recordsRead.offsetAt(row) < offset) row += 1;
    if (row < poll.endRow && recordsRead.ordinalAt(row) === log.ordinalAt(index)) continue;
    const send = log.sendAt(index);
    if (mustBeReadable(history, send) && !returnedBy(history, poll, send)) return send;
  }
  return null;
}

function returnedBy({ recordsRead }: HistoryIndex, poll: Poll, send: Send): boolean {
  for (let row = poll.firstRow; row < poll.endRow; row += 1) {
    if (recordsRead.sendAt(row) === send) return true;
  }
  return false;
}

function endOf(send: Send, last: FinalRead): string {
  const { value, partition } = send.invocation;
  const offset = acknowledgedOffset(send);
  const stopped =
    offset >= last.position
      ? `: it ends at offset ${last.position}, with the last stable offset at ${last.lastStableOffset}`
      : '';
  return `The final read of committed records on ${partition} (${citeCompletion(last.poll)}) has no ${value}${stopped}.`;
}

function wentPast(send: Send, poll: Poll): string {
  return `A reader of committed records went past that offset and did not return ${send.invocation.value} (${citeCompletion(poll)}).`;
}

function lost(history: HistoryIndex, send: Send, poll: Poll, evidence: string): Violation {
  const { process, partition, value } = send.invocation;
  const offset = acknowledgedOffset(send);
  const where = offset === -1 ? '' : ` at offset ${offset}`;
  const commit = commitOf(history, send);
  return {
    message: `${value}, acknowledged${where} of ${partition}, is not there for readers of committed records`,
    events: [send.completedAt, poll.completedAt],
    why: [
      `${process} sent ${value} to ${partition} (${citeInvocation(send)}) and was told that it is written${where} (${citeCompletion(send)}).`,
      commit === null
        ? 'It was sent outside any transaction, so that nothing but the acknowledgement makes it readable.'
        : `It was told that the transaction is committed (${citeCompletion(commit)}).`,
      evidence,
      'What was acknowledged, and committed, is readable for good, and this record is not: a contradiction.',
    ],
  };
}

function reached(history: HistoryIndex): boolean {
  if (history.attempts.length === 0) return false;
  return history.sends.some((send) => {
    return (
      mustBeReadable(history, send) &&
      history.committedReads.isReadInTheEnd(send) &&
      unansweredProduce(history, send) !== undefined
    );
  });
}
