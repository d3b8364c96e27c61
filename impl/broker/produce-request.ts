/** A Produce request over all its partitions (KafkaApis.handleProduceRequest, ReplicaManager.handleProduceAppend). */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TopicPartition } from '../../protocol/ids.ts';
import { NO_OFFSET, NO_TIMESTAMP } from '../../protocol/ids.ts';
import { CONSUMER_OFFSETS_TOPIC, TRANSACTION_STATE_TOPIC } from '../../protocol/limits.ts';
import type {
  ProducePartitionResponse,
  ProduceRequest,
  ProduceResponse,
} from '../../protocol/messages/produce.ts';
import type { ProducedBatch } from '../../protocol/records.ts';
import type { TransactionSupportedOperation } from '../../protocol/transaction-version.ts';
import type { PartitionLeader } from '../partition-leader/partition-leader.ts';

/** An error of the request as a whole, before anything is appended. */
export function produceRequestError(request: ProduceRequest): ErrorCode {
  let first: ProducedBatch | null = null;
  let identitiesDiffer = false;
  for (const { batch } of request.partitions) {
    if (!batch.transactional) continue;
    // Without an id there is nobody whose authorization could be asked for.
    if (request.transactionalId === null) return 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED';
    first ??= batch;
    identitiesDiffer ||=
      batch.producerId !== first.producerId || batch.producerEpoch !== first.producerEpoch;
  }
  return identitiesDiffer ? 'INVALID_PRODUCER_ID_MAPPING' : 'NONE';
}

/** Hands each partition to its leader and replies, in the request's order, when all are done. */
export function produceToLeaders(
  request: ProduceRequest,
  operation: TransactionSupportedOperation,
  leaderOf: (partition: TopicPartition) => PartitionLeader | ErrorCode,
  reply: (response: ProduceResponse) => void,
): void {
  const { transactionalId, acks, timeoutMs } = request;
  const count = request.partitions.length;
  const partitions: ProducePartitionResponse[] = [];
  let outstanding = count;
  if (count === 0) reply({ partitions });
  request.partitions.forEach(({ partition, batch }, index) => {
    const finish = (response: ProducePartitionResponse): void => {
      partitions[index] = response;
      outstanding -= 1;
      if (outstanding === 0) reply({ partitions });
    };
    const leader = isInternal(partition) ? 'INVALID_TOPIC_EXCEPTION' : leaderOf(partition);
    if (typeof leader === 'string') finish(refusedPartition(partition, leader));
    else leader.produce({ transactionalId, operation, acks, timeoutMs, batch }, finish);
  });
}

export function refusedPartition(
  partition: TopicPartition,
  errorCode: ErrorCode,
): ProducePartitionResponse {
  return {
    partition,
    errorCode,
    baseOffset: NO_OFFSET,
    logAppendTimeMs: NO_TIMESTAMP,
    logStartOffset: NO_OFFSET,
  };
}

function isInternal(partition: TopicPartition): boolean {
  const topic = partition.slice(0, partition.lastIndexOf('-'));
  return topic === CONSUMER_OFFSETS_TOPIC || topic === TRANSACTION_STATE_TOPIC;
}
