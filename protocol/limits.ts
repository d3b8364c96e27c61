/** Constants and defaults of Apache Kafka that both sides name. Times are milliseconds. */

import type { ProducerEpoch, Sequence } from './ids.ts';

/** int16 max; `TransactionMetadata.isEpochExhausted` is true from one below it. */
export const MAX_PRODUCER_EPOCH: ProducerEpoch = 32_767;
/** int32 max; the next sequence is 0 (DefaultRecordBatch.incrementSequence). */
export const MAX_SEQUENCE: Sequence = 2_147_483_647;
/** ProducerStateEntry.NUM_BATCHES_TO_RETAIN. */
export const RETAINED_BATCHES = 5;
/** `max.in.flight.requests.per.connection`, which idempotence caps at the retained batches. */
export const MAX_IN_FLIGHT_REQUESTS = 5;
/** ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE. */
export const PRODUCER_ID_BLOCK_SIZE = 1_000;

export const TRANSACTION_STATE_TOPIC = '__transaction_state';
export const CONSUMER_OFFSETS_TOPIC = '__consumer_offsets';
/** `transaction.state.log.num.partitions`. */
export const TRANSACTION_STATE_PARTITIONS = 50;
/** `transaction.state.log.replication.factor`. */
export const TRANSACTION_STATE_REPLICATION_FACTOR = 3;

/** `transaction.timeout.ms` of a producer. */
export const TRANSACTION_TIMEOUT_MS = 60_000;
/** `transaction.max.timeout.ms` of a broker. */
export const TRANSACTION_MAX_TIMEOUT_MS = 900_000;
/** `transaction.abort.timed.out.transaction.cleanup.interval.ms`. */
export const ABORT_TIMED_OUT_INTERVAL_MS = 10_000;
/** `request.timeout.ms`. */
export const REQUEST_TIMEOUT_MS = 30_000;
/** `delivery.timeout.ms` of a producer. */
export const DELIVERY_TIMEOUT_MS = 120_000;
/** `max.block.ms` of a producer. */
export const MAX_BLOCK_MS = 60_000;
/** `retry.backoff.ms`. */
export const RETRY_BACKOFF_MS = 100;
/** Retry of AddPartitionsToTxn after CONCURRENT_TRANSACTIONS when nothing was added yet (TransactionManager). */
export const ADD_PARTITIONS_RETRY_BACKOFF_MS = 20;
/** `add.partitions.to.txn.retry.backoff.max.ms` of a broker. */
export const ADD_PARTITIONS_RETRY_MAX_MS = 100;

/** `offset.metadata.max.bytes`, counted in characters as Kafka does. */
export const OFFSET_METADATA_MAX_SIZE = 4_096;
/** `offsets.commit.timeout.ms`. */
export const OFFSETS_COMMIT_TIMEOUT_MS = 5_000;
/** `offsets.retention.minutes`: 7 days. */
export const OFFSETS_RETENTION_MS = 604_800_000;
/** `offsets.retention.check.interval.ms`. */
export const OFFSETS_RETENTION_CHECK_INTERVAL_MS = 600_000;
/** `group.initial.rebalance.delay.ms`. */
export const GROUP_INITIAL_REBALANCE_DELAY_MS = 3_000;
/** `group.min.session.timeout.ms`. */
export const GROUP_MIN_SESSION_TIMEOUT_MS = 6_000;
/** `group.max.session.timeout.ms`. */
export const GROUP_MAX_SESSION_TIMEOUT_MS = 1_800_000;
/** How long a JoinGroup of a new member may wait (GroupCoordinatorConfig.CLASSIC_GROUP_NEW_MEMBER_JOIN_TIMEOUT_MS). */
export const GROUP_NEW_MEMBER_JOIN_TIMEOUT_MS = 300_000;
