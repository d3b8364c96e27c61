/**
 * A named anomaly of Jepsen's Kafka workload (jepsen/tests/kafka.clj), looked for in a history. Claims say what must
 * hold and when that was tested; an anomaly check says whether one particular thing is there.
 */

import type { Violation } from '../../../reports/evidence/finding.ts';
import type { HistoryContent } from '../contents.ts';
import type { HistoryIndex } from '../history-index.ts';

export interface AnomalyCheck {
  /** Jepsen's. */
  readonly name: string;
  /** One English sentence. */
  readonly statement: string;
  /** `allowed`: Kafka does not promise its absence; it is reported for information. */
  readonly verdict: 'forbidden' | 'allowed';
  /** A history that lacks one of these cannot show it. */
  readonly needs: readonly HistoryContent[];
  readonly find: (history: HistoryIndex) => Found;
}

export interface Found {
  readonly count: number;
  /** Null: none. */
  readonly first: Violation | null;
}

/** Counts, and argues the first one only. */
export class Findings implements Found {
  count = 0;
  first: Violation | null = null;

  add(argue: () => Violation): void {
    this.count += 1;
    this.first ??= argue();
  }
}
