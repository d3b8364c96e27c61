/**
 * Hands out producer ids from blocks of 1,000 that the controller allocates (RPCProducerIdManager). It never
 * waits: while no block is ready the caller answers COORDINATOR_LOAD_IN_PROGRESS, which old clients retry.
 */

import type { ProducerId } from '../../protocol/ids.ts';
import { PRODUCER_ID_BLOCK_SIZE } from '../../protocol/limits.ts';
import type { Clock, ProducerIdBlocks } from '../ports.ts';

/** RPCProducerIdManager.PID_PREFETCH_THRESHOLD, in ids of a block. */
const PREFETCH_AT = PRODUCER_ID_BLOCK_SIZE * 0.9;
/** RPCProducerIdManager.RETRY_BACKOFF_MS. */
const RETRY_BACKOFF_MS = 50;
const MAX_FIRST_ID = Number.MAX_SAFE_INTEGER - PRODUCER_ID_BLOCK_SIZE + 1;

export class ProducerIdManager {
  readonly #blocks: ProducerIdBlocks;
  readonly #clock: Clock;
  #firstId: ProducerId = -1;
  /** Ids handed out of the current block. */
  #claimed = PRODUCER_ID_BLOCK_SIZE;
  #nextFirstId: ProducerId | null = null;
  #isRequestInFlight = false;
  #retryAtMs = Number.NEGATIVE_INFINITY;

  constructor(blocks: ProducerIdBlocks, clock: Clock) {
    this.#blocks = blocks;
    this.#clock = clock;
  }

  /** A producer id never handed out before, or null when no block is ready. */
  generate(): ProducerId | null {
    if (this.#claimed === PRODUCER_ID_BLOCK_SIZE) {
      if (this.#nextFirstId === null) this.#requestBlock();
      if (this.#nextFirstId === null) return null;
      this.#firstId = this.#nextFirstId;
      this.#nextFirstId = null;
      this.#claimed = 0;
    }
    const producerId = this.#firstId + this.#claimed;
    if (this.#claimed === PREFETCH_AT) this.#requestBlock();
    this.#claimed += 1;
    return producerId;
  }

  #requestBlock(): void {
    if (this.#isRequestInFlight || this.#nextFirstId !== null) return;
    if (this.#clock.nowMs() < this.#retryAtMs) return;
    this.#isRequestInFlight = true;
    this.#blocks.allocate((firstProducerId) => {
      this.#isRequestInFlight = false;
      if (firstProducerId !== null && this.#isAcceptable(firstProducerId)) {
        this.#nextFirstId = firstProducerId;
      } else {
        this.#retryAtMs = this.#clock.nowMs() + RETRY_BACKOFF_MS;
      }
    });
  }

  /** RPCProducerIdManager.sanityCheckResponse: no overlap with ids already handed out, no overflow. */
  #isAcceptable(firstProducerId: ProducerId): boolean {
    const isBeyondCurrent =
      this.#firstId < 0 || firstProducerId >= this.#firstId + PRODUCER_ID_BLOCK_SIZE;
    return firstProducerId >= 0 && firstProducerId <= MAX_FIRST_ID && isBeyondCurrent;
  }
}
