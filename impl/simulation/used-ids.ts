/** Transactional ids that have been used before a run, and what of it the transaction log still holds. */

import type { ProducerEpoch, TransactionalId } from '../../protocol/ids.ts';
import { NO_PRODUCER_ID, NO_TIMESTAMP } from '../../protocol/ids.ts';
import type { TransactionLogRecord } from '../../protocol/transaction-log.ts';
import { partitionFor } from '../ports.ts';

export interface UsedIds {
  /** Fewer than a block of producer ids: they have those of the first one, which the run does not hand out. */
  readonly transactionalIds: readonly TransactionalId[];
  readonly producerEpoch: ProducerEpoch;
  readonly transactionTimeoutMs: number;
}

/** A partition of `__transaction_state` after the cleaner: the last record of each id, an initialised producer's. */
export function recordsOfUsedIds(
  { transactionalIds, producerEpoch, transactionTimeoutMs }: UsedIds,
  partition: number,
  partitions: number,
): TransactionLogRecord[] {
  return transactionalIds.flatMap((transactionalId, producerId): TransactionLogRecord[] => {
    if (partitionFor(transactionalId, partitions) !== partition) return [];
    const value = {
      producerId,
      producerEpoch,
      transactionTimeoutMs,
      transactionStatus: 'Empty',
      transactionPartitions: null,
      transactionLastUpdateTimestampMs: 0,
      transactionStartTimestampMs: NO_TIMESTAMP,
      previousProducerId: NO_PRODUCER_ID,
      nextProducerId: NO_PRODUCER_ID,
      clientTransactionVersion: 0,
    } as const;
    return [{ key: { transactionalId }, value }];
  });
}
