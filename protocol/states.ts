/** State names that Kafka publishes: by the admin API, in the transaction log, in the client's own enum. */

/** Persisted id of each coordinator state (TransactionState.java). Dead and PrepareEpochFence are only ever pending. */
export const TRANSACTION_STATE_IDS = {
  Empty: 0,
  Ongoing: 1,
  PrepareCommit: 2,
  PrepareAbort: 3,
  CompleteCommit: 4,
  CompleteAbort: 5,
  Dead: 6,
  PrepareEpochFence: 7,
} as const;

export type TransactionState = keyof typeof TRANSACTION_STATE_IDS;

/** TransactionManager.State of the Java client, in its own order. */
export const PRODUCER_STATES = [
  'Uninitialized',
  'Initializing',
  'Ready',
  'InTransaction',
  'PreparedTransaction',
  'CommittingTransaction',
  'AbortingTransaction',
  'AbortableError',
  'FatalError',
] as const;

export type ProducerState = (typeof PRODUCER_STATES)[number];

/** How a transaction ends; the wire's `TransactionResult` (EndTxnRequest.json `Committed`). */
export type TransactionResult = 'COMMIT' | 'ABORT';

/** States of a classic group (ClassicGroupState.java), in its own order. */
export const GROUP_STATES = [
  'Empty',
  'PreparingRebalance',
  'CompletingRebalance',
  'Stable',
  'Dead',
] as const;

export type GroupState = (typeof GROUP_STATES)[number];
