/** What a claim is: a sentence with its source, a predicate over a history, a witness, and what it has to remember. */

import type { ClaimName } from '../claim-names.ts';
import type { HistoryContent } from '../history/contents.ts';
import { HistoryFold } from '../history/history-fold.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import type { OpenHistory } from '../history/open-history.ts';
import type { Violation } from '../../reports/evidence/finding.ts';

interface Sentence {
  readonly name: ClaimName;
  /** One English sentence. */
  readonly statement: string;
  /** KIP, Kafka class or document it comes from. */
  readonly source: string;
  /** A history that lacks one of these cannot violate it: the claim is then `not-applicable`. */
  readonly needs: readonly HistoryContent[];
  /** What it has to remember of what is over, and why: completes `it remembers ...`. */
  readonly keeps: string;
  /** The situation in which the claim could fail; a run that never reached it proves nothing. */
  readonly witness: {
    readonly situation: string;
    /** What to raise when it was not reached. */
    readonly advice: string;
    /** A history that lacks one of these cannot show the situation, although it may violate the claim. */
    readonly needs: readonly HistoryContent[];
  };
}

/** Judged of a history as a whole, of which therefore everything is kept. */
export interface WholeClaim extends Sentence {
  /** Null: the claim holds of this history. */
  readonly violation: (history: HistoryIndex) => Violation | null;
  readonly witness: Sentence['witness'] & {
    readonly reached: (history: HistoryIndex) => boolean;
  };
}

/** Judged by what is told while the history is read, so that what is over may be forgotten. */
export interface FoldedClaim extends Sentence {
  /** Of a history that is yet to be read. */
  readonly begin: (history: OpenHistory) => ClaimFold;
}

export type Claim = WholeClaim | FoldedClaim;

/** A folded claim under way. Asked at the end of the history. */
export abstract class ClaimFold extends HistoryFold {
  /** Null: the claim holds of this history. */
  abstract violation(): Violation | null;
  /** Whether the history came into the situation in which the claim could fail. */
  abstract reached(): boolean;
}

export function isFolded(claim: Claim): claim is FoldedClaim {
  return 'begin' in claim;
}
