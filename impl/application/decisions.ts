/** What an application that reads, transforms and writes has to get right by itself, one pure function each. A mutant replaces one of them. */

import type { Offset, TopicPartition } from '../../protocol/ids.ts';

/** Next offset to read, by partition. */
export type Positions = ReadonlyMap<TopicPartition, Offset>;

export interface ApplicationDecisions {
  /** Where it starts on a partition of which the group has committed this; -1: nothing. */
  readonly startAt: (committed: Offset) => Offset;
  /** What it commits: of the last record processed on each partition, and of how far it has read. */
  readonly offsetsToCommit: (processed: Positions, positions: Positions) => Positions;
  /** Where it reads on after an abort; null: from the group's committed offsets. */
  readonly positionsAfterAbort: (positions: Positions) => Positions | null;
}

export const APPLICATION_DECISIONS: ApplicationDecisions = {
  // `auto.offset.reset=earliest`.
  startAt: (committed) => Math.max(committed, 0),

  // ExactlyOnceMessageProcessor.getOffsetsToCommit: the next record to read, hence one more.
  offsetsToCommit: (processed) =>
    new Map([...processed].map(([partition, last]) => [partition, last + 1])),

  // ExactlyOnceMessageProcessor.resetToLastCommittedPositions: a consumer does not go back by itself.
  positionsAfterAbort: () => null,
};
