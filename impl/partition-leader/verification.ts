/**
 * Verification of transactional appends (KIP-890): before the first append of a transaction the leader asks the
 * coordinator whether the partition belongs to it (or, for TV2 clients, adds it). What the partition remembers
 * meanwhile is VerificationStateEntry; that the answer still belongs to the question is the guard's business
 * (VerificationGuard).
 */

import type {
  ProducerEpoch,
  ProducerId,
  Sequence,
  TopicPartition,
  TransactionalId,
} from '../../protocol/ids.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TransactionSupportedOperation } from '../../protocol/transaction-version.ts';

export interface VerificationRequest {
  readonly transactionalId: TransactionalId;
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly partition: TopicPartition;
  readonly operation: TransactionSupportedOperation;
}

/** The leader's way to the coordinator; the broker's AddPartitionsToTxnManager implements it. */
export interface TransactionVerification {
  /**
   * Calls back once, perhaps before returning. `retry` is not null while the answer should be asked for again:
   * called, it calls `again` after the back-off, and the leader starts over with a new request.
   */
  verify(
    request: VerificationRequest,
    done: (errorCode: ErrorCode, retry: ((again: () => void) => void) | null) => void,
  ): void;
}

/** Identifies one span of verification; 0 never verifies (VerificationGuard.SENTINEL). */
export type VerificationGuard = number;
export const SENTINEL_GUARD: VerificationGuard = 0;

/** VerificationStateEntry. */
export interface VerificationEntry {
  readonly producerId: ProducerId;
  readonly guard: VerificationGuard;
  readonly createdMs: number;
  /** Whether the verification was a TV2 client's. */
  readonly supportsEpochBump: boolean;
  producerEpoch: ProducerEpoch;
  /** No batch above it may be the first. */
  lowestSequence: Sequence;
}

export class VerificationEntries {
  readonly #entries = new Map<ProducerId, VerificationEntry>();
  #lastGuard: VerificationGuard = SENTINEL_GUARD;

  get(producerId: ProducerId): VerificationEntry | undefined {
    return this.#entries.get(producerId);
  }

  values(): Iterable<VerificationEntry> {
    return this.#entries.values();
  }

  /**
   * ProducerStateManager.maybeCreateVerificationStateEntry: the entry lives until a transactional batch clears it;
   * meanwhile a lower sequence of its epoch lowers the bound, and a higher epoch replaces both.
   */
  startOrContinue(
    producerId: ProducerId,
    producerEpoch: ProducerEpoch,
    sequence: Sequence,
    supportsEpochBump: boolean,
    nowMs: number,
  ): VerificationGuard {
    const entry = this.#entries.get(producerId);
    if (entry === undefined) {
      this.#lastGuard += 1;
      this.#entries.set(producerId, {
        producerId,
        guard: this.#lastGuard,
        createdMs: nowMs,
        supportsEpochBump,
        producerEpoch,
        lowestSequence: sequence,
      });
      return this.#lastGuard;
    }
    if (producerEpoch > entry.producerEpoch) {
      entry.producerEpoch = producerEpoch;
      entry.lowestSequence = sequence;
    } else if (producerEpoch === entry.producerEpoch && sequence < entry.lowestSequence) {
      entry.lowestSequence = sequence;
    }
    return entry.guard;
  }

  clear(producerId: ProducerId): void {
    this.#entries.delete(producerId);
  }
}
