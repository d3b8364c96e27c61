/**
 * ReadersProgress: a reader of committed records gets on. Whatever stands in its way, aborted records, markers, whole
 * batches that it may not return, it passes over; after quiescence it comes to the end of the log.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { FinalRead } from '../history/final-reads.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import { type Poll, citeCompletion } from '../history/operations.ts';
import type { Claim } from './claim.ts';

export const readersProgress: Claim = {
  name: 'ReadersProgress',
  statement:
    'A poll of committed records that begins before the last stable offset moves on, and the final reads come to the high watermark.',
  source: 'KIP-98 (read_committed), CompletedFetch.nextFetchedRecord, KAFKA-12980',
  needs: ['committed-reads'],
  keeps: 'the last final read of each partition, and how many records it returned',
  violation,
  witness: {
    situation:
      'a final reader of committed records came to the end past records that it did not return',
    advice: 'raise --scenarios, so that more transactions are aborted or cut short',
    needs: ['final-committed-reads', 'final-uncommitted-reads'],
    reached,
  },
};

function violation(history: HistoryIndex): Violation | null {
  for (const poll of history.committedPolls) {
    if (isStuck(poll)) return stuck(poll);
  }
  for (const read of history.finalReads.committed.values()) {
    if (read.position < read.highWatermark) return short(read);
  }
  return null;
}

/** There was something to pass, and it passed nothing. */
function isStuck({ invocation, completion }: Poll): boolean {
  const { lastStableOffset = -1, position = lastStableOffset } = completion;
  return invocation.from < lastStableOffset && position <= invocation.from;
}

function stuck(poll: Poll): Violation {
  const { partition, from } = poll.invocation;
  const { lastStableOffset } = poll.completion;
  return {
    message: `a reader of committed records stays at offset ${from} of ${partition}, although everything below ${lastStableOffset} is stable`,
    events: [poll.invokedAt, poll.completedAt],
    why: [
      `A reader polled ${partition} from offset ${from}; it was told that the last stable offset is ${lastStableOffset}, and that it is to go on from ${poll.completion.position} (${citeCompletion(poll)}).`,
      'What it may not return it passes over, and here it passes nothing and will poll the same for ever: a contradiction.',
    ],
  };
}

function short({
  partition,
  position,
  lastStableOffset,
  highWatermark,
  poll,
}: FinalRead): Violation {
  return {
    message: `the final read of committed records on ${partition} ends at offset ${position}, before the high watermark ${highWatermark}`,
    events: [poll.invokedAt, poll.completedAt],
    why: [
      `The last final read of committed records on ${partition} ends at offset ${position}, with last stable offset ${lastStableOffset} and high watermark ${highWatermark} (${citeCompletion(poll)}).`,
      'By then faults had stopped, every producer had stopped, and every transaction timeout had passed.',
      'A reader comes to the end of what is written, and this one does not: a contradiction.',
    ],
  };
}

function reached(history: HistoryIndex): boolean {
  const { committed, uncommitted } = history.finalReads;
  for (const [partition, read] of committed) {
    if (read.position < read.highWatermark) continue;
    if (read.length < (uncommitted.get(partition)?.length ?? 0)) return true;
  }
  return false;
}
