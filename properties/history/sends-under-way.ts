/** Which sends a Produce may have carried: those of its process to its partition that were under way when it was sent. */

import type { HistoryIndex } from './history-index.ts';
import type { Send, WireAttempt } from './operations.ts';

interface Entry {
  readonly send: Send;
  /** The latest completion of it and all before it. */
  readonly latest: number;
}

/** Sends of each process to each partition, in order of invocation. */
export class SendsInOrder {
  readonly #lists = new Map<string, Entry[]>();

  constructor(history: HistoryIndex) {
    for (const send of history.sends) {
      const { process, partition } = send.invocation;
      const key = `${process} ${partition}`;
      const list = this.#lists.get(key);
      const latest = Math.max(send.completedAt, list?.at(-1)?.latest ?? 0);
      if (list === undefined) this.#lists.set(key, [{ send, latest }]);
      else list.push({ send, latest });
    }
  }

  /** Those under way when a batch was sent, and still when it was sent again; the later ones first. */
  underWay({ request, sentAt }: WireAttempt, again = sentAt): readonly Send[] {
    const list = this.#lists.get(`${request.process} ${request.partition}`) ?? [];
    const found: Send[] = [];
    let index = lastBefore(list, sentAt);
    for (; index >= 0 && list[index]!.latest > again; index -= 1) {
      const { send } = list[index]!;
      if (send.completedAt > again) found.push(send);
    }
    return found;
  }
}

/** Index of the last send that was invoked before a position; -1: none. */
function lastBefore(list: readonly Entry[], position: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.send.invokedAt < position) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
