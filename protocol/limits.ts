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
