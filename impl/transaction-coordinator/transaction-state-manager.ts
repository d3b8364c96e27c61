/**
 * The coordinator's cache of its partitions of `__transaction_state` (TransactionStateManager): the gate in front
 * of every request, the append that makes a transition durable before it shows, election, load and resignation.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { CoordinatorEpoch, TransactionalId } from '../../protocol/ids.ts';
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from '../../protocol/ids.ts';
import type { TransactionLogRecord, TransactionLogValue } from '../../protocol/transaction-log.ts';
import type { ClusterMetadata, TransactionLog } from '../ports.ts';
import { partitionFor } from '../ports.ts';
import type { CoordinatorDecisions } from './decisions.ts';
import type { TransactionMetadata, TransitMetadata } from './transaction-metadata.ts';
import { completeTransitionTo } from './transaction-metadata.ts';

/** One term of leadership over one partition; a later term is another object. */
export interface OwnedPartition {
  readonly partition: number;
  readonly coordinatorEpoch: CoordinatorEpoch;
  isLoading: boolean;
  readonly transactions: Map<TransactionalId, TransactionMetadata>;
}

interface Ports {
  readonly log: TransactionLog;
  readonly metadata: ClusterMetadata;
}

export class TransactionStateManager {
  readonly #log: TransactionLog;
  readonly #metadata: ClusterMetadata;
  readonly #decisions: CoordinatorDecisions;
  readonly #owned = new Map<number, OwnedPartition>();

  constructor(ports: Ports, decisions: CoordinatorDecisions) {
    this.#log = ports.log;
    this.#metadata = ports.metadata;
    this.#decisions = decisions;
  }

  /** The gate of every request: the term that owns the id, or why there is none to ask. */
  gate(transactionalId: TransactionalId): OwnedPartition | ErrorCode {
    const owned = this.ownerOf(transactionalId);
    const errorCode = this.#decisions.partitionGate(owned !== undefined, owned?.isLoading === true);
    return errorCode === 'NONE' && owned !== undefined ? owned : errorCode;
  }

  /** The term that owns the id, loaded or not. */
  ownerOf(transactionalId: TransactionalId): OwnedPartition | undefined {
    return this.#owned.get(
      partitionFor(transactionalId, this.#metadata.transactionStatePartitions),
    );
  }

  /** What a term in the cache now answers for a transaction that was found in it: NONE while both still stand. */
  standing(owned: OwnedPartition, metadata: TransactionMetadata): ErrorCode {
    const current = this.#owned.get(owned.partition);
    const errorCode = this.#decisions.partitionGate(
      current !== undefined,
      current?.isLoading === true,
    );
    if (errorCode !== 'NONE') return errorCode;
    const isSame =
      current === owned && owned.transactions.get(metadata.transactionalId) === metadata;
    return isSame ? 'NONE' : 'NOT_COORDINATOR';
  }

  /** All terms in the cache. */
  ownedPartitions(): IterableIterator<OwnedPartition> {
    return this.#owned.values();
  }

  /**
   * Logs a prepared transition and installs it once it is replicated (appendTransactionToLog). `done` gets NONE or
   * the error for the client. An error frees the id for the next request unless `keepsPending` accepts it; the
   * record may be in the log nevertheless and be read by the next coordinator.
   */
  append(
    owned: OwnedPartition,
    metadata: TransactionMetadata,
    transit: TransitMetadata,
    done: (errorCode: ErrorCode) => void,
    keepsPending?: (errorCode: ErrorCode) => boolean,
  ): void {
    const before = this.standing(owned, metadata);
    if (before !== 'NONE') {
      done(before);
      return;
    }
    const logged = this.#decisions.logValue(metadata, transit);
    // Value version 0, of transaction version 0, cannot say that the client is of TV2: the serializer refuses,
    // outside any append callback, and the transition stays pending (measured on Kafka 4.3.1).
    if (this.#metadata.transactionVersion === 0 && logged.clientTransactionVersion !== 0) {
      done('UNSUPPORTED_VERSION');
      return;
    }
    const value = this.#metadata.transactionVersion === 0 ? withoutTaggedFields(logged) : logged;
    const record = { key: { transactionalId: metadata.transactionalId }, value };
    this.#log.append(owned.partition, owned.coordinatorEpoch, record, (appended) => {
      const errorCode =
        appended === 'NONE'
          ? this.standing(owned, metadata)
          : this.#decisions.appendError(appended);
      if (errorCode === 'NONE') {
        completeTransitionTo(metadata, transit);
      } else if (this.#decisions.isFreedByFailedAppend(keepsPending?.(errorCode) === true)) {
        metadata.pendingState = null;
      }
      done(errorCode);
    });
  }

  /** Logs the tombstone of an id that is pending Dead, and forgets the id. On an error the id lives on. */
  appendTombstone(owned: OwnedPartition, metadata: TransactionMetadata): void {
    const record = { key: { transactionalId: metadata.transactionalId }, value: null };
    this.#log.append(owned.partition, owned.coordinatorEpoch, record, (appended) => {
      if (this.standing(owned, metadata) === 'NONE' && appended === 'NONE') {
        owned.transactions.delete(metadata.transactionalId);
      } else {
        metadata.pendingState = null;
      }
    });
  }

  /** Begins a term; requests are answered COORDINATOR_LOAD_IN_PROGRESS until `load`. */
  elect(partition: number, coordinatorEpoch: CoordinatorEpoch): OwnedPartition {
    const owned = { partition, coordinatorEpoch, isLoading: true, transactions: new Map() };
    this.#owned.set(partition, owned);
    return owned;
  }

  /** Reads the whole partition, the last record of each id, and opens the term. False: the term has ended meanwhile. */
  load(owned: OwnedPartition): boolean {
    if (this.#owned.get(owned.partition) !== owned) return false;
    for (const record of this.#log.read(owned.partition)) this.#apply(owned, record);
    owned.isLoading = false;
    return true;
  }

  /**
   * Ends the term. A load of the same or a later epoch than the resignation's goes on; null, the partition's
   * deletion, ends any.
   */
  resign(partition: number, coordinatorEpoch: CoordinatorEpoch | null): void {
    const owned = this.#owned.get(partition);
    const isNewer =
      owned?.isLoading === true &&
      coordinatorEpoch !== null &&
      owned.coordinatorEpoch >= coordinatorEpoch;
    if (!isNewer) this.#owned.delete(partition);
  }

  #apply(owned: OwnedPartition, { key, value }: TransactionLogRecord): void {
    const { transactionalId } = key;
    if (value === null) owned.transactions.delete(transactionalId);
    else owned.transactions.set(transactionalId, this.#loaded(transactionalId, value));
  }

  #loaded(transactionalId: TransactionalId, value: TransactionLogValue): TransactionMetadata {
    return {
      transactionalId,
      producerId: value.producerId,
      previousProducerId: value.previousProducerId,
      nextProducerId: value.nextProducerId,
      producerEpoch: value.producerEpoch,
      // Not persisted, so a KIP-360 retry is not recognised after a failover.
      lastProducerEpoch: NO_PRODUCER_EPOCH,
      transactionTimeoutMs: value.transactionTimeoutMs,
      state: this.#decisions.loadedState(value.transactionStatus),
      topicPartitions: value.transactionPartitions ?? [],
      startTimestampMs: value.transactionStartTimestampMs,
      lastUpdateTimestampMs: value.transactionLastUpdateTimestampMs,
      clientTransactionVersion: value.clientTransactionVersion,
      pendingState: null,
      hasFailedEpochFence: false,
    };
  }
}

/** Value version 0, written below feature level 1, has no tagged fields (TransactionLogValue.json). */
function withoutTaggedFields(value: TransactionLogValue): TransactionLogValue {
  return { ...value, previousProducerId: NO_PRODUCER_ID, nextProducerId: NO_PRODUCER_ID };
}
