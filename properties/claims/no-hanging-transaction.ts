/**
 * NoHangingTransaction: at quiescence no partition is held up by a transaction that nobody will end. The last stable
 * offset then equals the high watermark.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { FinalRead } from '../history/final-reads.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import { type Poll, type Send, citeInvocation, citeCompletion } from '../history/operations.ts';
import type { Claim } from './claim.ts';

export const noHangingTransaction: Claim = {
  name: 'NoHangingTransaction',
  statement:
    'In the final reads the last stable offset of every partition is its high watermark: nothing stays open.',
  source: 'KIP-890 (hanging transactions), KIP-664, UnifiedLog.lastStableOffset',
  needs: ['final-committed-reads'],
  keeps: 'the last final read of each partition; of the records one, to name the transaction',
  violation,
  witness: {
    situation:
      'a transaction was seen or left open, and at the end every last stable offset had reached its high watermark',
    advice:
      'raise --scenarios, and keep crash-producer in --faults, so that more transactions are left open',
    needs: [],
    reached,
  },
};

function violation(history: HistoryIndex): Violation | null {
  const { committed, uncommitted } = history.finalReads;
  for (const reads of [committed, uncommitted]) {
    for (const read of reads.values()) {
      if (isHeldUp(read)) return hanging(history, read);
    }
  }
  return null;
}

function isHeldUp(read: FinalRead): boolean {
  return read.lastStableOffset !== read.highWatermark;
}

/** The send whose record stands where the last stable offset stopped. */
function openRecord(history: HistoryIndex, read: FinalRead): Send | undefined {
  const all = history.finalReads.uncommitted.get(read.partition);
  const value = all?.valueAt(read.lastStableOffset);
  return value === undefined || value === null ? undefined : history.sendOf(value);
}

function hanging(history: HistoryIndex, read: FinalRead): Violation {
  const { partition, lastStableOffset, highWatermark, poll } = read;
  const send = openRecord(history, read);
  const transaction = send === undefined ? undefined : history.transactionOf(send);
  const why = [
    `The final read of ${partition} (${citeCompletion(poll)}) says last stable offset ${lastStableOffset} and high watermark ${highWatermark}.`,
  ];
  if (send !== undefined && transaction !== undefined) {
    why.push(
      `At offset ${lastStableOffset} stands ${send.invocation.value} of ${transaction.name} (sent at ${citeInvocation(send)}), whose client was told: ${transaction.outcome}.`,
    );
  }
  why.push(
    'By then faults had stopped, every producer had stopped, and every transaction timeout had passed, so whatever the coordinator knew to be open was ended.',
    `Yet a transaction is open on ${partition}, and nobody will end it: a contradiction.`,
  );
  return {
    message: `${transaction?.name ?? 'a transaction'} hangs on ${partition}: last stable offset ${lastStableOffset} stays below high watermark ${highWatermark}`,
    events: [send?.invokedAt ?? poll.invokedAt, poll.completedAt],
    why,
  };
}

function reached(history: HistoryIndex): boolean {
  const { committed } = history.finalReads;
  if (committed.size === 0) return false;
  for (const read of committed.values()) if (isHeldUp(read)) return false;
  return (
    history.committedPolls.some(sawOpen) ||
    history.uncommittedPolls.some(sawOpen) ||
    history.transactions.some(
      ({ sends, outcome }) =>
        outcome === 'open' && sends.some(({ completion }) => completion?.type === 'ok'),
    )
  );
}

function sawOpen({ completion }: Poll): boolean {
  const { lastStableOffset, highWatermark } = completion;
  return (
    lastStableOffset !== undefined &&
    highWatermark !== undefined &&
    lastStableOffset < highWatermark
  );
}
