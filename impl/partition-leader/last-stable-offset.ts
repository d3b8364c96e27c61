/**
 * Which transactions keep a partition's tail unstable (ProducerStateManager.ongoingTxns and unreplicatedTxns): those
 * that are open, and those whose marker is not yet below the high watermark.
 */

import type { Offset, ProducerId } from '../../protocol/ids.ts';
import { NO_OFFSET } from '../../protocol/ids.ts';
import type { LeaderDecisions } from './decisions.ts';

export interface OngoingTransaction {
  readonly producerId: ProducerId;
  readonly firstOffset: Offset;
}

export interface UnreplicatedTransaction extends OngoingTransaction {
  /** Offset of the marker. */
  readonly lastOffset: Offset;
}

export class UnstableTransactions {
  /** Ascending by first offset, since a transaction starts at the end of the log. */
  readonly #ongoing: OngoingTransaction[] = [];
  /** Ascending by last offset, since a marker is appended at the end of the log. */
  readonly #unreplicated: UnreplicatedTransaction[] = [];

  get ongoing(): readonly OngoingTransaction[] {
    return this.#ongoing;
  }

  get unreplicated(): readonly UnreplicatedTransaction[] {
    return this.#unreplicated;
  }

  start(producerId: ProducerId, firstOffset: Offset): void {
    this.#ongoing.push({ producerId, firstOffset });
  }

  /** The first offset of the earliest open transaction of another producer; -1 if there is none. */
  firstOffsetOfOthers(producerId: ProducerId): Offset {
    for (const transaction of this.#ongoing) {
      if (transaction.producerId !== producerId) return transaction.firstOffset;
    }
    return NO_OFFSET;
  }

  /** ProducerStateManager.completeTxn: it is decided, but its marker may still be lost. */
  complete(producerId: ProducerId, firstOffset: Offset, lastOffset: Offset): void {
    const index = this.#ongoing.findIndex((transaction) => transaction.firstOffset === firstOffset);
    this.#ongoing.splice(index, 1);
    this.#unreplicated.push({ producerId, firstOffset, lastOffset });
  }

  /** ProducerStateManager.onHighWatermarkUpdated: markers below it are safe. */
  onHighWatermark(highWatermark: Offset): void {
    let safe = 0;
    while (
      safe < this.#unreplicated.length &&
      this.#unreplicated[safe]!.lastOffset < highWatermark
    ) {
      safe += 1;
    }
    if (safe > 0) this.#unreplicated.splice(0, safe);
  }

  /** ProducerStateManager.firstUnstableOffset; -1 if the whole log is stable. */
  firstUnstableOffset(decisions: LeaderDecisions): Offset {
    let first = decisions.firstUndecidedOffset(this.#ongoing);
    for (const transaction of this.#unreplicated) {
      if (first === NO_OFFSET || transaction.firstOffset < first) first = transaction.firstOffset;
    }
    return first;
  }
}
