/** What a claim is: a sentence with its source, a predicate over a history, a witness, and the mutants it must kill. */

import type { ClaimName } from '../claim-names.ts';
import type { HistoryContent } from '../history/contents.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import type { Violation } from '../../reports/evidence/finding.ts';

export interface Claim {
  readonly name: ClaimName;
  /** One English sentence. */
  readonly statement: string;
  /** KIP, Kafka class or document it comes from. */
  readonly source: string;
  /** A history that lacks one of these cannot violate it: the claim is then `not-applicable`. */
  readonly needs: readonly HistoryContent[];
  /** What it has to remember of what is over, and why: completes `it remembers ...`. */
  readonly keeps: string;
  /** Null: the claim holds of this history. */
  readonly violation: (history: HistoryIndex) => Violation | null;
  /** The situation in which the claim could fail; a run that never reached it proves nothing. */
  readonly witness: {
    readonly situation: string;
    /** What to raise when it was not reached. */
    readonly advice: string;
    /** A history that lacks one of these cannot show the situation, although it may violate the claim. */
    readonly needs: readonly HistoryContent[];
    readonly reached: (history: HistoryIndex) => boolean;
  };
}
