/**
 * KIP-890's late Produce: a batch arrives after its transaction was ended and marked. What becomes of it depends on
 * the first marker that its producer gets on that partition afterwards.
 */

import type { Evidence } from './anomaly.ts';
import { sameProducer, type CausedAppend, type Ghost } from './trace-index.ts';

export interface LateProduce {
  readonly append: CausedAppend;
  /** The transaction whose marker decided the record in the end; null: nothing did. */
  readonly decidedBy: Ghost | null;
}

/** Late appends after the marker of their transaction, where the client itself had ended it at that epoch. */
export function lateProduces({ trace }: Evidence): readonly LateProduce[] {
  return trace.lateAppends('Produce').flatMap((append) => {
    const { at, ghost, log } = append;
    const markers = trace
      .appendsTo(log)
      .filter(
        (marker) =>
          marker.api === 'WriteTxnMarkers' && sameProducer(marker.ghost.instance, ghost.instance),
      );
    const marked = markers.some(
      (marker) =>
        marker.at < at &&
        marker.ghost.instance === ghost.instance &&
        marker.ghost.transaction === ghost.transaction,
    );
    // Of a batch whose retry stands in the log a leader takes the late one for a duplicate.
    if (!marked || !trace.endedByItself(ghost, at) || !trace.isFirstOfRecord(append)) return [];
    const decidedBy = markers.find((marker) => marker.at > at)?.ghost ?? null;
    return [{ append, decidedBy }];
  });
}

/** The violation is about the late record itself, on the partition where it was appended. */
export function isAboutLateRecord({ subject }: Evidence, { append }: LateProduce): boolean {
  return (
    subject.instance === append.ghost.instance &&
    subject.transaction === append.ghost.transaction &&
    subject.partitions.includes(append.log)
  );
}
