/** Records of `__transaction_state` (TransactionLogKey.json, TransactionLogValue.json). */

import type { ProducerEpoch, ProducerId, TopicPartition, TransactionalId } from './ids.ts';
import { TRANSACTION_STATE_TOPIC } from './limits.ts';
import type { TransactionState } from './states.ts';
import type { TransactionVersion } from './transaction-version.ts';

const PARTITIONS: TopicPartition[] = [];

/** A partition of `__transaction_state`: the same string each time, since coordinators are looked up by it all the time. */
export function transactionStatePartition(index: number): TopicPartition {
  return (PARTITIONS[index] ??= `${TRANSACTION_STATE_TOPIC}-${index}`);
}

export interface TransactionLogKey {
  readonly transactionalId: TransactionalId;
}

/** `lastProducerEpoch`, the pending state and the failed-fence flag are not persisted (TransactionLog.java). */
export interface TransactionLogValue {
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly transactionTimeoutMs: number;
  readonly transactionStatus: TransactionState;
  /** Null if and only if the state is Empty. */
  readonly transactionPartitions: readonly TopicPartition[] | null;
  readonly transactionLastUpdateTimestampMs: number;
  readonly transactionStartTimestampMs: number;
  /** Tagged fields of value version 1; at version 0 they read as -1, -1 and 0. */
  readonly previousProducerId: ProducerId;
  readonly nextProducerId: ProducerId;
  readonly clientTransactionVersion: TransactionVersion;
}

/** A null value is a tombstone: the transactional id expired. */
export interface TransactionLogRecord {
  readonly key: TransactionLogKey;
  readonly value: TransactionLogValue | null;
}
