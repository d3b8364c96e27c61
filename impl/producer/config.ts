/** What a producer is told at construction: its configuration (ProducerConfig.java) and the outside world. */

import type { BrokerId, TransactionalId } from '../../protocol/ids.ts';
import {
  DELIVERY_TIMEOUT_MS,
  MAX_BLOCK_MS,
  REQUEST_TIMEOUT_MS,
  RETRY_BACKOFF_MS,
  TRANSACTION_TIMEOUT_MS,
} from '../../protocol/limits.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { Clock, ClusterMetadata, Outbound, Timers } from '../ports.ts';

export interface ProducerConfig {
  /** Null: an idempotent producer without transactions. */
  readonly transactionalId: TransactionalId | null;
  /** Finalized level of the feature `transaction.version` that the client learned from the brokers. */
  readonly transactionVersion: TransactionVersion;
  /**
   * Whether InitProducerId v3 is spoken by client and coordinator, so that an identity can be presented and its
   * epoch bumped after an abort that left batches unresolved (KIP-360). Of no effect with transaction version 2.
   */
  readonly coordinatorSupportsEpochBump: boolean;
  /**
   * What such an abort means when the epoch cannot be bumped. True: a fatal error, as in the Java client
   * (TransactionManager.maybeResolveSequences). False: the client carries on with the same epoch and uses the
   * sequence numbers of its failed batches again, as kafkajs 2.2.4 does.
   */
  readonly fatalWithoutEpochBump: boolean;
  readonly requestTimeoutMs: number;
  /** From `send` to a result, whatever is retried in between. */
  readonly deliveryTimeoutMs: number;
  /** How long initTransactions, commitTransaction and abortTransaction block. */
  readonly maxBlockMs: number;
  readonly transactionTimeoutMs: number;
  readonly retryBackoffMs: number;
  /** How often a batch is sent again after a retriable error. */
  readonly retries: number;
}

/** Kafka's defaults, all but for `fatalWithoutEpochBump`, which Java has as true. */
export const PRODUCER_DEFAULTS: ProducerConfig = {
  transactionalId: null,
  transactionVersion: 2,
  coordinatorSupportsEpochBump: true,
  fatalWithoutEpochBump: false,
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  deliveryTimeoutMs: DELIVERY_TIMEOUT_MS,
  maxBlockMs: MAX_BLOCK_MS,
  transactionTimeoutMs: TRANSACTION_TIMEOUT_MS,
  retryBackoffMs: RETRY_BACKOFF_MS,
  retries: 2_147_483_647,
};

export interface ProducerPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly outbound: Outbound;
  /** Brokers to ask for a coordinator, and for the identity of a producer without transactions. Never empty. */
  readonly bootstrap: readonly BrokerId[];
  readonly metadata: Pick<ClusterMetadata, 'leaderOf'>;
}
