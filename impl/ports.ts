/**
 * All of the outside world, as a component of the reference implementation sees it. The simulation and the wire
 * server implement these; a component never reaches past them. Callbacks belong to the incarnation that passed
 * them: after a crash they are never called.
 */

import type { ErrorCode } from '../protocol/error-codes.ts';
import type {
  BrokerId,
  CoordinatorEpoch,
  ProducerId,
  TopicPartition,
  TransactionalId,
} from '../protocol/ids.ts';
import type { ApiName, RequestOf, ResponseOf } from '../protocol/messages/rpc.ts';
import type { TransactionLogRecord } from '../protocol/transaction-log.ts';

export interface Clock {
  /** Milliseconds, never going backwards within an incarnation. */
  nowMs(): number;
}

export interface Timers {
  /** Calls back once, `delayMs` from now. The returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

export interface Outbound {
  /**
   * Sends a request on this node's one connection to a broker, opening it if needed; requests and answers keep
   * their order on it. `done` gets the answer, or null when the connection closed without one: the broker is
   * down, or no answer came within `timeoutMs`, which closes the connection and ends every call on it.
   * `done` is never called before `call` returns.
   */
  call<Api extends ApiName>(
    broker: BrokerId,
    request: RequestOf<Api>,
    timeoutMs: number,
    done: (response: ResponseOf<Api> | null) => void,
  ): void;
}

/** What a node knows of the cluster without asking: the metadata cache of a broker. */
export interface ClusterMetadata {
  /** Null: no leader, which marker sending takes for a deleted partition (TransactionMarkerChannelManager). */
  leaderOf(partition: TopicPartition): BrokerId | null;
  /** Whether the broker has a live endpoint. */
  isAlive(broker: BrokerId): boolean;
  /** Partitions of `__transaction_state`. */
  readonly transactionStatePartitions: number;
  /** Partitions of `__consumer_offsets`. */
  readonly consumerOffsetsPartitions: number;
  /** The finalized level of the feature `transaction.version`. */
  readonly transactionVersion: 0 | 1 | 2;
}

/** The coordinator's partitions of `__transaction_state`, written with acks=all. */
export interface TransactionLog {
  /** Everything below the log end offset, oldest first. */
  read(partition: number): readonly TransactionLogRecord[];
  /** `done` is called when the record is replicated, or with the append's error. Never before `append` returns. */
  append(
    partition: number,
    coordinatorEpoch: CoordinatorEpoch,
    record: TransactionLogRecord,
    done: (errorCode: ErrorCode) => void,
  ): void;
}

/** AllocateProducerIds against the controller: the first id of a fresh block, or null when none can be had now. */
export interface ProducerIdBlocks {
  allocate(done: (firstProducerId: ProducerId | null) => void): void;
}

/** Java's `abs(hashCode) mod n`, by which transactional ids and groups find their partition (Utils.abs). */
export function partitionFor(id: TransactionalId, partitions: number): number {
  let hash = 0;
  for (let index = 0; index < id.length; index += 1) {
    hash = (Math.imul(hash, 31) + id.charCodeAt(index)) | 0;
  }
  return (hash === -2_147_483_648 ? 0 : Math.abs(hash)) % partitions;
}
