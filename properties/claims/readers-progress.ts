/**
 * ReadersProgress: a reader of committed records gets on. Whatever stands in its way, aborted records, markers, whole
 * batches that it may not return, it passes over; after quiescence it comes to the end of the log.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import { FinalEnds, type FinalEnd } from '../history/final-reads.ts';
import { type AnsweredPoll, type RecordRead, citeCompletion } from '../history/operations.ts';
import { ClaimFold, type FoldedClaim } from './claim.ts';

export const readersProgress: FoldedClaim = {
  name: 'ReadersProgress',
  statement:
    'A poll of committed records that begins before the last stable offset moves on, and the final reads come to the high watermark.',
  source: 'KIP-98 (read_committed), CompletedFetch.nextFetchedRecord, KAFKA-12980',
  needs: ['committed-reads'],
  keeps: 'the last final read of each partition, and how many records it returned',
  begin: () => new ReadersProgress(),
  witness: {
    situation:
      'a final reader of committed records came to the end past records that it did not return',
    advice: 'raise --scenarios, so that more transactions are aborted or cut short',
    needs: ['final-committed-reads', 'final-uncommitted-reads'],
  },
};

class ReadersProgress extends ClaimFold {
  readonly #ends = new FinalEnds();
  /** The first that was. */
  #stuck: AnsweredPoll | null = null;

  override polled(poll: AnsweredPoll, records: readonly RecordRead[]): void {
    this.#ends.add(poll, records);
    if (poll.invocation.isolation === 'read_committed' && isStuck(poll)) this.#stuck ??= poll;
  }

  override violation(): Violation | null {
    if (this.#stuck !== null) return stuck(this.#stuck);
    for (const end of this.#ends.committed.values()) {
      if (end.position < end.highWatermark) return short(end);
    }
    return null;
  }

  override reached(): boolean {
    const { committed, uncommitted } = this.#ends;
    for (const [partition, end] of committed) {
      if (end.position < end.highWatermark) continue;
      if (end.returned < (uncommitted.get(partition)?.returned ?? 0)) return true;
    }
    return false;
  }
}

/** There was something to pass, and it passed nothing. */
function isStuck({ invocation, completion }: AnsweredPoll): boolean {
  const { lastStableOffset = -1, position = lastStableOffset } = completion;
  return invocation.from < lastStableOffset && position <= invocation.from;
}

function stuck(poll: AnsweredPoll): Violation {
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
}: FinalEnd): Violation {
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
