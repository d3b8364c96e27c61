/** A published state in so few words that it fits on a lane. */

import type { LaneRow } from '../document.ts';

const LINE_LENGTH_MAX = 22;

/** One or two lines. */
export function chipOf({ fields, text }: LaneRow): string[] {
  const lines = fields === null ? [text] : (linesOf(fields) ?? [text]);
  return lines.map((line) =>
    line.length > LINE_LENGTH_MAX ? `${line.slice(0, LINE_LENGTH_MAX - 1)}…` : line,
  );
}

function linesOf(fields: NonNullable<LaneRow['fields']>): string[] | null {
  const { state, producerEpoch, generation, pendingState, lastStableOffset, highWatermark } =
    fields;
  if (typeof state === 'string') {
    const epoch =
      typeof producerEpoch === 'number' && producerEpoch >= 0 ? ` e${producerEpoch}` : '';
    const age = typeof generation === 'number' ? ` generation ${generation}` : epoch;
    const pending = typeof pendingState === 'string' ? [`→ ${pendingState}`] : [];
    return [`${state}${age}`, ...pending];
  }
  if (typeof lastStableOffset === 'number' && typeof highWatermark === 'number') {
    return [`LSO ${lastStableOffset} HW ${highWatermark}`];
  }
  return null;
}
