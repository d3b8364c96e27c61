/** A history and the claims that are judged of it: some while it is read, some of it as a whole. */

import type { HistoryEvent } from '../../reports/evidence/history.ts';
import type { Violation } from '../../reports/evidence/finding.ts';
import { HistoryIndex } from '../history/history-index.ts';
import { OpenHistory } from '../history/open-history.ts';
import { isFolded, type Claim, type ClaimFold } from './claim.ts';

export class JudgedHistory {
  readonly #folds = new Map<Claim, ClaimFold>();
  readonly #history: OpenHistory;
  readonly #whole: HistoryIndex | null;

  /** `whole`: keep everything, even if no claim needs it. */
  constructor(claims: readonly Claim[], whole = false) {
    this.#whole = whole || !claims.every(isFolded) ? new HistoryIndex() : null;
    this.#history = this.#whole ?? new OpenHistory();
    for (const claim of claims) {
      if (!isFolded(claim)) continue;
      const fold = claim.begin(this.#history);
      this.#history.watch(fold);
      this.#folds.set(claim, fold);
    }
  }

  /** All events of a history, judged by some claims. */
  static of(events: readonly HistoryEvent[], claims: readonly Claim[]): JudgedHistory {
    const judged = new JudgedHistory(claims);
    for (const event of events) judged.history.add(event);
    return judged;
  }

  /** Takes the events. */
  get history(): OpenHistory {
    return this.#history;
  }

  /** Null: what is over is forgotten, since no claim needs it. */
  get whole(): HistoryIndex | null {
    return this.#whole;
  }

  /** Of one of the claims; null: it holds. */
  violationOf(claim: Claim): Violation | null {
    if (isFolded(claim)) return this.#foldOf(claim).violation();
    return claim.violation(this.#everything());
  }

  /** Whether the history came into the situation in which one of the claims could fail. */
  isReached(claim: Claim): boolean {
    if (isFolded(claim)) return this.#foldOf(claim).reached();
    return claim.witness.reached(this.#everything());
  }

  #foldOf(claim: Claim): ClaimFold {
    const fold = this.#folds.get(claim);
    if (fold === undefined) throw new Error(`${claim.name} was not asked for`);
    return fold;
  }

  #everything(): HistoryIndex {
    if (this.#whole === null) throw new Error('only claims that were not asked for need it');
    return this.#whole;
  }
}
