/**
 * ProducerOrder: a partition keeps the order of each producer, and an acknowledgement tells the truth about where the
 * record stands. What was not acknowledged may stand anywhere.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import { type Poll, type Send, citeInvocation, citeCompletion } from '../history/operations.ts';
import { acknowledgedLogs } from '../history/acknowledged-log.ts';
import { wentUnanswered } from '../history/attempts.ts';
import { sendsInOrder, type SendsInOrder } from '../history/sends-under-way.ts';
import { acknowledgedOffset } from '../history/sightings.ts';
import type { WholeClaim } from './claim.ts';

export const producerOrder: WholeClaim = {
  name: 'ProducerOrder',
  statement:
    'The acknowledged records of a producer stand in each partition in the order in which it sent them, and whoever reads the offset of an acknowledgement reads that record.',
  source: 'KIP-98 (idempotent producer guarantees), ProducerAppendInfo.checkSequence',
  needs: ['acknowledged-offsets'],
  keeps: 'every acknowledged offset: a reader may find another record there',
  violation,
  witness: {
    situation:
      'a producer was left without an answer to a batch while it had another under way to the same partition, and both were acknowledged in the end',
    advice:
      'raise --scenarios, and keep lose-response, lose-request or crash-leader in --faults, so that clients send batches again',
    needs: ['wire-attempts'],
    reached,
  },
};

function violation(history: HistoryIndex): Violation | null {
  /** By partition and process, the acknowledged send before. */
  const last = new Map<string, Map<string, Send>>();
  for (const send of history.sends) {
    const offset = acknowledgedOffset(send);
    if (offset === -1) continue;
    const { process, partition } = send.invocation;
    let ofPartition = last.get(partition);
    if (ofPartition === undefined) {
      ofPartition = new Map();
      last.set(partition, ofPartition);
    }
    const before = ofPartition.get(process);
    if (before !== undefined && acknowledgedOffset(before) >= offset) return swapped(before, send);
    ofPartition.set(process, send);
  }
  return misplaced(history, history.committedPolls) ?? misplaced(history, history.uncommittedPolls);
}

function misplaced(history: HistoryIndex, polls: readonly Poll[]): Violation | null {
  const { recordsRead } = history;
  const logs = acknowledgedLogs(history);
  for (const poll of polls) {
    const log = logs.get(poll.invocation.partition);
    if (log === undefined) continue;
    let index = 0;
    for (let row = poll.firstRow; row < poll.endRow; row += 1) {
      const offset = recordsRead.offsetAt(row);
      index = log.firstFrom(offset, index);
      if (log.offsetAt(index) !== offset) continue;
      // Of two at one offset the later one.
      while (log.offsetAt(index + 1) === offset) index += 1;
      if (recordsRead.ordinalAt(row) === log.ordinalAt(index)) continue;
      return anotherRecord(log.sendAt(index), poll, recordsRead.valueAt(row));
    }
  }
  return null;
}

function swapped(first: Send, second: Send): Violation {
  const { process, partition, value } = second.invocation;
  const [before, after] = [acknowledgedOffset(first), acknowledgedOffset(second)];
  const isSame = before === after;
  return {
    message: isSame
      ? `${first.invocation.value} and ${value} of ${process} were both acknowledged at offset ${after} of ${partition}`
      : `${process} sent ${first.invocation.value} before ${value}, and in ${partition} they stand at offsets ${before} and ${after}`,
    events: [first.completedAt, second.completedAt],
    why: [
      `${process} sent ${first.invocation.value} to ${partition} (${citeInvocation(first)}), and then ${value} (${citeInvocation(second)}).`,
      `It was told that the first is at offset ${before} (${citeCompletion(first)}), and the second at offset ${after} (${citeCompletion(second)}).`,
      isSame
        ? 'An offset holds one record, and this one holds two: a contradiction.'
        : 'A partition keeps the order of a producer, and here it is reversed: a contradiction.',
    ],
  };
}

function anotherRecord(send: Send, poll: Poll, found: string | null): Violation {
  const { process, partition, value } = send.invocation;
  const offset = acknowledgedOffset(send);
  const what = found ?? 'a record without value';
  return {
    message: `${value} was acknowledged at offset ${offset} of ${partition}, where ${what} stands`,
    events: [send.completedAt, poll.completedAt],
    why: [
      `${process} sent ${value} to ${partition} (${citeInvocation(send)}) and was told that it is at offset ${offset} (${citeCompletion(send)}).`,
      `A reader returned ${what} from that offset (${citeCompletion(poll)}).`,
      'An acknowledged offset holds that record, and this one holds another: a contradiction.',
    ],
  };
}

function reached(history: HistoryIndex): boolean {
  let sends: SendsInOrder | null = null;
  for (const attempt of history.attempts) {
    if (attempt.request.api !== 'Produce' || !wentUnanswered(attempt)) continue;
    sends ??= sendsInOrder(history);
    const underWay = sends.underWay(attempt).filter((send) => acknowledgedOffset(send) !== -1);
    if (underWay.length > 1) return true;
  }
  return false;
}
