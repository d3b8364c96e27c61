/**
 * Which producer ids a broker may hand out, by definition: those of the blocks that it was allocated since it
 * started, each once (RPCProducerIdManager); none only while none is left.
 */

import type { ProducerId } from '../../protocol/ids.ts';
import { NO_PRODUCER_ID } from '../../protocol/ids.ts';
import { PRODUCER_ID_BLOCK_SIZE } from '../../protocol/limits.ts';

export class ProducerIdAllocation {
  readonly #taken = new Set<ProducerId>();
  #blocks: ProducerId[] = [];

  blockArrived(firstProducerId: ProducerId): void {
    this.#blocks.push(firstProducerId);
  }

  /** What the broker had left of its blocks is lost. */
  crashed(): void {
    this.#blocks = [];
  }

  /** False if the id was not the broker's to give. */
  take(producerId: ProducerId): boolean {
    if (producerId === NO_PRODUCER_ID) return !this.hasAny();
    const isAllocated = this.#blocks.some(
      (first) => producerId >= first && producerId < first + PRODUCER_ID_BLOCK_SIZE,
    );
    if (!isAllocated || this.#taken.has(producerId)) return false;
    this.#taken.add(producerId);
    return true;
  }

  hasAny(): boolean {
    return this.#blocks.some((first) => {
      for (let id = first; id < first + PRODUCER_ID_BLOCK_SIZE; id += 1) {
        if (!this.#taken.has(id)) return true;
      }
      return false;
    });
  }
}
