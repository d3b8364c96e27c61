/** The index of aborted transactions of a log (TransactionIndex), in the order of their markers. */

import type { Offset } from '../../protocol/ids.ts';
import type { AbortedTransaction, AbortedTransactionEntry } from '../../protocol/records.ts';
import type { LeaderDecisions } from './decisions.ts';

export class TransactionIndex {
  /** `lastOffset` strictly increases. */
  readonly #entries: AbortedTransactionEntry[] = [];

  get entries(): readonly AbortedTransactionEntry[] {
    return this.#entries;
  }

  append(entry: AbortedTransactionEntry): void {
    this.#entries.push(entry);
  }

  /**
   * What a read_committed reader of the offsets from `fetchOffset` to below `upperBound` needs to know, and perhaps
   * more, in completion order (TransactionIndex.collectAbortedTxns). No later entry can concern offsets below an
   * entry's last stable offset, which ends the search.
   */
  collect(
    fetchOffset: Offset,
    upperBound: Offset,
    decisions: LeaderDecisions,
  ): AbortedTransaction[] {
    const found: AbortedTransaction[] = [];
    for (let index = this.#firstEndingAt(fetchOffset); index < this.#entries.length; index += 1) {
      const entry = this.#entries[index]!;
      if (decisions.abortedTransactionConcerns(entry, fetchOffset, upperBound)) {
        found.push({ producerId: entry.producerId, firstOffset: entry.firstOffset });
      }
      if (entry.lastStableOffset >= upperBound) break;
    }
    return found;
  }

  #firstEndingAt(offset: Offset): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.lastOffset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
