/**
 * NoDuplicates: an idempotent producer numbers its batches so that a retry is recognised. What a client sent once
 * must not be readable twice, however often the request was repeated on the wire.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import {
  type Poll,
  type Send,
  type WireAttempt,
  citeInvocation,
  citeCompletion,
} from '../history/operations.ts';
import { sendsInOrder, type SendsInOrder } from '../history/sends-under-way.ts';
import type { WholeClaim } from './claim.ts';

interface Place {
  readonly partition: string;
  readonly offset: number;
  readonly poll: Poll;
}

export const noDuplicates: WholeClaim = {
  name: 'NoDuplicates',
  statement:
    'One logical send occupies at most one offset that readers of committed records ever return.',
  source: 'KIP-98 (idempotent producer guarantees), ProducerAppendInfo.checkSequence',
  needs: ['committed-reads'],
  keeps: 'every value, and where it was read first: the second reading may be the last event',
  violation,
  witness: {
    situation: 'a Produce was attempted at least twice on the wire and its record is visible',
    advice:
      'raise --scenarios, and keep lose-response, lose-request or crash-leader in --faults, so that clients send a batch again',
    needs: ['wire-attempts'],
    reached,
  },
};

function violation(history: HistoryIndex): Violation | null {
  const { recordsRead } = history;
  /** A record that nobody sent is another claim's business, but may be there twice. */
  const unsent = new Map<string, Place>();
  for (const poll of history.committedPolls) {
    const { partition } = poll.invocation;
    for (let row = poll.firstRow; row < poll.endRow; row += 1) {
      const send = recordsRead.sendAt(row);
      const offset = recordsRead.offsetAt(row);
      if (send !== undefined && isWhereItWas(history, send, offset)) continue;
      const value = recordsRead.valueAt(row);
      if (value === null) continue;
      const first = send === undefined ? unsent.get(value) : firstPlaceOf(history, send);
      if (first === undefined) unsent.set(value, { partition, offset, poll });
      else if (first.offset !== offset || first.partition !== partition) {
        return duplicate(history, value, first, { partition, offset, poll });
      }
    }
  }
  return null;
}

/** The usual case: only ever read from its partition, and at this offset first. */
function isWhereItWas({ committedReads, recordsRead }: HistoryIndex, send: Send, offset: number) {
  if (committedReads.isReadElsewhere(send)) return false;
  const first = committedReads.firstRowOf(send);
  return first !== -1 && recordsRead.offsetAt(first) === offset;
}

/** Where it was returned first. */
function firstPlaceOf(
  { committedReads, recordsRead }: HistoryIndex,
  send: Send,
): Place | undefined {
  const row = committedReads.firstRowOf(send);
  const poll = committedReads.firstPollOf(send);
  if (poll === undefined) return undefined;
  return { partition: poll.invocation.partition, offset: recordsRead.offsetAt(row), poll };
}

function duplicate(history: HistoryIndex, value: string, first: Place, second: Place): Violation {
  const send = history.sendOf(value);
  const sender = send?.invocation.process ?? 'nobody';
  const samePoll = first.poll === second.poll;
  const earlier = samePoll && send !== undefined ? send.invokedAt : first.poll.completedAt;
  return {
    message: `${value}, sent once by ${sender}, is readable at offset ${first.offset} of ${first.partition} and at offset ${second.offset} of ${second.partition}`,
    events: [earlier, second.poll.completedAt],
    why: [
      `${sender} sent ${value} once${send === undefined ? '' : ` (${citeInvocation(send)})`}: values are unique, so both records are this one send.`,
      `A reader of committed records found it at offset ${first.offset} of ${first.partition} (${citeCompletion(first.poll)}).`,
      `${samePoll ? 'The same read' : 'A reader of committed records'} found it at offset ${second.offset} of ${second.partition} (${citeCompletion(second.poll)}).`,
      'One send occupies two offsets, although a retry carries the same producer id, epoch and sequence: a contradiction.',
    ],
  };
}

/** A batch on the wire: its retry carries the same numbers (KIP-98). */
function batchKey({ request }: WireAttempt): string {
  const { process, partition, producerId, producerEpoch, baseSequence } = request;
  return `${process} ${partition} ${producerId} ${producerEpoch} ${baseSequence}`;
}

function reached(history: HistoryIndex): boolean {
  const firstSent = new Map<string, WireAttempt>();
  let sends: SendsInOrder | null = null;
  for (const attempt of history.attempts) {
    if (attempt.request.api !== 'Produce' || attempt.request.baseSequence === undefined) continue;
    const key = batchKey(attempt);
    const first = firstSent.get(key);
    if (first === undefined) {
      firstSent.set(key, attempt);
      continue;
    }
    sends ??= sendsInOrder(history);
    if (sends.underWay(first, attempt.sentAt).some((send) => history.committedReads.isRead(send)))
      return true;
  }
  return false;
}
