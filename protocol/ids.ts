/**
 * Identities that Kafka's wire and logs name. Producer ids and offsets are int64 in Kafka; here they are
 * safe integers. "None" is Kafka's own sentinel, never `undefined`.
 */

export type TransactionalId = string;
/** int64, -1 = none. */
export type ProducerId = number;
/** int16, -1 = none. 32767 is reserved for fencing and never handed to a client (TransactionMetadata.java). */
export type ProducerEpoch = number;
/** Leader epoch of the `__transaction_state` partition that owns a transactional id, int32, -1 = none. */
export type CoordinatorEpoch = number;
/** int64 position in a partition, -1 = none. */
export type Offset = number;
/** int32 record sequence, -1 = none. */
export type Sequence = number;
export type BrokerId = number;

export const NO_PRODUCER_ID: ProducerId = -1;
export const NO_PRODUCER_EPOCH: ProducerEpoch = -1;
export const NO_SEQUENCE: Sequence = -1;
export const NO_OFFSET: Offset = -1;
export const NO_COORDINATOR_EPOCH: CoordinatorEpoch = -1;
export const NO_TIMESTAMP = -1;

/** What a producer presents with every request: who it is and which incarnation. */
export interface ProducerIdentity {
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
}

export const NO_IDENTITY: ProducerIdentity = {
  producerId: NO_PRODUCER_ID,
  producerEpoch: NO_PRODUCER_EPOCH,
};

export class MalformedNameError extends Error {
  readonly code = 'MALFORMED_NAME';
}

/** A partition's name as Kafka prints it: `topic-3`. The form in which sets of partitions are kept. */
export type TopicPartition = string;

export interface TopicPartitionParts {
  readonly topic: string;
  readonly partition: number;
}

export function topicPartition(parts: TopicPartitionParts): TopicPartition {
  if (!/^[a-zA-Z0-9._-]{1,249}$/.test(parts.topic)) {
    throw new MalformedNameError(
      `a topic is 1 to 249 of the characters a-z, A-Z, 0-9, ".", "_", "-"; found ${JSON.stringify(parts.topic)}`,
    );
  }
  if (!Number.isInteger(parts.partition) || parts.partition < 0) {
    throw new MalformedNameError(`a partition index is an integer >= 0; found ${parts.partition}`);
  }
  return `${parts.topic}-${parts.partition}`;
}

export function topicPartitionParts(name: TopicPartition): TopicPartitionParts {
  const match = /^(.+)-(\d+)$/.exec(name);
  if (match === null) {
    throw new MalformedNameError(
      `a partition is named topic-index, for example "orders-0"; found ${JSON.stringify(name)}`,
    );
  }
  return { topic: match[1]!, partition: Number(match[2]) };
}
